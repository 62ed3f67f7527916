// Light or dark: the system's choice until the reader makes one, kept a year in the cookie that the server
// reads, so that the page arrives in the right theme.

const root = document.documentElement;

function isDark() {
  if (root.dataset.theme) return root.dataset.theme === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function word(button) {
  button.querySelector("span").textContent = isDark() ? button.dataset.wordLight : button.dataset.wordDark;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  word(button);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; SameSite=Lax${secure}`;
    word(button);
  });
}
