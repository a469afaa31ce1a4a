/* Enhances the finished page: copy buttons, a filter for the timeline, j and k between lines of evidence, open folds when printing. */
(function () {
  "use strict";
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };

  all("button.copy").forEach(function (button) {
    var label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      var code = button.parentNode.querySelector("code");
      var done = function () {
        button.textContent = button.dataset.done;
        setTimeout(function () { button.textContent = label; }, 1600);
      };
      var select = function () {
        var range = document.createRange();
        range.selectNodeContents(code);
        var selection = getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        if (document.execCommand("copy")) { done(); }
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).then(done, select); } else { select(); }
    });
  });

  var form = document.getElementById("filter");
  if (form) {
    var rows = all("#events tbody tr").map(function (row) {
      return { row: row, lane: row.dataset.lane, level: row.dataset.level, text: row.textContent.toLowerCase() };
    });
    var output = form.querySelector("output");
    var apply = function () {
      var lane = form.elements.lane.value, level = form.elements.level.value, shown = 0;
      var words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach(function (item) {
        var keep = (!lane || item.lane === lane) && (!level || item.level === level) &&
          words.every(function (word) { return item.text.indexOf(word) >= 0; });
        item.row.hidden = !keep;
        if (keep) { shown += 1; }
      });
      output.textContent = output.dataset.text.replace("{shown}", shown).replace("{total}", rows.length);
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    apply();
  }

  var reveal = function () {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return; }
    var step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
    if (!step) { return; }
    var marks = all(".ev").filter(function (mark) { return mark.offsetParent; });
    var at = marks.indexOf(document.activeElement);
    var next = marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : at + step];
    if (next) { next.focus(); history.replaceState(null, "", "#" + next.id); }
  });

  addEventListener("beforeprint", function () { all("details").forEach(function (fold) { fold.open = true; }); });
})();
