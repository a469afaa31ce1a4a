/* Which events a person asked for. */

const SEARCH_MS = 1000, MOST_REPEATS = 3;

/* A test for a text, or the key of the message that says why there is none. */
function searcher(query, isRegex) {
  if (!query) { return { test: null }; }
  if (!isRegex) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return { test: (text) => { const low = text.toLowerCase(); return words.every((word) => low.includes(word)); } };
  }
  let expression;
  try { expression = new RegExp(query, "i"); } catch (wrong) { return { error: "bad_regex" }; }
  return isCostly(query) ? { error: "costly_regex" } : { test: (text) => expression.test(text) };
}

/* Whether one match could take more than a moment: nothing can stop a match that has begun. Repeats inside repeats, alternatives inside
   repeats, backreferences and many unbounded repeats are refused. */
function isCostly(source) {
  const open = [];
  let repeats = 0;
  for (let i = 0; i < source.length; i += 1) {
    const char = source[i];
    if (char === "\\") {
      if (/[1-9k]/.test(source[i + 1] || "")) { return true; }
      i += 1;
    } else if (char === "[") {
      while (i < source.length && source[i] !== "]") { i += source[i] === "\\" ? 2 : 1; }
    } else if (char === "(") {
      open.push(false);
      if (source[i + 1] === "?") { i += 2; } /* the kind of the group */
    } else if (char === "|") {
      if (open.length) { open[open.length - 1] = true; }
    } else if (char === ")") {
      const inside = open.pop(), repeated = /^(?:[*+]|\{\d*,?\d*\})/.test(source.slice(i + 1));
      if (inside && repeated) { return true; }
      if (open.length && (inside || repeated)) { open[open.length - 1] = true; }
    } else if (char === "*" || char === "+" || /^\{\d+,?\d*\}/.test(source.slice(i, i + 12))) {
      repeats += 1;
      if (open.length) { open[open.length - 1] = true; }
    }
  }
  return repeats > MOST_REPEATS;
}

/* `kept`: events that pass everything but the time (the canvas fades the others); `hits`: those inside the selected time, in order. */
function select(model, state) {
  const { page, columns, count, times } = model;
  const lane = page.lanes.findIndex((entry) => entry[0] === state.lane);
  const level = page.levels.findIndex((entry) => entry[0] === state.level);
  const follow = page.follow.indexOf(state.follow);
  const { test, error } = searcher(state.q, state.rx);
  const kept = new Uint8Array(count), hits = [], until = performance.now() + SEARCH_MS;
  let message = error || "";
  for (let i = 0; i < count; i += 1) {
    if (state.lane && columns.lane[i] !== lane) { continue; }
    if (state.level && columns.level[i] !== level) { continue; }
    if (state.ev && !model.evidence[i]) { continue; }
    if (state.follow && !(columns.follow[i] || []).includes(follow)) { continue; }
    if (test) {
      if (state.rx && performance.now() > until) { message = "slow_regex"; break; }
      if (!test(`${columns.text[i]} ${page.components[columns.comp[i]]} ${whereOf(model, i)}`)) { continue; }
    }
    kept[i] = 1;
    if (state.from === null || (times[i] >= state.from && times[i] <= state.to)) { hits.push(i); }
  }
  return { kept, hits, message };
}
