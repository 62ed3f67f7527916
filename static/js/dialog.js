// Dialogs without a line of script in the page:
//   <button data-dialog-open="id">        opens <dialog id="id">
//   <button data-dialog-close>            closes the dialog it stands in
//   <form data-confirm="id">              asks in <dialog id="id"> before it is sent; the button
//                                         <button data-dialog-confirm> in that dialog sends it.
// In that dialog, the list of [data-dialog-ticked] names the boxes that are ticked in the form, and
// [data-dialog-unticked] is shown where none is.
// Without script the form is sent at once, and the server still decides.

const confirmed = new WeakSet();
let waiting = null;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (event.target === dialog || event.target.closest("[data-dialog-close]")) {
    dialog.close();
  } else if (event.target.closest("[data-dialog-confirm]")) {
    const pending = waiting;
    dialog.close();
    if (!pending) return;
    confirmed.add(pending.form);
    pending.form.requestSubmit(pending.submitter);
  }
});

function nameTicked(form, dialog) {
  const named = dialog.querySelector("[data-dialog-ticked]");
  if (!named) return;
  const ticked = [...form.querySelectorAll("input[type=checkbox]:checked:enabled")];
  named.querySelector("ul").replaceChildren(
    ...ticked.map((box) => {
      const item = document.createElement("li");
      item.textContent = box.closest("label").textContent.trim();
      return item;
    }),
  );
  named.hidden = !ticked.length;
  dialog.querySelector("[data-dialog-unticked]").hidden = ticked.length > 0;
}

// In the capture phase, so that the question comes before htmx or any other listener takes the form.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.getElementById(form.dataset.confirm ?? "");
    if (!dialog || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    nameTicked(form, dialog);
    waiting = { form, submitter: event.submitter };
    dialog.addEventListener("close", () => queueMicrotask(() => (waiting = null)), { once: true });
    dialog.showModal();
  },
  true,
);

document.querySelector("[data-autofocus]")?.focus();
document.addEventListener("htmx:afterSwap", (event) => event.target.querySelector?.("[data-autofocus]")?.focus());
