// Asks the browser for a passkey where a form holds data-passkey, and sends the form with the answer.
//
// Comfort only: without this script, or where the browser knows no passkeys, the form is sent as it
// is or with a fault, and the page that answers says in words what to do instead.
"use strict";

(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const described = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));

  // What the server says in JSON, as the browser takes it (WebAuthn, 5.4 and 5.5).
  const read = {
    make: (told) => ({
      ...told,
      challenge: toBytes(told.challenge),
      user: { ...told.user, id: toBytes(told.user.id) },
      excludeCredentials: described(told.excludeCredentials),
    }),
    show: (told) => ({
      ...told,
      challenge: toBytes(told.challenge),
      allowCredentials: described(told.allowCredentials),
    }),
  };

  const ask = {
    make: (publicKey) => navigator.credentials.create({ publicKey }),
    show: (publicKey) => navigator.credentials.get({ publicKey }),
  };

  // Not credential.toJSON(): older browsers have none, and some passkey managers break it.
  const written = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) {
        response[name] = toText(credential.response[name]);
      }
    }
    const id = toText(credential.rawId);
    return JSON.stringify({ id, rawId: id, type: credential.type, response });
  };

  const answerTo = async (form) => {
    if (!window.PublicKeyCredential || !navigator.credentials) {
      return { fault: "unsupported" };
    }
    const told = await fetch(form.dataset.asks, {
      method: "POST",
      body: new URLSearchParams({ csrf: form.elements.csrf.value }),
      redirect: "manual",
    });
    if (told.type === "opaqueredirect") {
      // Nobody is signed in any more, or has to show again who they are: the form is led there too.
      return {};
    }
    const options = await told.json();
    if (!told.ok) {
      return { fault: options.fault };
    }
    const what = form.dataset.passkey;
    return { credential: written(await ask[what](read[what](options))) };
  };

  const asking = new WeakSet();

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const switching = event.submitter && event.submitter.name === "switch";
    if (!form.dataset.passkey || switching) {
      return;
    }
    event.preventDefault();
    if (asking.has(form)) {
      return;
    }
    asking.add(form);
    let answer;
    try {
      answer = await answerTo(form);
    } catch (error) {
      answer = { fault: error.name };
    }
    asking.delete(form);
    form.elements.credential.value = answer.credential || "";
    form.elements.fault.value = answer.fault || "";
    form.submit();
  });
})();
