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
