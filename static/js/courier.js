// What a juror writes lies on this device first (IndexedDB), and is sent from there, in order, until it was taken.
// The forms are in kept.js; this module keeps and sends. It offers itself to them as globalThis.jalonCourier.
//
// An entry is one saying of one place:
//   {id, user, url, page, label, fields: [[name, value]], base, after, at, closed, state, standing, detail, version}
// ``base`` is the version that its writer saw; until the entry that it follows (``after``) is taken, it has none.
// ``closed``: on its way, or read by another page: what is written next is an entry that follows it.
// ``state``: waiting; taken (as ``version``); stale (``standing`` is what stands instead); refused (``detail``: why).
//
// Contract with the server: multipart/form-data with ``version``, X-CSRFToken, X-Autosave: 1, Accept: application/json.
//   200, JSON {"version"}                 taken; asking again for what stands is taken too, so a lost answer is harmless
//   401, or 403 {"code": "second_factor"} the session has ended: kept, sent once the person has come in again
//   409, JSON {"standing": {"version", "values"}}  something else was saved meanwhile: the person chooses
//   400, 403, 409, 413, 422, JSON {"detail"}, or 404  refused: shown, kept until the person lets it go
//   anything else, or no answer           tried again after 5, 10, 20, 40 s, and when the network returns

const NAME = "jalon-kept";
const ROWS = "entries";
const PATIENCE = 15000;
const RETRY = 5000;
const LONGEST_RETRY = 40000;
const REFUSALS = [400, 403, 404, 409, 413, 422];
const KEPT_HOURS = 12; // of what was taken: as long as a copy of the page that does not show it yet

const news = new EventTarget();
const elsewhere = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(ROWS, { keyPath: "id", autoIncrement: true });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
opened.catch(() => {}); // kept.js asks, and does without

// ``change(rows, {put, remove})`` sees all entries and changes them in one transaction.
async function transact(change) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(ROWS, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(ROWS);
    let result;
    const put = (row) => (store.put(row).onsuccess = (event) => (row.id = event.target.result));
    const remove = (row) => store.delete(row.id);
    store.getAll().onsuccess = (event) => (result = change(event.target.result, { put, remove }));
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error);
  });
}

class Courier {
  constructor() {
    this.user = document.body.dataset.user ?? "";
    this.rows = []; // this person's, as last read
    this.ended = ""; // why nothing can be sent before the person has come in again
    this.unheard = false; // the last try had no answer
    this.retry = RETRY;
    this.running = null;
    this.token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
    elsewhere?.addEventListener("message", () => this.read());
    window.addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
  }

  onNews(listener) {
    news.addEventListener("news", listener);
  }

  async change(change) {
    const result = await transact(change);
    elsewhere?.postMessage("news");
    await this.read();
    return result;
  }

  async read() {
    const all = await transact((rows) => rows);
    this.rows = all.filter((row) => row.user === this.user);
    news.dispatchEvent(new Event("news"));
  }

  waiting() {
    return this.rows.filter((row) => row.state === "waiting");
  }

  // A new page: what was refused is asked again, what was taken long ago is forgotten.
  begin() {
    const old = Date.now() - KEPT_HOURS * 3600 * 1000;
    return this.change((rows, { put, remove }) => {
      for (const row of rows) {
        if (row.state === "taken" && row.at < old) remove(row);
        else if (row.user === this.user && row.state === "refused") put({ ...row, state: "waiting" });
      }
    });
  }

  // All of it, as far as it can be sent now; resolves when there is nothing to do or nothing can be done.
  send() {
    if (!this.user) return Promise.resolve();
    if (this.running) {
      this.again = true; // what is on its way may already have looked for the last time
      return this.running;
    }
    const drain = () => this.drain();
    const drained = navigator.locks ? navigator.locks.request(NAME, drain) : drain();
    this.running = drained.finally(() => {
      this.running = null;
      if (this.again) return this.send();
      news.dispatchEvent(new Event("news"));
    });
    return this.running;
  }

  async drain() {
    clearTimeout(this.timer);
    this.again = false;
    for (;;) {
      const entry = await this.change((rows, { put }) => {
        const next = rows.find((row) => row.user === this.user && row.state === "waiting" && row.after === null);
        if (next) put(Object.assign(next, { closed: true }));
        return next;
      });
      if (!entry) return;
      if (!(await this.deliver(entry))) return this.later();
    }
  }

  later() {
    this.timer = setTimeout(() => this.send(), this.retry);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY);
    news.dispatchEvent(new Event("news"));
  }

  async deliver(entry) {
    let answer;
    let body = {};
    try {
      answer = await this.post(entry);
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) body = await answer.json();
    } catch {
      this.unheard = true;
      return false;
    }
    this.unheard = false;
    const out = answer.status === 401 || body.code === "second_factor";
    this.ended = out ? body.detail || " " : "";
    if (out) return false;
    if (answer.ok && !answer.redirected) await this.taken(entry, body.version ?? entry.base + 1);
    else if (REFUSALS.includes(answer.status) && (body.detail || answer.status === 404)) await this.refused(entry, body);
    else return false;
    this.retry = RETRY;
    return true;
  }

  async post(entry, again = false) {
    const body = new FormData();
    for (const [name, value] of entry.fields) body.append(name, value);
    body.append("version", entry.base);
    const answer = await fetch(entry.url, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-Autosave": "1", "X-CSRFToken": this.token ?? "" },
      keepalive: document.visibilityState === "hidden",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const refused = answer.status === 403 && !answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!refused || again || !(await this.renewed())) return answer;
    return this.post(entry, true);
  }

  // The token of a page that was kept, or of a session before this one, is no good any more: one from a page of now.
  async renewed() {
    const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.token = JSON.parse(page.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
    return page.body.dataset.user === this.user && Boolean(this.token);
  }

  taken(entry, version) {
    return this.change((rows, { put, remove }) => {
      for (const row of rows) {
        if (row.id === entry.id) put(Object.assign(row, { state: "taken", version, at: Date.now() }));
        else if (row.state === "taken" && row.user === entry.user && row.url === entry.url) remove(row);
        if (row.after === entry.id) put(Object.assign(row, { after: null, base: version }));
      }
    });
  }

  // What was written after it takes its place, and is asked for in its turn.
  refused(entry, { standing = null, detail = "" }) {
    return this.change((rows, { put, remove }) => {
      const later = rows.filter((row) => row.after === entry.id);
      for (const row of later) put(Object.assign(row, { after: null, base: entry.base }));
      const found = rows.find((row) => row.id === entry.id);
      if (!found) return;
      if (later.length > 0) remove(found);
      else put(Object.assign(found, { state: standing ? "stale" : "refused", standing, detail, closed: false }));
    });
  }

  // Between two versions: what is here is asked for over what stands.
  insist(id) {
    return this.change((rows, { put }) => {
      const row = rows.find((each) => each.id === id);
      if (row?.standing) put(Object.assign(row, { state: "waiting", base: row.standing.version, standing: null, detail: "" }));
    }).then(() => this.send());
  }

  forget(id) {
    return this.change((rows, { remove }) => rows.filter((row) => row.id === id).forEach(remove));
  }
}

globalThis.jalonCourier = { opened, courier: new Courier() };
