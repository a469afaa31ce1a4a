/* Wheel, pointer and keys on the canvas. `act` is what they can ask for: setView, brush, mark, step, reset, …. */

const CLICK = 4, REACH = 12, CLOSEST = 200; /* pixels, pixels, milliseconds of the narrowest view */

function listen(canvas, chart, model, act) {
  const place = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  const width = () => chart.view[1] - chart.view[0];
  let drag = null;

  const zoom = (factor, around) => {
    const [from, to] = chart.view, wide = Math.max(CLOSEST, Math.min((to - from) * factor, model.span[1] - model.span[0]));
    const share = (around - from) / (to - from);
    return act.setView(around - share * wide, around + (1 - share) * wide);
  };
  const pan = (by) => act.setView(chart.view[0] + by, chart.view[1] + by);

  canvas.addEventListener("wheel", (event) => {
    const [x, y] = place(event), sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const unit = [1, 30, 300][event.deltaMode]; /* pixels, lines, pages */
    const moved = sideways ? pan(((event.deltaX * unit) / chart.width) * width())
      : zoom(Math.exp(Math.max(-1, Math.min(1, (event.deltaY * unit) / 300))), chart.moment(x, chart.inStrip(y) ? model.span : chart.view));
    if (moved) { event.preventDefault(); } /* at its end the page scrolls on */
  }, { passive: false });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) { return; }
    const [x, y] = place(event);
    canvas.setPointerCapture(event.pointerId);
    drag = { x, y, view: chart.view.slice(), kind: chart.inStrip(y) ? "strip" : event.shiftKey ? "pan" : "brush", moved: false };
    if (drag.kind === "strip") { centre(x); }
  });

  function centre(x) {
    const at = chart.moment(x, model.span), half = width() / 2;
    act.setView(at - half, at + half);
  }

  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (!drag) { act.hover(x, y, nearest(x, y)); return; }
    drag.moved = drag.moved || Math.abs(x - drag.x) >= CLICK;
    if (!drag.moved) { return; }
    if (drag.kind === "strip") { centre(x); }
    if (drag.kind === "pan") {
      const by = ((drag.x - x) / (chart.width - chart.gutter)) * (drag.view[1] - drag.view[0]);
      act.setView(drag.view[0] + by, drag.view[1] + by);
    }
    if (drag.kind === "brush") { act.brush(chart.moment(drag.x), chart.moment(x), false); }
  });

  canvas.addEventListener("pointerup", (event) => {
    const [x, y] = place(event), ended = drag;
    drag = null;
    if (!ended) { return; }
    if (ended.moved && ended.kind === "brush") { act.brush(chart.moment(ended.x), chart.moment(x), true); }
    if (!ended.moved && ended.kind !== "strip") { const i = nearest(x, y); if (i >= 0) { act.mark(i, true); } }
  });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointerleave", () => act.hover(-1, -1, -1));
  canvas.addEventListener("dblclick", act.reset);

  /* The event under the pointer: of its lane the nearest in time. */
  function nearest(x, y) {
    const lane = chart.laneAt(y), reach = (REACH / Math.max(chart.width - chart.gutter, 1)) * width(), at = chart.moment(x);
    let best = -1, least = Infinity;
    if (lane < 0) { return best; }
    for (let i = firstAt(model, at - reach), end = firstAt(model, at + reach); i < end; i += 1) {
      const away = Math.abs(model.times[i] - at);
      if (model.lanes[i] === lane && away <= least && act.isKept(i)) { best = i; least = away; }
    }
    return best;
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const middle = (chart.view[0] + chart.view[1]) / 2, tenth = width() / 10;
    const doing = {
      ArrowLeft: () => (event.shiftKey ? act.widen(-tenth / 2) : pan(-tenth)),
      ArrowRight: () => (event.shiftKey ? act.widen(tenth / 2) : pan(tenth)),
      PageUp: () => pan(-width()), PageDown: () => pan(width()),
      "+": () => zoom(0.6, act.focus(middle)), "=": () => zoom(0.6, act.focus(middle)), "-": () => zoom(1 / 0.6, act.focus(middle)),
      Home: () => act.setView(...model.span), Escape: act.reset,
      b: () => act.brush(chart.view[0], chart.view[1], true),
      w: act.nextWindow, g: act.goodRun, "[": () => act.step(-1), "]": () => act.step(1), Enter: act.toRow, c: act.copy,
    }[event.key];
    if (doing) { event.preventDefault(); doing(); }
  });
}
