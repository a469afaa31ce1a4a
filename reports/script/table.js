/* The table of the selected events. Only the rows that can be seen exist; two empty rows stand for those above and below. */

const ROW = 28, SPARE = 12, PRINTED = 400;

function makeTable(region, model, act) {
  const table = region.querySelector("table"), body = document.createElement("tbody");
  const [above, below] = [document.createElement("tbody"), document.createElement("tbody")];
  for (const spacer of [above, below]) {
    spacer.setAttribute("aria-hidden", "true");
    spacer.append(make("tr", "", make("td", "")));
    spacer.firstChild.firstChild.colSpan = 5;
    spacer.className = "space";
  }
  table.append(above, body, below);
  let hits = [], marked = -1, drawn = "", printing = false;

  const headHeight = () => table.tHead.offsetHeight + table.caption.offsetHeight;

  function draw() {
    const first = printing ? 0 : Math.max(0, Math.floor((region.scrollTop - headHeight()) / ROW) - SPARE);
    const last = Math.min(hits.length, printing ? PRINTED : first + Math.ceil(region.clientHeight / ROW) + 2 * SPARE);
    const key = `${first},${last},${marked}`;
    if (key === drawn) { return; }
    drawn = key;
    above.firstChild.firstChild.style.height = `${first * ROW}px`;
    below.firstChild.firstChild.style.height = `${printing ? 0 : (hits.length - last) * ROW}px`;
    above.hidden = first === 0;
    below.hidden = printing || last === hits.length;
    body.replaceChildren(...hits.slice(first, last).map((i, offset) => rowElement(i, first + offset)));
  }

  function rowElement(i, number) {
    const row = rowOf(model, i), element = document.createElement("tr");
    const time = make("td", "", row.time.replace(" UTC", "")), event = make("td", "");
    if (row.basis) { time.append(" ", make("span", "small", row.basis)); }
    if (row.component) { event.append(make("b", "", row.component.replace(/^Microsoft\.[\w.]+\./, "")), " "); } /* whole below the table */
    event.append(make("span", "tx", row.text));
    for (const tag of row.tags) { event.prepend(make("span", "tag", tag), " "); }
    const where = make("td", "");
    if (row.evidence) { const link = make("a", "loc", row.where); link.href = "#" + row.evidence; where.append(link); } else { where.append(make("span", "loc", row.where)); }
    element.append(time, make("td", "", row.lane), levelCell(row), event, where);
    element.setAttribute("aria-rowindex", number + 2);
    element.dataset.i = i;
    if (i === marked) { element.setAttribute("aria-current", "true"); }
    return element;
  }

  function levelCell(row) {
    const cell = make("td", "lv lv-" + row.rank), sign = make("span", "", ["", "■ ", "▲ "][row.rank]);
    sign.setAttribute("aria-hidden", "true");
    cell.append(sign, row.level);
    return cell;
  }

  region.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a")) { act.mark(+row.dataset.i, false); }
  });
  region.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== region) { return; }
    const page = Math.max(1, Math.floor(region.clientHeight / ROW) - 2);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) { event.preventDefault(); act.step(by); }
    if (event.key === "Enter") { event.preventDefault(); act.toEvidence(); }
    if (event.key === "c") { act.copy(); }
  });

  return {
    show(found) { hits = found; drawn = ""; table.setAttribute("aria-rowcount", hits.length + 1); draw(); },
    mark(i) { marked = i; draw(); },
    /* Scrolls so that the event's row can be seen. */
    reveal(i) {
      const number = hits.indexOf(i), head = headHeight(), top = head + number * ROW;
      if (number < 0) { return; }
      if (top < region.scrollTop + head) { region.scrollTop = top - head - ROW; }
      if (top + ROW > region.scrollTop + region.clientHeight) { region.scrollTop = top + 2 * ROW - region.clientHeight; }
      draw();
    },
    top() { region.scrollTop = 0; },
    print(on) { printing = on; drawn = ""; draw(); return Math.min(PRINTED, hits.length); },
  };
}

function make(tag, style, ...content) {
  const element = document.createElement(tag);
  if (style) { element.className = style; }
  element.append(...content);
  return element;
}
