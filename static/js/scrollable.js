// A table wider than its place scrolls in it: the place then takes the focus, so that arrow keys scroll it, and is
// named by the table's caption (WCAG 2.1.1). One that fits stays out of the Tab order.

function update(place) {
  const scrolls = place.scrollWidth > place.clientWidth;
  if (!scrolls) {
    for (const name of ["tabindex", "role", "aria-label"]) place.removeAttribute(name);
    return;
  }
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", place.querySelector("caption")?.textContent.trim() || document.title);
}

const watcher = new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target)));

function enhance(root) {
  for (const place of root.querySelectorAll(".table-scroll:not([tabindex], [data-ready])")) {
    place.dataset.ready = "";
    watcher.observe(place);
  }
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target.parentElement ?? document));
