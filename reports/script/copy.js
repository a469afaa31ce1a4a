/* Puts text on the clipboard, by the old way where the new one is missing or refused. Fails where neither works. */
async function copyText(text) {
  if (navigator.clipboard) {
    try { await navigator.clipboard.writeText(text); return; } catch (refused) { /* the old way may be allowed */ }
  }
  const field = document.createElement("textarea"), before = document.activeElement;
  field.value = text;
  field.className = "away";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before) { before.focus({ preventScroll: true }); }
  if (!done) { throw new Error("no clipboard"); }
}
