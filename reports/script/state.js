/* What is selected, and its place in the address: #t=from..to&q=…&lane=…. An address without "=" names an element of the page. */

function emptyState() { return { from: null, to: null, q: "", rx: false, lane: "", level: "", ev: false, follow: "", at: -1 }; }

function isStateHash(hash) { return hash.includes("="); }

function readState(hash, model) {
  const state = emptyState(), given = new URLSearchParams(hash.replace(/^#/, ""));
  const span = (given.get("t") || "").split("..").map(momentOf);
  if (span.length === 2 && span.every((moment) => moment !== null && !isNaN(moment)) && span[0] <= span[1]) { [state.from, state.to] = span; }
  for (const name of ["q", "lane", "level", "follow"]) { state[name] = given.get(name) || ""; }
  state.rx = given.get("rx") === "1";
  state.ev = given.get("ev") === "1";
  const at = Number(given.get("at")) - 1;
  if (given.has("at") && Number.isInteger(at) && at >= 0 && at < model.count) { state.at = at; }
  return state;
}

function writeState(state) {
  const parts = [];
  const put = (name, value) => parts.push(`${name}=${encodeURIComponent(value).replace(/%3A/g, ":").replace(/%20/g, "+")}`);
  if (state.from !== null) { put("t", `${iso(state.from)}..${iso(state.to)}`); }
  for (const name of ["q", "lane", "level", "follow"]) { if (state[name]) { put(name, state[name]); } }
  if (state.rx) { put("rx", "1"); }
  if (state.ev) { put("ev", "1"); }
  if (state.at >= 0) { put("at", String(state.at + 1)); }
  return parts.length ? "#" + parts.join("&") : "#timeline";
}

function iso(moment) { return new Date(moment).toISOString().replace(".000Z", "Z"); }
