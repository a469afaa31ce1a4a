/* The events of the page as columns: one typed array or list per property, in order of time, events without a time first. */

async function readModel() {
  const element = document.getElementById("data");
  if (!element) { return null; }
  const page = JSON.parse(element.textContent);
  const columns = page.columns || JSON.parse(await unpack(page.packed));
  const times = new Float64Array(page.rows);
  let last = 0, untimed = 0;
  columns.t.forEach((delta, i) => {
    if (delta === null) { times[i] = NaN; untimed += 1; } else { last += delta; times[i] = last; }
  });
  const lines = new Map(); /* a place that is a number counts on from the last one of its artifact */
  columns.place.forEach((place, i) => {
    if (typeof place !== "number") { return; }
    const line = (lines.get(columns.art[i]) || 0) + place;
    lines.set(columns.art[i], line);
    columns.place[i] = ":" + line;
  });
  const lanes = Uint8Array.from(columns.lane);
  const rank = Uint8Array.from(columns.level, (level) => page.levels[level][2]);
  const evidenceTag = page.tags.findIndex((tag) => tag[0] === "evidence");
  const evidence = new Uint8Array(page.rows);
  for (const i in columns.tags) { if (columns.tags[i].includes(evidenceTag)) { evidence[i] = 1; } }
  for (const i in columns.evidence) { evidence[i] = 1; }
  return { page, columns, times, lanes, rank, evidence, untimed, count: page.rows, span: spanOf(page, times, untimed) };
}

/* base64 of gzip to text. Throws where the browser cannot unpack; then the page keeps its static table. */
async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/* First and last moment of anything that is drawn. */
function spanOf(page, times, untimed) {
  const ends = page.windows.flatMap((w) => [w.from, w.to]);
  if (untimed < times.length) { ends.push(times[untimed], times[times.length - 1]); }
  if (page.collected !== null) { ends.push(page.collected); }
  if (!ends.length) { return null; }
  const first = ends.reduce((a, b) => Math.min(a, b)), last = ends.reduce((a, b) => Math.max(a, b));
  const slack = Math.max((last - first) * 0.01, 1000);
  return [first - slack, last + slack];
}

/* The first event at or after a moment. */
function firstAt(model, moment) {
  let low = model.untimed, high = model.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.times[middle] < moment) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

const two = (number) => String(number).padStart(2, "0");

/* 2026-03-14 02:11:07, with milliseconds where there are any. */
function stamp(moment) {
  const at = new Date(moment), part = at.getUTCMilliseconds();
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${clock(at)}${part ? "." + String(part).padStart(3, "0") : ""}`;
}

function clock(at) { return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`; }

/* What a person types into the time fields; null for none, NaN for nonsense. */
function momentOf(text) {
  const clean = text.trim().replace(/ ?UTC$|Z$/, "").replace(" ", "T");
  if (!clean) { return null; }
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(clean) ? Date.parse(clean.includes("T") ? clean + "Z" : clean + "T00:00Z") : NaN;
}

/* The VM's own time: by zone name where the browser knows it, else by the offset; '' where the bundle does not tell. */
function vmTime(page, moment) {
  const zone = page.zone;
  if (!zone) { return ""; }
  let time = "";
  try {
    time = new Intl.DateTimeFormat("sv-SE", { timeZone: zone.name, dateStyle: "short", timeStyle: "medium" }).format(moment);
  } catch (unknown) {
    const parts = /^([+-])(\d\d):?(\d\d)$/.exec(zone.offset);
    if (!parts) { return ""; }
    const minutes = (parts[1] === "-" ? -1 : 1) * (parts[2] * 60 + +parts[3]);
    time = stamp(Math.floor(moment / 1000) * 1000 + minutes * 60000);
  }
  return fill(page.text.vm_time, { time, zone: `${zone.name || zone.offset}, ${zone.basis}` });
}

function fill(text, values) { return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all)); }

function whereOf({ page, columns }, i) { return page.artifacts[columns.art[i]] + columns.place[i]; }

/* What a row shows, as texts. */
function rowOf(model, i) {
  const { page, columns } = model, moment = model.times[i];
  return {
    time: isNaN(moment) ? "–" : stamp(moment) + " UTC",
    basis: page.bases[columns.basis[i]],
    lane: page.lanes[columns.lane[i]][1],
    level: page.levels[columns.level[i]][1],
    rank: model.rank[i],
    component: page.components[columns.comp[i]],
    text: columns.text[i],
    tags: (columns.tags[i] || []).map((tag) => page.tags[tag][1]),
    where: whereOf(model, i),
    follow: (columns.follow[i] || []).map((key) => page.follow[key]),
    evidence: columns.evidence[i] || "",
  };
}

/* One event as one line, for the clipboard and the readout. */
function lineOf(row) {
  return [row.time, row.lane, row.level, row.component, row.text, `(${row.where})`].filter(Boolean).join("  ");
}
