// The tree of the référentiel editor, by keyboard and by pointer. Without this script everything is done with the
// links and buttons of the page; with it, the list becomes a tree (WAI-ARIA):
//   [data-editor]        the editor, exchanged as a whole by htmx after each change
//   [data-tree]          the list; its rows carry data-path, data-kind, data-level and data-accepts (what they may hold)
//   #editor-command-move, #editor-command-delete   hidden forms that the tree fills in and sends
// ↑ ↓ Home End go through the rows, ← → fold and unfold, Enter opens the form, Alt+↑ Alt+↓ move, Delete asks and
// deletes; a row is dragged before or after one of its kind, or into one that may hold it. Escape leaves the form
// for the tree. What is folded is remembered while the tab is open.

const FOLDED = `jalon:folded:${location.pathname}`;
const SMALL = 80;
let kept = null; // where the keyboard was, and how far the tree was scrolled, before the editor is exchanged
let dragged = null;
let dirty = false;

const editor = () => document.querySelector("[data-editor]");
const tree = () => document.querySelector("[data-tree]");
const rows = () => [...(tree()?.querySelectorAll("[data-path]") ?? [])];
const shown = () => rows().filter((row) => !row.hidden);
const level = (row) => Number(row.dataset.level);
const rowAt = (path) => rows().find((row) => row.dataset.path === path);

function below(row) {
  const all = rows();
  const start = all.indexOf(row) + 1;
  const end = all.findIndex((other, rank) => rank >= start && level(other) <= level(row));
  return all.slice(start, end < 0 ? undefined : end);
}

function folded() {
  const stored = sessionStorage.getItem(FOLDED);
  if (stored !== null) return new Set(JSON.parse(stored));
  if (rows().length < SMALL) return new Set();
  return new Set(rows().filter((row) => level(row) > 1 && "branches" in row.dataset).map((row) => row.dataset.path));
}

function fold(row, closed) {
  const all = folded();
  if (closed) all.add(row.dataset.path);
  else all.delete(row.dataset.path);
  sessionStorage.setItem(FOLDED, JSON.stringify([...all]));
  draw();
}

function reveal(path) {
  const all = folded();
  const above = rows().filter((row) => path.startsWith(`${row.dataset.path}.`) && row.dataset.path);
  if (!above.some((row) => all.delete(row.dataset.path))) return;
  for (const row of above) all.delete(row.dataset.path);
  sessionStorage.setItem(FOLDED, JSON.stringify([...all]));
}

function draw() {
  const searched = document.getElementById("editor-query")?.value;
  const closed = searched ? new Set() : folded();
  let limit = Infinity;
  for (const row of rows()) {
    if (level(row) <= limit) limit = Infinity;
    row.hidden = level(row) > limit;
    if (!("branches" in row.dataset)) continue;
    const isClosed = closed.has(row.dataset.path);
    row.setAttribute("aria-expanded", String(!isClosed));
    if (isClosed) limit = Math.min(limit, level(row));
  }
}

function enhance() {
  const list = tree();
  const keys = document.querySelector("[data-editor-keys]");
  if (keys) keys.hidden = !list;
  if (!list) return;
  list.setAttribute("role", "tree");
  for (const row of rows()) {
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-level", row.dataset.level);
    row.tabIndex = -1;
    row.draggable = row.dataset.path.includes("[");
    row.querySelector("a").tabIndex = -1;
    if ("branches" in row.dataset && !row.querySelector(".tree-fold")) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "tree-fold", tabIndex: -1 });
      button.setAttribute("aria-hidden", "true");
      button.title = editor().dataset.wordFold;
      row.prepend(button);
    }
  }
  choose(document.getElementById("editor-panel")?.dataset.element ?? "");
}

function choose(path) {
  reveal(path);
  for (const row of rows()) {
    const chosen = row.dataset.path === path;
    row.toggleAttribute("data-chosen", chosen);
    row.setAttribute("aria-selected", String(chosen));
    row.tabIndex = -1;
  }
  draw();
  const row = rowAt(path) ?? shown()[0];
  if (row) row.tabIndex = 0;
}

function focusRow(row) {
  if (!row) return;
  for (const other of rows()) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function command(name, values) {
  const form = document.getElementById(`editor-command-${name}`);
  for (const [field, value] of Object.entries(values)) form.elements[field].value = value;
  form.requestSubmit();
}

function nameIn(dialog, text) {
  const place = document.querySelector(`#${dialog} [data-editor-name]`);
  if (place) place.textContent = text;
}

const moveTo = (element, to, other = "") => command("move", { element, to, other });
const isPart = (row) => row.dataset.path.includes("[");

function step(row, by) {
  const all = shown();
  focusRow(all[Math.min(Math.max(all.indexOf(row) + by, 0), all.length - 1)]);
}

function parentOf(row) {
  const all = rows();
  return all.slice(0, all.indexOf(row)).findLast((other) => level(other) < level(row));
}

function sideways(row, outwards) {
  const open = row.getAttribute("aria-expanded");
  if (outwards && open === "true") fold(row, true);
  else if (outwards) focusRow(parentOf(row));
  else if (open === "false") fold(row, false);
  else if (open === "true") step(row, 1);
}

function remove(row) {
  nameIn("editor-deletion", row.querySelector(".tree-text").textContent.trim());
  command("delete", { element: row.dataset.path });
}

const KEYS = {
  ArrowUp: (row) => step(row, -1),
  ArrowDown: (row) => step(row, 1),
  ArrowLeft: (row) => sideways(row, true),
  ArrowRight: (row) => sideways(row, false),
  Home: () => focusRow(shown()[0]),
  End: () => focusRow(shown().at(-1)),
  Enter: (row) => {
    kept = { panel: true };
    row.querySelector("a").click();
  },
  Delete: (row) => isPart(row) && remove(row),
};
const ALT_KEYS = {
  ArrowUp: (row) => isPart(row) && moveTo(row.dataset.path, "up"),
  ArrowDown: (row) => isPart(row) && moveTo(row.dataset.path, "down"),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#editor-panel") && tree()) {
    focusRow(rowAt(document.getElementById("editor-panel").dataset.element));
    return;
  }
  const row = event.target.closest?.("[data-tree] [data-path]");
  if (!row || event.ctrlKey || event.metaKey || event.isComposing) return;
  const action = (event.altKey ? ALT_KEYS : KEYS)[event.key];
  if (!action) return;
  event.preventDefault();
  action(row);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".tree-fold");
  if (!button) return;
  const row = button.closest("[data-path]");
  fold(row, row.getAttribute("aria-expanded") === "true");
});

// Dragging: before or after a row of the same kind, into a row that may hold the kind.
function place(event) {
  const row = event.target.closest?.("[data-tree] [data-path]");
  if (!dragged || !row || row === dragged || below(dragged).includes(row)) return null;
  const box = row.getBoundingClientRect();
  if (row.dataset.kind === dragged.dataset.kind) {
    return { row, to: event.clientY < box.top + box.height / 2 ? "before" : "after" };
  }
  return row.dataset.accepts.split(" ").includes(dragged.dataset.kind) ? { row, to: "into" } : null;
}

function unmark() {
  for (const row of document.querySelectorAll("[data-drop]")) delete row.dataset.drop;
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-tree] [data-path]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.path);
});
document.addEventListener("dragover", (event) => {
  const found = place(event);
  unmark();
  if (!found) return;
  event.preventDefault();
  found.row.dataset.drop = found.to;
});
document.addEventListener("drop", (event) => {
  const found = place(event);
  if (!found) return;
  event.preventDefault();
  moveTo(dragged.dataset.path, found.to, found.row.dataset.path);
});
document.addEventListener("dragend", () => {
  dragged = null;
  unmark();
});

// What is typed and not saved is not left behind unasked.
document.addEventListener("input", (event) => {
  if (event.target.closest?.("#editor-form")) dirty = true;
});
document.addEventListener("submit", (event) => {
  const asking = event.target.dataset.name;
  if (event.target.id === "editor-form") dirty = false;
  else if (asking !== undefined && event.target.dataset.confirm === "editor-deletion") nameIn("editor-deletion", asking);
}, true);
document.addEventListener("htmx:beforeRequest", (event) => {
  const source = event.detail.elt;
  if (!source.closest?.("[data-editor]") || source.id === "editor-search") return;
  if (dirty && source.id !== "editor-form" && !window.confirm(editor().dataset.wordUnsaved)) {
    event.preventDefault();
    return;
  }
  dirty = false;
  for (const old of document.querySelectorAll("#toasts [data-toast]:not([data-stay])")) old.remove();
  const active = document.activeElement;
  kept ??= { row: active?.closest?.("[data-tree]") !== null && active !== document.body, adds: source.dataset.adds };
  if (source.id.startsWith("editor-command")) kept = { row: true };
  kept.scroll = document.getElementById("editor-rows")?.scrollTop ?? 0;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty && editor()) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.closest?.("[data-editor]") || !editor()) return;
  enhance();
  const panel = document.getElementById("editor-panel");
  const before = kept;
  kept = null;
  if (!before) return;
  document.getElementById("editor-rows").scrollTop = before.scroll;
  if (document.querySelector("#editor-panel .error-summary")) return;
  const field = panel.querySelector(".editor-fields :is(input, textarea, select)");
  if (before.panel || before.adds) {
    const fresh = [...panel.querySelectorAll(".editor-fields textarea")].find(
      (each) => each.value === panel.dataset.placeholder,
    );
    (fresh ?? field)?.focus();
    fresh?.select();
    rowAt(panel.dataset.element)?.scrollIntoView({ block: "nearest" });
  } else if (before.row) {
    focusRow(rowAt(panel.dataset.element));
  }
});

if (editor()) {
  enhance();
  const list = document.getElementById("editor-rows");
  const row = tree()?.querySelector("[data-chosen]");
  if (row) list.scrollTop = row.offsetTop - list.clientHeight / 3;
}
