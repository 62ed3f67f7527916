// The clock of a passage, on this device alone:
//   <div data-timer="slot-12" data-minutes="30" hidden><output role="timer" data-timer-shown></output>
//     <button data-timer-toggle data-word-start="…" data-word-pause="…"></button><button data-timer-reset></button>
//     <p role="status" data-timer-said data-word-soon="…" data-word-over="…"></p></div>
// What it has run is kept in localStorage, so that a reload or a dead battery does not start the talk anew.

const SOON = 5 * 60;
const SECOND = 1000;

class Timer {
  constructor(root) {
    this.root = root;
    this.key = `jalon:timer:${document.body.dataset.user}:${root.dataset.timer}`;
    this.total = Number(root.dataset.minutes) * 60;
    this.shown = root.querySelector("[data-timer-shown]");
    this.toggle = root.querySelector("[data-timer-toggle]");
    this.said = root.querySelector("[data-timer-said]");
    this.state = this.read(); // {run: seconds before the last start, since: moment of it or null}
    this.toggle.addEventListener("click", () => this.flip());
    root.querySelector("[data-timer-reset]").addEventListener("click", () => this.set({ run: 0, since: null }));
    root.hidden = false;
    setInterval(() => this.draw(), SECOND);
    this.draw();
  }

  read() {
    try {
      const { run, since } = JSON.parse(localStorage.getItem(this.key));
      return { run: Number(run) || 0, since: Number(since) || null };
    } catch {
      return { run: 0, since: null };
    }
  }

  get seconds() {
    const { run, since } = this.state;
    return run + (since ? (Date.now() - since) / SECOND : 0);
  }

  flip() {
    this.set({ run: this.seconds, since: this.state.since ? null : Date.now() });
  }

  set(state) {
    this.state = state;
    localStorage.setItem(this.key, JSON.stringify(state));
    this.draw();
  }

  draw() {
    const left = Math.ceil(this.total - this.seconds);
    const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
    this.shown.textContent = `${left < 0 ? "+" : ""}${minutes}:${String(seconds).padStart(2, "0")}`;
    this.root.dataset.state = left < 0 ? "over" : left <= SOON ? "soon" : "going";
    this.toggle.querySelector("span").textContent = this.toggle.dataset[this.state.since ? "wordPause" : "wordStart"];
    this.toggle.setAttribute("aria-pressed", String(Boolean(this.state.since)));
    const word = left < 0 ? this.said.dataset.wordOver : left <= SOON ? this.said.dataset.wordSoon : "";
    if (this.said.textContent !== word) this.said.textContent = word;
  }
}

for (const root of document.querySelectorAll("[data-timer]")) new Timer(root);
