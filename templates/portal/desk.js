// The review desk: keys, each of which presses what bears its code in data-key, and who else reads
// the case that is open.
//
// Comfort only: without this script every page works as before. Keys are named by their place
// (event.code), so that they are the same on an Arabic keyboard.
"use strict";

(() => {
  const place = document.querySelector("[data-readers]");
  // Whoever only passes by is not told of.
  const STAYS = 2000;
  // So long nothing need be heard: the server ends a stream now and then, and it is opened anew.
  const SILENT = 10000;
  let source = null;
  let silence = 0;

  const named = (name) => {
    const shown = document.createElement("bdi");
    shown.dir = "ltr";
    shown.textContent = name;
    return shown;
  };

  const tell = (names) => {
    const parts = names.flatMap((name, index) => (index ? [" · ", named(name)] : [named(name)]));
    place.querySelector("[data-names]").replaceChildren(...parts);
    place.hidden = names.length === 0;
  };

  const stop = () => {
    clearTimeout(silence);
    if (source) source.close();
    source = null;
    tell([]);
  };

  const watch = () => {
    if (source || document.hidden) return;
    source = new EventSource(place.dataset.readers);
    source.addEventListener("message", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("open", () => clearTimeout(silence));
    source.addEventListener("error", () => {
      clearTimeout(silence);
      silence = setTimeout(() => tell([]), SILENT);
    });
  };

  if (place && window.EventSource) {
    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : watch()));
    addEventListener("pagehide", stop);
    addEventListener("pageshow", () => setTimeout(watch, STAYS));
  }
})();

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
