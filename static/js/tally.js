// How far one is: <p data-tally="#grid" data-tally-word="{done} sur {total}"><progress></progress><span></span></p>
// counts the criteria of #grid that have a level, at once and after each choice.

for (const tally of document.querySelectorAll("[data-tally]")) {
  const grid = document.querySelector(tally.dataset.tally);
  const count = () => {
    const rows = [...grid.querySelectorAll("[data-levels]")];
    const done = rows.filter((row) => row.querySelector("input:checked")).length;
    const bar = tally.querySelector("progress");
    bar.max = rows.length;
    bar.value = done;
    const words = tally.dataset.tallyWord.replace("{done}", done).replace("{total}", rows.length);
    tally.querySelector("span").textContent = words;
  };
  grid?.addEventListener("change", count);
  if (grid) count();
}

// How many points are to be looked at again: <strong data-flag-count data-flag-of="#grid"> counts the ticked [data-flag]
// of #grid; [data-flag-notice] is shown while there is one.
for (const counter of document.querySelectorAll("[data-flag-count]")) {
  const grid = document.querySelector(counter.dataset.flagOf);
  const count = () => {
    const flagged = grid.querySelectorAll("[data-flag]:checked").length;
    counter.textContent = flagged;
    const notice = counter.closest("[data-flag-notice]");
    if (notice) notice.hidden = flagged === 0;
  };
  grid?.addEventListener("change", count);
}
