// Passkeys: asks the browser for one, puts its answer into the form, and sends the form. The only script of these pages;
// without it the forms that need it stay hidden, and everything else works.
"use strict";

(() => {
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // The options as JSON has them; what is bytes comes in base64url.
  const decoded = (options) => {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const known of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) {
      known.id = bytes(known.id);
    }
    return options;
  };

  const encoded = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  };

  const ask = async (form) => {
    const token = form.elements.namedItem("csrf");
    const body = new URLSearchParams(token ? { csrf: token.value } : {});
    const answer = await fetch(form.dataset.challenge, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const asked = await answer.json();
    const publicKey = decoded(JSON.parse(asked.options));
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
    form.elements.namedItem("challenge").value = asked.id;
    form.elements.namedItem("credential").value = encoded(credential);
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    form.hidden = false;
    const failed = form.querySelector("[data-passkey-failed]");
    const button = form.querySelector("button");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      ask(form)
        // Not requestSubmit: this listener would hear it again.
        .then(() => form.submit())
        .catch(() => {
          failed.hidden = false;
          button.disabled = false;
        });
    });
  }
})();
