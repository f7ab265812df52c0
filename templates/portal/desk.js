// Keys of the review desk: each presses what bears its code in data-key.
//
// Comfort only: without this script every page works as before. Keys are named by their place
// (event.code), so that they are the same on an Arabic keyboard.
"use strict";

(() => {
  const sheet = document.querySelector("[data-keys]");
  const typing =
    "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]";
  // One press at a time: a second one would be another case.
  let pressed = false;

  const shown = (code) =>
    [...document.querySelectorAll("[data-key]")].filter((each) => each.dataset.key === code);

  const lookAtSheet = () => {
    sheet.open = true;
    sheet.querySelector("summary").focus();
  };

  const act = (found) => {
    const box = found.find((each) => each.type === "checkbox" && !each.checked);
    if (box) {
      const folded = box.closest("details");
      if (folded) folded.open = true;
      box.focus();
    } else if (found[0].type !== "checkbox") {
      pressed = true;
      found[0].click();
    }
  };

  const heard = (event) => {
    const { code, shiftKey, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.defaultPrevented || pressed || (target.closest && target.closest(typing))) return;
    const found = shiftKey ? [] : shown(code);
    if (shiftKey && code === "Slash") lookAtSheet();
    else if (found.length) act(found);
    else return;
    event.preventDefault();
  };

  if (sheet) {
    document.addEventListener("keydown", heard);
    // Back from the page that it led to.
    addEventListener("pageshow", () => {
      pressed = false;
    });
  }
})();
