// Passkeys: <form data-passkey="create|get" data-passkey-options="id"> with an input named "credential" and an element
// [data-passkey-problem] that carries the words. What the server asks for is JSON in the element of that id; sending
// the form asks the browser for the credential first. window.webauthnJSON comes from allauth's own file.

function complain(form, word) {
  const place = form.querySelector("[data-passkey-problem]");
  place.textContent = place.dataset[`word${word}`] ?? place.dataset.wordFailed;
  place.hidden = false;
}

async function ask(form) {
  const options = JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  const { create, get } = window.webauthnJSON;
  const credential = await (form.dataset.passkey === "create" ? create(options) : get(options));
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector("[data-passkey-problem]").hidden = true;
    if (!window.PublicKeyCredential || !window.webauthnJSON) return complain(form, "Unsupported");
    try {
      await ask(form);
    } catch (problem) {
      complain(form, problem.name === "InvalidStateError" ? "Known" : "Failed");
    }
  });
}
