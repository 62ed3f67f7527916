// Evidence beside the grid: whatever htmx puts into #evidence-panel opens the pane [data-pane] around it; the
// button [data-pane-close] or Escape empties it and gives the focus back to the link that opened it.

const pane = document.querySelector("[data-pane]");
const body = document.getElementById("evidence-panel");
let opener = null;

function close() {
  body.replaceChildren();
  delete pane.dataset.open;
  opener?.focus({ preventScroll: true });
  opener = null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === body) opener = event.detail.elt;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== body) return;
  pane.dataset.open = "";
  body.scrollTop = 0;
  body.focus({ preventScroll: true });
  body.querySelector("[data-marked], .cell-marked, .marked")?.scrollIntoView({ block: "nearest" });
  opener?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pane-close]")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || pane?.dataset.open === undefined) return;
  if (event.target.matches("textarea, input, select") || document.querySelector("dialog[open]")) return;
  close();
});
