// Panels of one page as tabs:
//   <div data-tabs>
//     <nav class="tabs"><a href="#one">…</a><a href="#two">…</a></nav>
//     <section id="one">…</section><section id="two">…</section>
//   </div>
// Without script the links lead to the sections, all of them shown. Arrow keys move between tabs, and the
// address keeps the chosen one.

function select(tabs, chosen, focus) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.hash.slice(1)).hidden = !on;
  }
  if (focus) chosen.focus();
}

function enhance(group) {
  const list = group.querySelector(".tabs");
  const tabs = [...list.querySelectorAll('a[href^="#"]')];
  if (tabs.length === 0) return;
  list.setAttribute("role", "tablist");
  for (const tab of tabs) {
    const panel = document.getElementById(tab.hash.slice(1));
    tab.setAttribute("role", "tab");
    tab.id ||= `tab-${panel.id}`;
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
  }
  const pick = (tab, focus) => {
    select(tabs, tab, focus);
    history.replaceState(null, "", tab.hash);
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (!tab) return;
    event.preventDefault();
    pick(tab, false);
  });
  list.addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const last = tabs.length - 1;
    const next = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here < 1 ? last : here - 1, Home: 0, End: last }[event.key];
    if (next === undefined || here < 0) return;
    event.preventDefault();
    pick(tabs[next], true);
  });
  select(tabs, tabs.find((tab) => tab.hash === window.location.hash) ?? tabs[0], false);
}

// On a narrow screen the tab of the page shown may stand out of sight, to the right.
function reveal(list) {
  const tab = list.querySelector("[aria-current], [aria-selected=true]");
  if (tab) list.scrollLeft += tab.getBoundingClientRect().right - list.getBoundingClientRect().right;
}

function enhanceNew(root) {
  root.querySelectorAll("[data-tabs]").forEach((group) => group.querySelector('[role="tab"]') || enhance(group));
  root.querySelectorAll(".tabs").forEach(reveal);
}

enhanceNew(document);
document.addEventListener("htmx:load", (event) => enhanceNew(event.target.parentElement ?? document));
