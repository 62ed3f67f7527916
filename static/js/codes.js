// Recovery codes, seen once: a file of them made here, or the page on paper. Nothing is asked of the server again.

const list = document.getElementById("recovery-codes");
const button = (name, act) => {
  const found = document.querySelector(`[data-codes-${name}]`);
  if (!found) return;
  found.hidden = false;
  found.addEventListener("click", act);
};

button("print", () => window.print());
button("download", () => {
  const text = [...list.querySelectorAll("code")].map((code) => code.textContent).join("\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  link.download = list.dataset.file;
  link.click();
  URL.revokeObjectURL(link.href);
});
