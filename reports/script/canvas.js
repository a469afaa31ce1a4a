/* Draws lanes, marks, gaps, windows and the strip below. Knows nothing of pointers and keys; `x` and `moment` translate both ways. */

const LANE = 30, HEAD = 18, AXIS = 20, STRIP = 36, STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000,
];

function makeChart(canvas, model) {
  const pen = canvas.getContext("2d"), { page, times, lanes, rank } = model;
  const chart = { view: model.span.slice(), width: 0, gutter: 0, height: HEAD + page.lanes.length * LANE + AXIS + STRIP };
  const stripTop = chart.height - STRIP, lanesEnd = HEAD + page.lanes.length * LANE;
  let colour = {}, bins = null;

  chart.x = (moment, [from, to] = chart.view) => chart.gutter + ((moment - from) / (to - from)) * (chart.width - chart.gutter);
  chart.moment = (x, [from, to] = chart.view) => from + ((x - chart.gutter) / (chart.width - chart.gutter)) * (to - from);
  chart.inStrip = (y) => y >= stripTop;
  chart.laneAt = (y) => (y >= HEAD && y < lanesEnd ? Math.floor((y - HEAD) / LANE) : -1);

  chart.resize = () => {
    const scale = window.devicePixelRatio || 1;
    chart.width = canvas.clientWidth;
    chart.gutter = chart.width < 560 ? 0 : 132;
    canvas.style.height = chart.height + "px";
    canvas.width = Math.round(chart.width * scale);
    canvas.height = Math.round(chart.height * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    bins = null;
  };

  chart.recolour = () => {
    const style = getComputedStyle(canvas);
    colour = {};
    for (const name of ["ink", "soft", "line", "card", "code", "error", "warning", "info", "win", "link", "good", "gap"]) {
      colour[name] = style.getPropertyValue("--c-" + name).trim();
    }
    colour.font = style.fontFamily;
  };

  chart.draw = (state, found, extra) => {
    pen.clearRect(0, 0, chart.width, chart.height);
    pen.font = `12px ${colour.font}`;
    pen.textBaseline = "middle";
    drawLanes();
    pen.save();
    pen.beginPath();
    pen.rect(chart.gutter, 0, chart.width - chart.gutter, chart.height);
    pen.clip();
    drawWindows();
    drawGaps();
    drawAxis();
    drawMarks(found.kept);
    if (extra.overlay) { drawOverlay(extra.overlay); }
    drawLine(page.collected, page.text.collected, colour.soft, [2, 3]);
    drawBrush(state);
    if (state.at >= 0 && !isNaN(times[state.at])) { drawCursor(state.at); }
    drawStrip(state, found.kept);
    pen.restore();
  };

  function drawLanes() {
    page.lanes.forEach((lane, number) => {
      const y = HEAD + number * LANE;
      pen.fillStyle = number % 2 ? colour.card : colour.code;
      pen.fillRect(chart.gutter, y, chart.width - chart.gutter, LANE);
      pen.fillStyle = colour.soft;
      if (chart.gutter) { pen.fillText(lane[1], 2, y + LANE / 2, chart.gutter - 8); }
    });
  }

  function drawWindows() {
    let labelled = -Infinity;
    for (const one of page.windows) {
      const from = chart.x(one.from), to = Math.max(chart.x(one.to), from + 2);
      if (to < chart.gutter || from > chart.width) { continue; }
      pen.globalAlpha = 0.45;
      pen.fillStyle = colour.win;
      pen.fillRect(from, HEAD, to - from, lanesEnd - HEAD);
      pen.globalAlpha = 1;
      pen.fillRect(from, 2, to - from, 3);
      const at = Math.max(from, chart.gutter + 2);
      if (at > labelled) {
        pen.fillStyle = colour.ink;
        pen.fillText(one.label, at, 11);
        labelled = at + pen.measureText(one.label).width + 10;
      }
    }
  }

  function drawGaps() {
    for (const gap of page.gaps) {
      const number = page.lanes.findIndex((lane) => lane[0] === gap.lane);
      const from = Math.max(chart.x(gap.from), chart.gutter - 4), to = Math.min(chart.x(gap.to), chart.width + 4);
      if (number < 0 || to < chart.gutter || from > chart.width) { continue; }
      const y = HEAD + number * LANE + 2, tall = LANE - 4, wide = Math.max(to - from, 3);
      pen.save();
      pen.beginPath();
      pen.rect(from, y, wide, tall);
      pen.clip();
      pen.strokeStyle = colour.gap;
      pen.globalAlpha = 0.35;
      pen.lineWidth = 1;
      pen.beginPath();
      for (let x = from - tall; x < from + wide; x += 7) { pen.moveTo(x, y + tall); pen.lineTo(x + tall, y); }
      pen.stroke();
      pen.restore();
      pen.strokeStyle = colour.gap;
      pen.setLineDash([4, 3]);
      pen.strokeRect(from + 0.5, y + 0.5, wide - 1, tall - 1);
      pen.setLineDash([]);
      const text = `${page.text.gap}: ${gap.reason}`, needed = pen.measureText(text).width + 10;
      if (wide > needed) {
        pen.fillStyle = number % 2 ? colour.card : colour.code;
        pen.fillRect(from + 3, y + 1, needed - 4, 14);
        pen.fillStyle = colour.ink;
        pen.fillText(text, from + 6, y + 8);
      }
    }
  }

  function drawAxis() {
    const [from, to] = chart.view, wanted = ((to - from) / 1000) * (96 / Math.max(chart.width - chart.gutter, 1));
    const step = (STEPS.find((seconds) => seconds >= wanted) || STEPS[STEPS.length - 1]) * 1000;
    let day = "";
    pen.fillStyle = colour.soft;
    pen.strokeStyle = colour.line;
    pen.lineWidth = 1;
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = Math.round(chart.x(at)) + 0.5, text = stamp(at), date = text.slice(0, 10);
      pen.beginPath();
      pen.moveTo(x, HEAD);
      pen.lineTo(x, lanesEnd + 4);
      pen.stroke();
      const time = step >= 86400000 ? "" : text.slice(11, step % 60000 ? 19 : 16);
      const label = date === day ? time : `${date.slice(step >= 86400000 ? 0 : 5)} ${time}`;
      day = date;
      pen.fillText(label, x + 3, lanesEnd + 10);
    }
  }

  /* Errors are triangles at the top of a lane, warnings squares in its middle, all else discs at its foot. */
  function shape(x, y, severity, size = 0) {
    pen.beginPath();
    if (severity === 2) {
      pen.moveTo(x, y - 5 - size); pen.lineTo(x + 5 + size, y + 4 + size); pen.lineTo(x - 5 - size, y + 4 + size); pen.closePath();
    } else if (severity === 1) {
      pen.rect(x - 3.5 - size, y - 3.5 - size, 7 + 2 * size, 7 + 2 * size);
    } else {
      pen.arc(x, y, 2.6 + size, 0, 2 * Math.PI);
    }
  }

  const height = (i) => HEAD + lanes[i] * LANE + [22, 15, 7][rank[i]];

  /* Marks that would fall on one pixel of one lane are drawn once; evidence is ringed. */
  function drawMarks(kept) {
    const first = firstAt(model, chart.view[0]), last = firstAt(model, chart.view[1] + 1), paint = [colour.info, colour.warning, colour.error];
    for (const wanted of [0, 1]) {
      const before = new Int32Array(page.lanes.length * 3).fill(-9), ringed = new Int32Array(page.lanes.length * 3).fill(-9);
      pen.globalAlpha = wanted ? 1 : 0.22;
      for (let i = first; i < last; i += 1) {
        if (kept[i] !== wanted) { continue; }
        const x = Math.round(chart.x(times[i])), slot = lanes[i] * 3 + rank[i];
        if (before[slot] !== x) {
          before[slot] = x;
          pen.fillStyle = paint[rank[i]];
          shape(x, height(i), rank[i]);
          pen.fill();
        }
        if (wanted && model.evidence[i] && ringed[slot] !== x) {
          ringed[slot] = x;
          pen.strokeStyle = colour.link;
          pen.lineWidth = 1.5;
          pen.beginPath();
          pen.arc(x, height(i), 6.5, 0, 2 * Math.PI);
          pen.stroke();
        }
      }
    }
    pen.globalAlpha = 1;
  }

  /* The events of the last good run as hollow marks, moved so that both runs begin at the same place. */
  function drawOverlay({ good, bad }) {
    const shift = bad.begun - good.begun, first = firstAt(model, good.from - 300000), last = firstAt(model, good.to + 300000);
    pen.strokeStyle = colour.good;
    pen.lineWidth = 1.3;
    for (let i = first; i < last; i += 1) {
      shape(Math.round(chart.x(times[i] + shift)), height(i), rank[i], 1.5);
      pen.stroke();
    }
  }

  function drawLine(moment, text, paint, dash) {
    if (moment === null) { return; }
    const x = Math.round(chart.x(moment)) + 0.5;
    pen.strokeStyle = paint;
    pen.lineWidth = 1;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(x, HEAD - 6);
    pen.lineTo(x, lanesEnd);
    pen.stroke();
    pen.setLineDash([]);
    if (text && x >= chart.gutter && x <= chart.width) {
      pen.fillStyle = paint;
      pen.fillText(text, Math.max(chart.gutter, x - pen.measureText(text).width - 4), HEAD - 7);
    }
  }

  /* What is not selected fades. */
  function drawBrush({ from, to }) {
    if (from === null) { return; }
    const left = chart.x(from), right = Math.max(chart.x(to), left + 1), tall = lanesEnd - HEAD;
    pen.globalAlpha = 0.6;
    pen.fillStyle = colour.card;
    if (left > chart.gutter) { pen.fillRect(chart.gutter, HEAD, left - chart.gutter, tall); }
    if (right < chart.width) { pen.fillRect(right, HEAD, chart.width - right, tall); }
    pen.globalAlpha = 1;
    pen.fillStyle = colour.link;
    pen.fillRect(left - 1, HEAD, 2, tall);
    pen.fillRect(right - 1, HEAD, 2, tall);
  }

  function drawCursor(i) {
    drawLine(times[i], "", colour.ink, []);
    pen.strokeStyle = colour.ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(chart.x(times[i]), height(i), 9, 0, 2 * Math.PI);
    pen.stroke();
  }

  /* How many events there are over the whole time; errors and warnings are the dark foot of a bar. */
  function drawStrip(state, kept) {
    const wide = chart.width - chart.gutter, slots = Math.max(1, Math.floor(wide / 3)), [from, to] = model.span;
    if (!bins || bins.kept !== kept) {
      bins = { kept, all: new Float64Array(slots), loud: new Float64Array(slots) };
      for (let i = model.untimed; i < model.count; i += 1) {
        if (!kept[i]) { continue; }
        const slot = Math.min(slots - 1, Math.floor(((times[i] - from) / (to - from)) * slots));
        bins.all[slot] += 1;
        if (rank[i]) { bins.loud[slot] += 1; }
      }
    }
    const most = Math.sqrt(Math.max(1, ...bins.all)), tall = STRIP - 6;
    pen.fillStyle = colour.code;
    pen.fillRect(chart.gutter, stripTop, wide, STRIP);
    for (const one of page.windows) {
      const left = chart.x(one.from, model.span);
      pen.fillStyle = colour.win;
      pen.fillRect(left, stripTop, Math.max(2, chart.x(one.to, model.span) - left), STRIP);
    }
    bins.all.forEach((number, slot) => {
      if (!number) { return; }
      const x = chart.gutter + slot * 3, high = Math.max(2, (Math.sqrt(number) / most) * tall);
      pen.fillStyle = colour.info;
      pen.fillRect(x, stripTop + STRIP - high, 2.5, high);
      if (bins.loud[slot]) {
        const foot = Math.max(2, (Math.sqrt(bins.loud[slot]) / most) * tall);
        pen.fillStyle = colour.error;
        pen.fillRect(x, stripTop + STRIP - foot, 2.5, foot);
      }
    });
    if (state.from !== null) {
      const left = chart.x(state.from, model.span);
      pen.globalAlpha = 0.3;
      pen.fillStyle = colour.link;
      pen.fillRect(left, stripTop, Math.max(2, chart.x(state.to, model.span) - left), STRIP);
      pen.globalAlpha = 1;
    }
    const left = chart.x(chart.view[0], model.span), right = chart.x(chart.view[1], model.span);
    pen.strokeStyle = colour.ink;
    pen.lineWidth = 1.5;
    pen.strokeRect(left + 1, stripTop + 1, Math.max(4, right - left) - 2, STRIP - 2);
  }

  return chart;
}
