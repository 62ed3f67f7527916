// A large file in pieces, that can be paused, cancelled, and taken up again after a lost connection or a closed
// tab: <form data-upload data-start-url="…"> (components/upload.html). Without script the same form is a plain
// multipart POST to its action.
//
// Contract, close to tus 1.0; every request carries X-CSRFToken and Accept: application/json, and a refusal is
// JSON {"detail": "a sentence"}.
//   POST   data-start-url  JSON {"name", "size"}    → 201 {"url", "offset", "chunk"}   chunk: bytes per request
//   HEAD   url                                       → 200 with Upload-Offset: bytes received so far, and
//                                                      Upload-Chunk: bytes per request
//   PATCH  url             Content-Type: application/offset+octet-stream, Upload-Offset: where this piece starts
//                                                    → 204 with Upload-Offset: where the next one starts;
//                                                      for the last piece, and for whatever comes after it,
//                                                      200 {"next": "/page/to/show/"}
//                                                    → 409 with Upload-Offset: the offset differs, go on from there
//   DELETE url                                       → 204 forgets what was received
//   404 and 410 on url: forgotten by the server, started again from nothing.
//   401 and 403: the session has ended. The sentence is shown and nothing is forgotten: the same file, chosen again
//   once logged in, goes on from where it was.
//   Other 4xx: refused, the sentence is shown. 408, 429, 5xx or no answer: tried again, after 1 s up to 30 s; where
//   the answer has a sentence (503: held by another act, 507: no space left), it is shown meanwhile.

const SMALLEST_WAIT = 1000;
const LONGEST_WAIT = 30000;

class Refused extends Error {}
class Forgotten extends Error {}
class Stopped extends Error {}
class Passing extends Error {}
class LoggedOut extends Error {}

const words = (element, name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), element.dataset[name] ?? "");

class Upload {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.bar = form.querySelector("progress");
    this.part = (name) => form.querySelector(`[data-upload-${name}]`);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.input.files[0]) this.begin(this.input.files[0]);
    });
    this.input.addEventListener("change", () => this.complain(""));
    this.part("pause").addEventListener("click", () => this.pause());
    this.part("resume").addEventListener("click", () => this.run());
    this.part("cancel").addEventListener("click", () => this.cancel());
    window.addEventListener("online", () => this.wake?.());
    window.addEventListener("beforeunload", (event) => this.running && event.preventDefault());
    this.dropZone(this.part("drop"));
  }

  dropZone(zone) {
    const light = (on) => zone.classList.toggle("dragging", on);
    zone.addEventListener("dragover", (event) => (event.preventDefault(), light(true)));
    zone.addEventListener("dragleave", () => light(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      light(false);
      this.input.files = event.dataTransfer.files;
      this.complain("");
    });
  }

  begin(file) {
    this.file = file;
    this.key = `jalon:upload:${this.form.dataset.startUrl}:${file.name}:${file.size}:${file.lastModified}`;
    this.url = localStorage.getItem(this.key);
    this.part("progress").hidden = false;
    this.part("submit").hidden = true;
    this.part("drop").hidden = true;
    this.part("name").textContent = file.name;
    this.run();
  }

  async run() {
    this.running = true;
    this.stopped = false;
    this.complain("");
    this.wait = SMALLEST_WAIT;
    this.buttons();
    while (this.running) {
      try {
        await this.session();
      } catch (problem) {
        await this.recover(problem);
      }
    }
  }

  async session() {
    await this.locate();
    this.began = { time: performance.now(), offset: this.offset };
    this.say("wordSending");
    let next = null;
    while (next === null) next = await this.sendPiece();
    this.forget();
    this.running = false;
    window.location.assign(next);
  }

  async locate() {
    if (this.url) {
      const answer = await this.request("HEAD", this.url);
      this.offset = Number(answer.getResponseHeader("Upload-Offset"));
      this.chunk = Number(answer.getResponseHeader("Upload-Chunk"));
      if (this.offset > 0) this.say("wordResumed");
      return;
    }
    const body = JSON.stringify({ name: this.file.name, size: this.file.size });
    const answer = await this.request("POST", this.form.dataset.startUrl, body, { "Content-Type": "application/json" });
    Object.assign(this, JSON.parse(answer.responseText));
    localStorage.setItem(this.key, this.url);
  }

  async sendPiece() {
    const end = Math.min(this.offset + this.chunk, this.file.size);
    const answer = await this.request("PATCH", this.url, this.file.slice(this.offset, end), {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(this.offset),
    });
    this.wait = SMALLEST_WAIT;
    if (answer.status === 200) return JSON.parse(answer.responseText).next;
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    return null;
  }

  // XMLHttpRequest, because fetch does not tell how much of a body has left.
  request(method, url, body = null, headers = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.current = request;
      request.open(method, url);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken?.value ?? "");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (method === "PATCH") {
        const start = this.offset;
        request.upload.addEventListener("progress", (event) => this.progress(start + event.loaded));
        request.upload.addEventListener("load", () => start + body.size === this.file.size && this.say("wordChecking"));
      }
      request.addEventListener("load", () => this.settle(request, resolve, reject));
      request.addEventListener("error", () => reject(new Error("network")));
      request.addEventListener("abort", () => reject(new Stopped()));
      request.send(body);
    });
  }

  settle(request, resolve, reject) {
    const { status } = request;
    const elsewhere = status === 409 && request.getResponseHeader("Upload-Offset") !== null;
    const passing = [0, 408, 429].includes(status) || status >= 500;
    if ((status >= 200 && status < 300) || elsewhere) resolve(request);
    else if (passing) reject(new Passing(this.sentence(request)));
    else if (status === 401 || status === 403) reject(new LoggedOut(status === 403 ? this.sentence(request) : ""));
    else if (status === 404 || status === 410) reject(this.url ? new Forgotten() : new Refused());
    else reject(new Refused(this.sentence(request)));
  }

  sentence(request) {
    try {
      return JSON.parse(request.responseText).detail ?? "";
    } catch {
      return "";
    }
  }

  async recover(problem) {
    if (problem instanceof Stopped || this.stopped) return;
    if (problem instanceof Refused) {
      this.reset();
      this.complain(problem.message || this.form.dataset.wordFailed);
    } else if (problem instanceof LoggedOut) {
      this.pause();
      this.complain(problem.message || this.form.dataset.wordEnded);
    } else if (problem instanceof Forgotten) {
      this.forget();
    } else {
      this.part("status").textContent = (problem instanceof Passing && problem.message) || this.form.dataset.wordOffline;
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, this.wait);
      });
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }
  }

  pause() {
    this.stopped = true;
    this.running = false;
    this.current?.abort();
    this.wake?.();
    this.say("wordPaused");
    this.part("speed").textContent = "";
    this.buttons();
  }

  async cancel() {
    const { url } = this;
    this.pause();
    this.reset();
    if (url) await this.request("DELETE", url).catch(() => {}); // the server forgets it by itself in time
  }

  forget() {
    localStorage.removeItem(this.key);
    this.url = null;
  }

  reset() {
    this.running = false;
    this.forget();
    this.bar.value = 0;
    this.part("progress").hidden = true;
    this.part("submit").hidden = false;
    this.part("drop").hidden = false;
  }

  buttons() {
    this.part("pause").hidden = !this.running;
    this.part("resume").hidden = this.running;
  }

  progress(sent) {
    const { size } = this.file;
    this.bar.value = size ? (100 * sent) / size : 100;
    this.part("amount").textContent = words(this.form, "wordAmount", { sent: this.bytes(sent), size: this.bytes(size) });
    const elapsed = (performance.now() - this.began.time) / 1000;
    const speed = (sent - this.began.offset) / elapsed;
    if (elapsed < 1 || speed <= 0) return;
    const left = this.time((size - sent) / speed);
    this.part("speed").textContent = words(this.form, "wordSpeed", { speed: this.bytes(speed), left });
  }

  bytes(count) {
    const units = this.form.dataset.wordUnits.split(",");
    const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1);
    const digits = power > 1 ? 1 : 0;
    const value = (count / 1000 ** power).toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
    return `${value}\u00a0${units[power]}`;
  }

  time(seconds) {
    const whole = Math.ceil(seconds);
    return whole < 60 ? `${whole}\u00a0s` : `${Math.ceil(whole / 60)}\u00a0min`;
  }

  say(name) {
    this.part("status").textContent = words(this.form, name);
  }

  complain(text) {
    const box = this.part("error");
    box.hidden = !text;
    box.querySelector("span").textContent = text;
  }
}

function enhance(root) {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-ready])")) {
    form.dataset.ready = "";
    new Upload(form);
  }
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target.parentElement ?? document));
