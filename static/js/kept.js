// Places whose words are kept on this device until the server has taken them (courier.js), on a juror's pages:
//   <form data-kept action="…" data-kept-label="CE3" autocomplete="off">  or, inside another,  <div data-kept="url" …>
//     <input type="hidden" value="3" data-version>     the version that the page shows
//     <p data-kept-status …>                           the words of web/jury/_kept_status.html
// Without autocomplete="off" what a browser puts back into a form would pass for typed in it.
// And, once in the page, web/jury/_kept_bar.html: what waits, and the choice between two versions.
//   <form data-after-kept>  is sent only once all that was written has been taken; an input [data-sum] in it then
//                           holds its first value and by how much the versions [data-counts] have risen.
// Without IndexedDB a form of this kind is one that saves itself (autosave.js), and needs the network.

const { opened, courier } = globalThis.jalonCourier;
const PAUSE = 800; // milliseconds of silence before a text is sent; it is kept at each stroke
const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);
const bar = document.getElementById("kept-bar");
const ticks = (input) => ["radio", "checkbox"].includes(input.type);
const hour = (time) => new Date(time).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

// As the page brought it: what was typed before this script ran is a change like any other.
function brought(input) {
  if (ticks(input)) return input.value;
  if (input.tagName !== "SELECT") return input.defaultValue;
  return ([...input.options].find((option) => option.defaultSelected) ?? input.options[0])?.value ?? "";
}

const touched = (input) => (ticks(input) ? input.checked !== input.defaultChecked : input.value !== brought(input));

class Place {
  constructor(root) {
    this.root = root;
    this.url = root.dataset.kept || root.getAttribute("action");
    this.versionInput = root.querySelector("[data-version]");
    this.status = root.querySelector("[data-kept-status]");
    this.current = null; // the entry of what was written here; it has its id once it is in the store
    this.typed = JSON.stringify(this.fields((input) => input.defaultChecked, brought));
    root.addEventListener("input", () => this.changed(PAUSE));
    root.addEventListener("change", () => this.changed(0));
    if (root.tagName === "FORM") root.addEventListener("submit", (event) => (event.preventDefault(), this.changed(0)));
  }

  get entry() {
    return this.current?.id ?? null;
  }

  get version() {
    return Number(this.versionInput.value);
  }

  set version(number) {
    this.versionInput.value = number;
  }

  inputs() {
    const all = this.root.querySelectorAll("input[name], select[name], textarea[name]");
    return [...all].filter((input) => !SKIPPED.has(input.name) && input !== this.versionInput);
  }

  fields(ticked = (input) => input.checked, value = (input) => input.value) {
    const said = (input) => !ticks(input) || ticked(input);
    return this.inputs().filter(said).map((input) => [input.name, value(input)]);
  }

  content() {
    return JSON.stringify(this.fields());
  }

  changed(pause) {
    const said = this.content() !== this.typed;
    if (said) this.write();
    else if (pause > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => courier.send(), pause);
  }

  write() {
    this.typed = this.content();
    const writing = courier.change((rows, store) => (this.current = this.enter(rows, store)));
    this.writing = writing.finally(() => (this.writing === last ? (this.writing = null) : undefined));
    const last = this.writing;
  }

  enter(rows, { put }) {
    const mine = rows.find((row) => row.id === this.entry && row.state !== "taken");
    const said = { fields: this.fields(), at: Date.now() };
    if (mine && (!mine.closed || mine.state === "stale")) {
      const row = Object.assign(mine, said, mine.state === "refused" ? { state: "waiting" } : {});
      put(row);
      return row;
    }
    if (mine) put(Object.assign(mine, { closed: true }));
    const before = rows.find((row) => row.id === this.entry);
    const place = { user: courier.user, url: this.url, page: window.location.pathname, label: this.root.dataset.keptLabel ?? "" };
    const row = { ...place, ...said, base: mine ? null : Math.max(this.version, before?.version ?? 0), after: mine?.id ?? null };
    Object.assign(row, { state: "waiting", closed: false, standing: null, detail: "" });
    put(row);
    return row;
  }

  // What lies on the device is newer than the page that was just opened, which may be a copy; what was typed in the
  // page meanwhile is newer still.
  recover(rows, { put, remove }) {
    const here = new Set(this.inputs().filter(touched).map((input) => input.name));
    let found = null;
    for (const row of rows.filter((each) => each.user === courier.user && each.url === this.url)) {
      if (row.state === "taken" && row.version <= this.version) remove(row);
      else if (row.state === "taken") [this.version, found] = [row.version, row.fields];
      else {
        [this.current, found] = [row, row.fields];
        if (row.state === "waiting") put(Object.assign(row, { closed: true }));
      }
    }
    if (found) this.show(found, here);
    this.changed(PAUSE);
  }

  show(fields, spared = new Set()) {
    const said = new Map(fields);
    for (const input of this.inputs().filter((each) => !spared.has(each.name))) {
      if (ticks(input)) input.checked = said.get(input.name) === input.value;
      else input.value = said.get(input.name) ?? "";
    }
    this.typed = spared.size > 0 ? "" : this.content();
    this.root.closest("details")?.setAttribute("open", "");
    this.inputs()[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  refresh() {
    const row = courier.rows.find((each) => each.id === this.entry);
    if (row?.state === "taken") [this.version, this.current] = [row.version, null];
    this.both(row?.state === "stale" ? row : null);
    if (row) this.say(row);
  }

  say(row) {
    const saving = row.state === "waiting" && courier.running && !courier.unheard && !courier.ended;
    const state = { taken: "saved", stale: "conflict" }[row.state] ?? (saving ? "saving" : row.state);
    const word = this.status.dataset[`word${state[0].toUpperCase()}${state.slice(1)}`] ?? (row.detail || bar.dataset.wordGone);
    this.status.dataset.state = state === "refused" ? "failed" : state;
    this.status.textContent = word.replace("{time}", hour(row.at));
  }

  // Both versions side by side; nothing is written over before the person has chosen.
  both(row) {
    this.root.querySelector(".kept-both")?.remove();
    if (!row) return;
    const panel = document.getElementById("kept-both").content.firstElementChild.cloneNode(true);
    panel.querySelector("[data-both-sentence]").textContent = row.detail;
    panel.querySelector("[data-both-mine]").textContent = this.words(row.fields);
    panel.querySelector("[data-both-theirs]").textContent = this.words(Object.entries(row.standing.values));
    panel.querySelector("[data-both-keep]").addEventListener("click", () => courier.insist(row.id));
    panel.querySelector("[data-both-take]").addEventListener("click", () => {
      this.version = row.standing.version;
      this.current = null;
      this.show(Object.entries(row.standing.values));
      courier.forget(row.id);
    });
    this.root.append(panel);
  }

  words(fields) {
    const worded = fields.filter(([, value]) => value).map(([name, value]) => {
      const input = this.inputs().find((each) => each.name === name && (each.type !== "radio" || each.value === value));
      if (input?.tagName === "SELECT") return [...input.options].find((option) => option.value === value)?.text ?? value;
      const label = input?.type === "radio" ? input.nextElementSibling?.querySelector("span") : input?.nextElementSibling;
      return input && ticks(input) ? label?.textContent ?? value : value;
    });
    return worded.join(" · ") || "–";
  }
}

function others(places) {
  const here = new Set(places.map((place) => place.url));
  const rows = courier.rows.filter((row) => ["stale", "refused"].includes(row.state) && !here.has(row.url));
  const items = rows.map((row) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: row.page, textContent: row.label || row.page });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet" });
    button.textContent = bar.dataset.wordForget;
    button.addEventListener("click", () => courier.forget(row.id));
    item.append(link, ` : ${row.detail || bar.dataset.wordGone} `, button);
    return item;
  });
  bar.querySelector("[data-kept-others]").replaceChildren(...items);
}

function tell(places) {
  const count = (state) => courier.rows.filter((row) => row.state === state).length;
  const [waiting, stale, refused] = ["waiting", "stale", "refused"].map(count);
  const words = [];
  const copied = Number(document.body.dataset.keptAt);
  if (copied) words.push(bar.dataset.wordCopy.replace("{time}", hour(copied)));
  if (waiting && courier.unheard) words.push(bar.dataset.wordOffline);
  if (waiting && courier.ended) words.push(bar.dataset.wordEnded);
  if (waiting) words.push((waiting === 1 ? bar.dataset.wordOne : bar.dataset.wordMany).replace("{count}", waiting));
  if (stale) words.push(bar.dataset.wordConflicts.replace("{count}", stale));
  if (refused) words.push(bar.dataset.wordRefused.replace("{count}", refused));
  bar.hidden = !copied && !stale && !refused && !(waiting && (courier.unheard || courier.ended));
  const line = bar.querySelector("[data-kept-words]");
  if (line.dataset.said !== words.join(" ")) {
    line.dataset.said = words.join(" ");
    line.textContent = words.join(" ");
    if (courier.ended) line.append(" ", door());
  }
  others(places);
}

function door() {
  const next = encodeURIComponent(window.location.pathname);
  return Object.assign(document.createElement("a"), { href: `${bar.dataset.login}?next=${next}`, textContent: bar.dataset.wordLogin });
}

function sum(form) {
  const input = form.querySelector("[data-sum]");
  if (!input) return;
  input.dataset.first ??= input.value;
  const risen = [...document.querySelectorAll("[data-counts]")].map((each) => Number(each.value) - Number(each.dataset.first));
  input.value = risen.reduce((total, more) => total + more, Number(input.dataset.first));
}

// Before any other listener, the dialog's included: nothing is sealed or decided over what is not saved.
// ``recovered`` says once what lies on this device is known whether anything can be kept here.
function wait(places, recovered) {
  for (const each of document.querySelectorAll("[data-counts]")) each.dataset.first = each.value;
  const ready = new WeakSet();
  let early = true;
  const known = recovered.finally(() => (early = false));
  const open = () => courier.rows.some((row) => ["waiting", "stale"].includes(row.state));
  const sent = () => Promise.all(places.map((place) => place.writing)).then(() => courier.send());
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-after-kept]")) return;
    if (!ready.has(form) && (early || open() || places.some((place) => place.writing))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      known.then((keeps) => keeps && sent()).then(() => {
        if (open()) return refuse();
        ready.add(form);
        form.requestSubmit(event.submitter);
        ready.delete(form);
      });
      return;
    }
    sum(form);
  }, true);
}

function refuse() {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: bar.dataset.wordLeave, tone: "not-met" } }));
  bar.scrollIntoView({ block: "nearest" });
}

async function recover(places) {
  const roots = [...document.querySelectorAll("[data-kept]")];
  try {
    await opened;
  } catch {
    for (const root of roots) if (root.tagName === "FORM") root.dataset.autosave = "";
    document.dispatchEvent(new Event("htmx:load")); // autosave.js looks again
    return false;
  }
  places.push(...roots.map((root) => new Place(root)));
  courier.onNews(() => {
    for (const place of places) place.refresh();
    tell(places);
  });
  document.addEventListener("visibilitychange", () => courier.send()); // before the person is gone
  await courier.change((rows, store) => places.forEach((place) => place.recover(rows, store)));
  return true;
}

async function begin() {
  const places = [];
  const recovered = recover(places);
  wait(places, recovered);
  if (!(await recovered)) return;
  await courier.begin();
  courier.send();
}

if (bar) begin();
