// Forms that save themselves: <form data-autosave action="…">, with an element [data-autosave-status] inside that
// carries the words (components/autosave_status.html).
//
// Contract. 800 ms after the last change, and when the tab is hidden, the form is POSTed to its action (or to the
// value of data-autosave) as multipart/form-data with the headers X-CSRFToken, X-Autosave: 1 and
// Accept: application/json.
//   200, JSON {"version": "…"} or 204   saved; a field named "version" takes the new value
//   401, JSON {"detail": "…"}           the session has ended: the sentence is shown; what was typed stays here and
//                                       comes back with the page, once the person has logged in again
//   409, JSON {"detail": "…"}           changed meanwhile, or closed: shown, and no more saving on this page
//   400, 403, 422, JSON {"detail": "…"} refused: the sentence is shown, the next change is tried again
//   anything else, or no answer         not saved: tried again after 5, 10, 20, 40 s and when the network returns
// What is not saved yet lies in localStorage, under the person and the address, and comes back with the page.
// The "Saved" of a plain submit (without X-Autosave) stays the server's business.

const DELAY = 800;
const RETRY = 5000;
const LONGEST_RETRY = 40000;
const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave || form.action;
    this.status = form.querySelector("[data-autosave-status]");
    this.key = `jalon:draft:${document.body.dataset.user}:${this.url}`;
    this.retry = RETRY;
    this.revision = 0;
    this.saved = 0;
    this.sending = false;
    this.blocked = false;
    this.ended = false; // the session: nothing is lost by leaving, what was typed is kept here
    this.restore();
    this.typed = this.content();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save(true));
    window.addEventListener("online", () => this.save());
    window.addEventListener("beforeunload", (event) => this.dirty && !this.ended && event.preventDefault());
  }

  get dirty() {
    return this.revision > this.saved;
  }

  entries() {
    return [...new FormData(this.form)].filter(([name, value]) => !SKIPPED.has(name) && typeof value === "string");
  }

  content() {
    return JSON.stringify(this.entries());
  }

  changed() {
    const typed = this.content();
    if (this.blocked || typed === this.typed) return; // leaving a field changes nothing in it
    this.typed = typed;
    this.revision += 1;
    this.keep();
    this.say("pending");
    this.schedule(DELAY);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async save(leaving = false) {
    if (!this.dirty || this.sending || this.blocked) return;
    clearTimeout(this.timer);
    this.sending = true;
    const revision = this.revision;
    this.say("saving");
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        body: new FormData(this.form),
        headers: {
          Accept: "application/json",
          "X-Autosave": "1",
          "X-CSRFToken": this.form.elements.csrfmiddlewaretoken?.value ?? "",
        },
        keepalive: leaving,
      });
      this.sending = false;
      await this.answered(answer, revision);
    } catch {
      this.sending = false;
      this.failed();
    }
  }

  async answered(answer, revision) {
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const body = isJson ? await answer.json() : {};
    this.ended = answer.status === 401;
    if (this.ended) return this.failed(body.detail);
    if (answer.status === 409) return this.block(body.detail);
    if ([400, 403, 422].includes(answer.status)) return this.say("failed", body.detail);
    if (!answer.ok || answer.redirected) return this.failed();
    this.retry = RETRY;
    this.saved = Math.max(this.saved, revision);
    const version = this.form.elements.version;
    if (version && body.version !== undefined) version.value = body.version;
    if (this.dirty) return this.schedule(DELAY);
    localStorage.removeItem(this.key);
    return this.say("saved");
  }

  failed(reason = "") {
    this.say("failed", reason);
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY);
  }

  block(reason) {
    this.blocked = true;
    this.say("conflict", reason);
  }

  keep() {
    try {
      localStorage.setItem(this.key, this.typed);
    } catch {
      // A full or forbidden store only loses the safety net; saving goes on.
    }
  }

  restore() {
    const kept = localStorage.getItem(this.key);
    if (kept === null || kept === this.content()) return;
    for (const box of this.form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const [name, value] of JSON.parse(kept)) this.put(this.form.elements[name], value);
    this.revision += 1;
    this.say("restored");
    this.schedule(DELAY);
  }

  put(field, value) {
    const boxes = field instanceof RadioNodeList ? [...field] : [field];
    const ticked = boxes.find((box) => (box?.type === "radio" || box?.type === "checkbox") && box.value === value);
    if (ticked) ticked.checked = true;
    else if (field) field.value = value;
  }

  leave() {
    clearTimeout(this.timer);
    this.saved = this.revision;
    localStorage.removeItem(this.key);
  }

  say(state, text = "") {
    if (!this.status) return;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.status.dataset.state = state;
    this.status.textContent = text || (this.status.dataset[`word${state[0].toUpperCase()}${state.slice(1)}`] ?? "").replace("{time}", time);
  }
}

function enhance(root) {
  for (const form of root.querySelectorAll("form[data-autosave]:not([data-ready])")) {
    form.dataset.ready = "";
    new Autosave(form);
  }
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target.parentElement ?? document));
