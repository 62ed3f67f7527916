// Opening the evidence narrows the grid and moves its rows: the link that was followed stays under the eyes.

document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig?.elt;
  if (event.detail.target.id !== "evidence-panel" || !link?.closest("[data-criterion]")) return;
  requestAnimationFrame(() => link.scrollIntoView({ block: "center" }));
});
