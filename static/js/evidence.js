// The panel where a piece of evidence opens beside its criterion (#evidence-panel, filled by htmx).
// Escape or its button empties it, and the reader is back where they were.

let opener = null;

const panel = () => document.getElementById("evidence-panel");

function close() {
  panel().replaceChildren();
  opener?.focus();
  opener = null;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-panel-close]")) close();
  else if (event.target.closest("a") && !panel()?.contains(event.target)) opener = event.target.closest("a");
});

document.addEventListener("keydown", (event) => {
  // In a comment, Escape leaves the field (keys.js); the panel is closed by the next one.
  if (event.target.matches?.("textarea, input")) return;
  if (event.key === "Escape" && panel()?.firstElementChild && !document.querySelector("dialog[open]")) close();
});
