// Evidence opened beside the grid, in #evidence-panel. Opening it narrows the grid and moves its rows: the link that
// was followed stays under the eyes, and the page keeps its own address.

document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig?.elt;
  if (event.detail.target.id !== "evidence-panel" || !link?.closest("[data-criterion]")) return;
  requestAnimationFrame(() => link.scrollIntoView({ block: "center" }));
});
