"use strict";
(() => {
  const say = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1200);
  };
  // Pages opened from disk have no clipboard of their own in every browser: a selection is copied there.
  const bySelection = (element) => {
    const selection = getSelection();
    const range = document.createRange();
    range.selectNodeContents(element);
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  };
  const copy = async (button) => {
    const element = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(element.textContent);
      say(button, "Copied");
    } catch {
      say(button, bySelection(element) ? "Copied" : "Selected");
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if (button.dataset.fold) {
      const open = button.dataset.fold === "open";
      for (const frame of document.querySelectorAll(".stack details")) frame.open = open;
    }
  });
})();
