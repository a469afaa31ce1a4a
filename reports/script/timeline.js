/* Puts the timeline together: one state, from which canvas, table, form and address follow. */

async function startTimeline() {
  const section = document.getElementById("tl"), live = document.getElementById("tl-live");
  const model = section && await readModel();
  if (!model || !model.span) { return; }
  const { page } = model, say = page.text, byId = (id) => document.getElementById(id);
  const canvas = byId("tl-canvas"), form = byId("filter"), output = form.querySelector("output"), region = byId("tl-rows");
  const readout = byId("tl-read"), spoken = byId("tl-say"), one = byId("tl-one"), hint = readout.textContent;
  let state = emptyState(), found = null, overlay = null, frame = 0, timer = 0, windowNumber = -1;
  const run = (id) => page.runs.find((entry) => entry.id === id);

  const act = {
    /* Moves the view; false if it already shows that. */
    setView(from, to) {
      const [low, high] = model.span, wide = Math.min(to - from, high - low);
      const left = Math.max(low, Math.min(from, high - wide)), before = chart.view.join();
      chart.view = [left, left + wide];
      redraw();
      return chart.view.join() !== before;
    },
    brush(from, to, done) {
      state.from = Math.round(Math.min(from, to));
      state.to = Math.round(Math.max(from, to));
      refresh(done ? "push" : "");
      if (done) { announce(output.textContent); }
    },
    /* Moves the near edge of the selection; without one it begins where the attention is. */
    widen(by) {
      const start = state.from === null ? act.focus((chart.view[0] + chart.view[1]) / 2) : state.from;
      const end = state.from === null ? start : state.to;
      act.brush(by < 0 ? start + by : start, by < 0 ? end : end + by, true);
    },
    focus(otherwise) { return state.at >= 0 && !isNaN(model.times[state.at]) ? model.times[state.at] : otherwise; },
    mark(i, scroll) {
      state.at = i;
      table.mark(i);
      if (scroll) { table.reveal(i); }
      showOne();
      const at = model.times[i];
      if (!isNaN(at) && (at < chart.view[0] || at > chart.view[1])) { const half = (chart.view[1] - chart.view[0]) / 2; act.setView(at - half, at + half); }
      redraw();
      remember("replace");
      announce(tell(i));
      readout.textContent = tell(i);
    },
    step(by) {
      const hits = found.hits;
      if (!hits.length) { return; }
      let at = hits.indexOf(state.at);
      if (at < 0) { /* begin at what is shown */
        const start = hits.findIndex((i) => model.times[i] >= chart.view[0]);
        at = by > 0 ? (start < 0 ? hits.length : start) - 1 : start < 0 ? hits.length : start;
      }
      act.mark(hits[Math.max(0, Math.min(hits.length - 1, at + by))], true);
    },
    hover(x, y, i) {
      if (x < chart.gutter) { readout.textContent = state.at >= 0 ? tell(state.at) : hint; return; }
      const moment = i >= 0 ? model.times[i] : chart.moment(x, chart.inStrip(y) ? model.span : chart.view);
      readout.textContent = i >= 0 ? tell(i) : `${stamp(Math.round(moment / 1000) * 1000)} UTC  ${vmTime(page, moment)}`;
    },
    isKept: (i) => found.kept[i] === 1,
    reset() { state.from = state.to = null; refresh("push"); home(); announce(output.textContent); },
    nextWindow() {
      if (!page.windows.length) { return; }
      windowNumber = (windowNumber + 1) % page.windows.length;
      around(page.windows[windowNumber]);
      announce(`${page.windows[windowNumber].label}: ${stamp(page.windows[windowNumber].from)} – ${stamp(page.windows[windowNumber].to)} UTC`);
    },
    goodRun() { if (run("good")) { chooseRun(run("good").from, run("good").to); } },
    toRow() { if (state.at >= 0) { table.reveal(state.at); region.focus(); } },
    toEvidence() { const row = state.at >= 0 && rowOf(model, state.at); if (row && row.evidence) { location.hash = row.evidence; } },
    copy() { if (state.at >= 0) { copyText(lineOf(rowOf(model, state.at))).then(() => announce(say.copied)); } },
  };

  live.hidden = false;
  section.classList.add("on");
  const chart = makeChart(canvas, model), table = makeTable(region, model, act);

  function tell(i) {
    const row = rowOf(model, i), moment = model.times[i];
    return [row.time, isNaN(moment) ? "" : vmTime(page, moment), row.lane, row.level, row.component, row.text].filter(Boolean).join("  ");
  }

  function announce(text) {
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = text; }, 250);
  }

  function redraw() {
    if (!frame) { frame = requestAnimationFrame(() => { frame = 0; chart.draw(state, found, { overlay }); canvas.dataset.view = chart.view.map((moment) => stamp(Math.round(moment))).join(" – "); }); }
  }

  /* The view around a window or run, a little wider than it. */
  function around(span) {
    const slack = Math.max((span.to - span.from) * 0.15, 5000);
    act.setView(span.from - slack, span.to + slack);
  }

  function home() {
    const leading = run("bad") || page.windows[0];
    if (leading) { act.setView(leading.from - 3600000, leading.to + 1800000); } else { act.setView(...model.span); }
  }

  /* The view that fits the selection: its time, the events of the attempt that is followed, else the failure. */
  function show() {
    const timed = found.hits.filter((i) => !isNaN(model.times[i]));
    if (state.from !== null) { around(state); } else if (state.follow && timed.length) { around({ from: model.times[timed[0]], to: model.times[timed[timed.length - 1]] }); } else { home(); }
  }

  /* A run of seconds is shown with what stands around it. */
  function chooseRun(from, to) {
    const slack = to - from < 300000 ? 150000 : 0;
    choose(from - slack, to + slack, "");
  }

  /* Everything that follows from the state. `history`: push, replace, or '' while it still moves. What a person types stays as typed. */
  function refresh(history, typed = false) {
    found = select(model, state);
    table.show(found.hits);
    output.textContent = fill(say.count, { shown: found.hits.length.toLocaleString("en"), total: model.count.toLocaleString("en") }) +
      (found.message ? " " + say[found.message] : found.hits.length ? "" : " " + say.none);
    if (!typed) { fillForm(); }
    redraw();
    if (history) { remember(history); }
  }

  function remember(how) {
    const hash = writeState(state);
    if (hash !== location.hash) { history[how === "push" ? "pushState" : "replaceState"](null, "", hash); }
  }

  function fillForm() {
    for (const name of ["q", "lane", "level", "follow"]) { if (form.elements[name].value !== state[name]) { form.elements[name].value = state[name]; } }
    form.elements.rx.checked = state.rx;
    form.elements.ev.checked = state.ev;
    for (const name of ["from", "to"]) {
      form.elements[name].value = state[name] === null ? "" : stamp(state[name]);
      form.elements[name].setAttribute("aria-invalid", "false");
    }
  }

  function readForm() {
    for (const name of ["q", "lane", "level", "follow"]) { state[name] = form.elements[name].value; }
    state.rx = form.elements.rx.checked;
    state.ev = form.elements.ev.checked;
    const [from, to] = ["from", "to"].map((name) => momentOf(form.elements[name].value));
    form.elements.from.setAttribute("aria-invalid", Number.isNaN(from));
    form.elements.to.setAttribute("aria-invalid", Number.isNaN(to) || (from !== null && to !== null && from > to));
    const low = from === null ? model.span[0] : from, high = to === null ? model.span[1] : to;
    if (from === null && to === null) { state.from = state.to = null; } else if (low <= high) { [state.from, state.to] = [low, high]; }
  }

  /* Selects a time or an attempt and shows it. */
  function choose(from, to, follow) {
    Object.assign(state, { from, to, follow, at: -1 });
    table.mark(-1);
    table.top();
    refresh("push");
    show();
    showOne();
    announce(output.textContent);
  }

  function showOne() {
    one.hidden = state.at < 0;
    if (state.at < 0) { return; }
    const row = rowOf(model, state.at), bar = make("p", "tl-bar");
    bar.append(button(say.copy, act.copy));
    if (row.evidence) { const link = make("a", "", say.evidence); link.href = "#" + row.evidence; bar.append(link); }
    for (const key of row.follow) { bar.append(button(fill(say.follow, { key }), () => choose(null, null, key))); }
    one.replaceChildren(
      make("p", "where", [row.time, vmTime(page, model.times[state.at]), row.lane, row.level].filter(Boolean).join(" · ")),
      make("pre", "one", row.component ? `${row.component}  ${row.text}` : row.text), make("p", "loc", row.where), bar,
    );
  }

  function button(text, act) {
    const element = make("button", "act", text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  /* The rows as CSV. Log text is hostile: a cell that a spreadsheet would run begins with an apostrophe. */
  function csv() {
    const cell = (value) => { const text = /^[=+\-@\t\r]/.test(value) ? "'" + value : value; return `"${text.replace(/"/g, '""')}"`; };
    const lines = [["time", "lane", "level", "component", "text", "tags", "where"], ...found.hits.map((i) => {
      const row = rowOf(model, i);
      return [isNaN(model.times[i]) ? "" : iso(model.times[i]), row.lane, row.level, row.component, row.text, row.tags.join(" "), row.where];
    })];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.map((line) => line.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" }));
    link.download = "timeline.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function buildBar() {
    const bar = live.querySelector(".tl-bar");
    for (const entry of page.runs) { bar.append(button(entry.label, () => chooseRun(entry.from, entry.to))); }
    bar.append(button(say.all, () => { choose(null, null, ""); act.setView(...model.span); }));
    if (run("good") && run("bad")) {
      const box = document.createElement("input"), label = make("label", "check", box, " ", say.overlay);
      box.type = "checkbox";
      box.addEventListener("change", () => { overlay = box.checked ? { good: run("good"), bad: run("bad") } : null; redraw(); });
      bar.append(label);
    }
    const foot = make("p", "tl-bar");
    foot.append(
      button(say.link, () => { remember("replace"); copyText(location.href).then(() => announce(say.copied)); }),
      button(say.csv, csv),
      button(say.reset, () => { state = emptyState(); table.mark(-1); table.top(); refresh("push"); home(); showOne(); }),
    );
    form.after(foot);
    const option = (select, value, text) => { const element = make("option", "", text); element.value = value; select.append(element); };
    page.lanes.forEach((lane) => option(form.elements.lane, lane[0], lane[1]));
    page.levels.filter((level) => level[0]).forEach((level) => option(form.elements.level, level[0], level[1]));
    page.follow.forEach((key) => option(form.elements.follow, key, key));
    if (!page.follow.length) { form.elements.follow.parentNode.hidden = true; }
  }

  function fromAddress() {
    if (!isStateHash(location.hash) && location.hash && location.hash !== "#timeline") { return; }
    state = readState(location.hash, model);
    table.mark(state.at);
    refresh("");
    show();
    if (state.at >= 0) { table.reveal(state.at); } else { table.top(); }
    showOne();
  }

  buildBar();
  chart.resize();
  chart.recolour();
  refresh("");
  home();
  listen(canvas, chart, model, act);
  let typing = 0;
  form.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => { readForm(); table.top(); refresh("replace", true); }, 120); });
  form.addEventListener("change", (event) => { clearTimeout(typing); readForm(); table.top(); refresh("push", true); if (/^(from|to|follow)$/.test(event.target.name) && state.from !== null) { around(state); } });
  form.addEventListener("submit", (event) => { event.preventDefault(); readForm(); refresh("push", true); });
  addEventListener("hashchange", fromAddress);
  document.querySelectorAll("button.go").forEach((element) => {
    const { from, to, follow } = element.dataset, start = Date.parse(from), end = Date.parse(to);
    if (follow ? !page.follow.includes(follow) : isNaN(start) || isNaN(end)) { return; }
    element.hidden = false;
    element.addEventListener("click", () => {
      if (follow) { choose(null, null, follow); } else { chooseRun(start, end); }
      section.scrollIntoView();
      canvas.focus({ preventScroll: true });
    });
  });
  new ResizeObserver(() => { if (canvas.clientWidth && canvas.clientWidth !== chart.width) { chart.resize(); redraw(); } }).observe(canvas);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", () => { chart.recolour(); redraw(); });
  }
  matchMedia("print").addEventListener("change", (event) => {
    const shown = table.print(event.matches), cut = event.matches && shown < found.hits.length;
    readout.classList.toggle("cut", cut);
    readout.textContent = cut ? fill(say.printed, { shown, total: found.hits.length }) : state.at >= 0 ? tell(state.at) : hint;
  });
  if (isStateHash(location.hash)) { fromAddress(); section.scrollIntoView(); }
  section.dataset.ready = "true";
}

startTimeline().catch(() => {
  /* No way to unpack or to draw: the static table stays. */
  document.getElementById("tl").classList.remove("on");
  document.getElementById("tl-live").hidden = true;
});
