// Whether a file is the document issued: <section data-fingerprint="sha256"> (web/documents/_file_check.html).
// The file is read and hashed here and goes nowhere. Without script, or where the browser has no crypto.subtle
// (a page that did not come over TLS), the field stays hidden and the page says how to compare by hand.

const LARGEST = 64 * 1024 * 1024; // bytes: the whole file is held in memory

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function compare(file, expected) {
  if (file.size === 0 || file.size > LARGEST) return "unreadable";
  let content;
  try {
    content = await file.arrayBuffer();
  } catch {
    return "unreadable";
  }
  if (hex(await crypto.subtle.digest("SHA-256", content)) === expected) return "same";
  return new TextDecoder("latin1").decode(content.slice(0, 1024)).includes("%PDF-") ? "other" : "foreign";
}

function watch(section) {
  const zone = section.querySelector("[data-fingerprint-drop]");
  const input = zone.querySelector("input");
  const answers = [...section.querySelectorAll("[data-fingerprint-says]")];
  let asked = 0;

  const check = async (file) => {
    const turn = ++asked;
    for (const answer of answers) answer.hidden = true;
    if (!file) return;
    const says = await compare(file, section.dataset.fingerprint);
    if (turn !== asked) return; // another file has been chosen meanwhile
    const answer = answers.find((one) => one.dataset.fingerprintSays === says);
    answer.querySelector("[data-fingerprint-name]").textContent = file.name;
    answer.hidden = false;
  };
  const light = (on) => zone.classList.toggle("dragging", on);
  input.addEventListener("change", () => check(input.files[0]));
  zone.addEventListener("dragover", (event) => (event.preventDefault(), light(true)));
  zone.addEventListener("dragleave", () => light(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    light(false);
    input.files = event.dataTransfer.files;
    check(input.files[0]);
  });
  zone.hidden = false;
}

if (globalThis.crypto?.subtle) document.querySelectorAll("[data-fingerprint]").forEach(watch);
