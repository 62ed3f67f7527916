// Work through a grid without the mouse: j and k go to the next and the previous [data-criterion], 1 to 4
// choose its level, c goes to its comment, ? shows the help. Nothing happens while one is typing, with Ctrl, Alt
// or Meta held, or under a dialog; the help has a switch that turns the keys off (WCAG 2.1.4).

const STORE = "jalon:keys-off";
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

const rows = () => [...document.querySelectorAll("[data-criterion]")].filter((row) => row.checkVisibility());
const current = () => document.querySelector("[data-criterion][data-current]");

function mark(row) {
  for (const other of document.querySelectorAll("[data-current]")) if (other !== row) delete other.dataset.current;
  if (row) row.dataset.current = "";
}

function move(step) {
  const all = rows();
  const here = all.indexOf(current());
  const target = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1)];
  if (!target) return;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

function choose(position) {
  const radio = current()?.querySelectorAll("[data-levels] input[type=radio]")[position - 1];
  if (radio && !radio.checked && !radio.disabled) radio.click();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  c: () => current()?.querySelector("textarea")?.focus(),
  1: () => choose(1),
  2: () => choose(2),
  3: () => choose(3),
  4: () => choose(4),
};

function listening(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
  if (document.querySelector("dialog[open]") || event.target.closest?.(TYPING)) return false;
  return localStorage.getItem(STORE) === null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("[data-criterion] textarea")) {
    event.target.closest("[data-criterion]").focus();
    return;
  }
  if (!listening(event)) return;
  const help = document.getElementById("keyboard-help");
  const action = event.key === "?" ? () => help?.showModal() : rows().length > 0 && ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-criterion]");
  if (row) mark(row);
});

for (const toggle of document.querySelectorAll("[data-keys-switch]")) {
  toggle.checked = localStorage.getItem(STORE) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "1");
  });
}
for (const button of document.querySelectorAll("[data-keys-button]")) button.hidden = rows().length === 0;
