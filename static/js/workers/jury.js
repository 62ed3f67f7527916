// Keeps a juror's pages on the device, for minutes without network. Served through /jury/hors-ligne.js, which says for
// how many HOURS a page may be shown again.
//
// What is kept: the list of passages and the marking pages, when their answer says for whom (Jalon-Kept-For), under
// that person's name; and the style sheets and scripts that they need. Never evidence, files, deliberations, nor the
// page of another person: as soon as one for somebody else comes, all that was kept for the one before is gone. When
// nobody is logged in any more, offline.js empties it; a page that is refused to them (GONE) is not kept either.
// A page comes from the network when it answers in time, else from here, and then says since when (data-kept-at).

const PRIVATE = "jalon-jury:";
const STATIC = "jalon-static";
const PAGES = /^\/jury\/(?:passages\/\d+\/)?$/;
const OWNER = "Jalon-Kept-For";
const SINCE = "Jalon-Kept-At";
const PATIENCE = 6000;
const GONE = [403, 404, 410];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(caches.delete(STATIC).then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && PAGES.test(url.pathname)) event.respondWith(page(event.request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});

// {page, assets}: of a page that came before this worker looked after it.
self.addEventListener("message", (event) => {
  const { page: path, assets } = event.data;
  event.waitUntil(Promise.all([path && PAGES.test(path) && fetch(path).then((answer) => keep(path, answer)), gather(assets)]));
});

async function page(request, path) {
  const fetched = fetch(request).then(async (answer) => {
    await keep(path, answer.clone());
    return answer;
  });
  const copy = await copyOf(path);
  return copy ? firstOf(fetched, copy) : fetched;
}

async function asset(request) {
  const cache = await caches.open(STATIC);
  const fetched = fetch(request).then((answer) => {
    if (answer.ok) cache.put(request, answer.clone());
    return answer;
  });
  const copy = await cache.match(request);
  return copy ? firstOf(fetched, copy) : fetched;
}

function firstOf(fetched, copy) {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE, copy));
  return Promise.race([fetched.catch(() => copy), patience]);
}

async function gather(assets) {
  const cache = await caches.open(STATIC);
  const missing = await Promise.all(assets.map(async (url) => ((await cache.match(url)) ? null : url)));
  await cache.addAll(missing.filter(Boolean));
}

async function keep(path, answer) {
  if (GONE.includes(answer.status)) {
    for (const name of await privateCaches()) await (await caches.open(name)).delete(path);
  }
  const owner = answer.headers.get(OWNER);
  if (!answer.ok || answer.redirected || !owner) return;
  for (const name of await privateCaches()) if (name !== PRIVATE + owner) await caches.delete(name);
  const headers = new Headers(answer.headers);
  headers.set(SINCE, String(Date.now()));
  const cache = await caches.open(PRIVATE + owner);
  await cache.put(path, new Response(await answer.text(), { headers }));
}

async function copyOf(path) {
  for (const name of await privateCaches()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = Number((await cache.match(request)).headers.get(SINCE));
      if (Date.now() - kept > self.HOURS * 3600 * 1000) await cache.delete(request);
    }
    const copy = await cache.match(path);
    if (copy) return told(copy);
  }
}

async function told(copy) {
  const html = (await copy.text()).replace("<body ", `<body data-kept-at="${copy.headers.get(SINCE)}" `);
  return new Response(html, { headers: copy.headers });
}

const privateCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PRIVATE));
