// On a juror's pages (#kept-bar): has the worker keep them for minutes without network (workers/jury.js).
// On every page: what was kept for somebody else goes, and all of it when nobody is logged in (data-user is empty).
// What was written and is not sent stays (courier.js): under its writer's name, shown to nobody else.

const PRIVATE = "jalon-jury:";
const { user } = document.body.dataset;
const bar = document.getElementById("kept-bar");

async function empty(spared) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PRIVATE) && name !== spared) await caches.delete(name);
  }
}

async function forgetTaken() {
  const known = (await indexedDB.databases?.()) ?? [];
  if (!known.some((each) => each.name === "jalon-kept")) return;
  const request = indexedDB.open("jalon-kept");
  request.onsuccess = () => {
    const store = request.result.transaction("entries", "readwrite").objectStore("entries");
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (cursor?.value.state === "taken") cursor.delete();
      cursor?.continue();
    };
  };
}

async function register() {
  const scope = new URL(bar.dataset.worker, window.location.href).pathname.replace(/[^/]*$/, "");
  await navigator.serviceWorker.register(bar.dataset.worker, { scope, updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const assets = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const ours = assets.filter((url) => url.origin === window.location.origin && url.pathname.startsWith("/static/"));
  const page = navigator.serviceWorker.controller || document.body.dataset.keptAt ? null : window.location.pathname;
  active.postMessage({ page, assets: ours.map((url) => url.href) });
}

if (user !== undefined && "caches" in window) empty(user ? PRIVATE + user : null);
if (user === "") forgetTaken();
if (bar && user && "serviceWorker" in navigator) {
  const started = () => register().catch(() => {}); // without it, the page needs the network to open, and nothing else
  if (document.readyState === "complete") started();
  else window.addEventListener("load", started);
}
