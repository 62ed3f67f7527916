// Evidence opened beside the grid, in #evidence-panel. Opening it narrows the grid and moves its rows: the link that
// was followed stays under the eyes, and the page keeps its own address.

document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig?.elt;
  if (event.detail.target.id !== "evidence-panel" || !link?.closest("[data-criterion]")) return;
  requestAnimationFrame(() => link.scrollIntoView({ block: "center" }));
});

// htmx 2.0.10 writes the address of a boosted link into the history even with hx-push-url="false".
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  if (event.detail.target.id !== "evidence-panel") return;
  Object.assign(event.detail.history, { type: "replace", path: location.href });
});
