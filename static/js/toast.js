// Short news at the bottom of the page. They come with the page (Django's messages), from other modules, or
// from htmx through the header HX-Trigger, as the event
//   toast: {"text": "…", "tone": "met", "undo": "/url/posted/to/undo/"}
// with tone one of neutral, accent, met, not-met, undecided, platform. Good news leave after eight seconds unless
// one is reading them (pointer or focus); bad news, and news that can be undone, stay until closed.

const LINGER = 8000;
const tray = document.getElementById("toasts");

function watch(toast) {
  let timer = null;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    if (!("stay" in toast.dataset)) timer = setTimeout(() => toast.remove(), LINGER);
  };
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function undoButton(url) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet toast-undo";
  button.textContent = tray.dataset.wordUndo;
  button.addEventListener("click", async () => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    const answer = await fetch(url, { method: "POST", headers });
    if (answer.ok) window.location.reload();
  });
  return button;
}

function show({ text, tone = "neutral", undo = "" }) {
  const template = document.getElementById("toast-template");
  if (!tray || !template) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.className = `toast tone-${tone}`;
  toast.querySelector("p").textContent = text;
  if (undo) toast.querySelector("p").after(undoButton(undo));
  if (undo || tone === "not-met" || tone === "platform") toast.dataset.stay = "";
  tray.append(toast);
  watchNew(tray);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
});
document.addEventListener("toast", (event) => show(event.detail));

function watchNew(root) {
  for (const toast of root.querySelectorAll("[data-toast]:not([data-ready])")) {
    toast.dataset.ready = "";
    watch(toast);
  }
}

watchNew(document);
document.addEventListener("htmx:load", (event) => watchNew(event.target.parentElement ?? document));
