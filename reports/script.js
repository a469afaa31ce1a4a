/* Enhances the finished page: copy buttons, j and k between lines of evidence, open folds when printing. */
(function () {
  "use strict";
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };

  all("button.copy").forEach(function (button) {
    var label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      copyText(button.parentNode.querySelector("code").textContent).then(function () {
        button.textContent = button.dataset.done;
        setTimeout(function () { button.textContent = label; }, 1600);
      }, function () { getSelection().selectAllChildren(button.parentNode.querySelector("code")); });
    });
  });

  var reveal = function () {
    if (location.hash.indexOf("=") >= 0) { return; } /* a view of the timeline */
    var target = document.getElementById(location.hash.slice(1)); /* ids of the page need no decoding */
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
