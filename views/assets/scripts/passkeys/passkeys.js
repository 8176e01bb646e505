// Makes and uses passkeys. Only where the browser can is there a button; elsewhere the words that stand in its place stay.
(() => {
  const isNumber = /^[\d.]+$|:/.test(location.hostname);
  if (window.PublicKeyCredential === undefined || isNumber) return;

  // By hand: parseCreationOptionsFromJSON and its like came years after passkeys.
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=+$/, '');
  const known = (list) => list.map((one) => Object.assign({}, one, { id: toBytes(one.id) }));

  const make = async (options) => {
    const user = Object.assign({}, options.user, { id: toBytes(options.user.id) });
    const publicKey = Object.assign({}, options, {
      challenge: toBytes(options.challenge),
      user,
      excludeCredentials: known(options.excludeCredentials || []),
    });
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject, getTransports } = made.response;
    return inWords(made, {
      clientDataJSON: toText(clientDataJSON),
      attestationObject: toText(attestationObject),
      transports: getTransports === undefined ? [] : made.response.getTransports(),
    });
  };

  const use = async (options) => {
    const publicKey = Object.assign({}, options, {
      challenge: toBytes(options.challenge),
      allowCredentials: known(options.allowCredentials || []),
    });
    const used = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
    return inWords(
      used,
      Object.assign(
        {
          clientDataJSON: toText(clientDataJSON),
          authenticatorData: toText(authenticatorData),
          signature: toText(signature),
        },
        userHandle === null ? {} : { userHandle: toText(userHandle) },
      ),
    );
  };

  const inWords = ({ id, rawId, type }, response) =>
    JSON.stringify({ id, rawId: toText(rawId), type, response, clientExtensionResults: {} });

  const ask = async (place, form) => {
    const { passed } = form.elements;
    const body = new URLSearchParams(passed === undefined ? {} : { passed: passed.value });
    const answer = await fetch(place.challenge, { method: 'POST', body });
    if (answer.ok) return answer.json();
    // The session has ended, or lies open for too long: the server's own pages ask, and lead back here.
    if (answer.status === 401) location.reload();
    if (answer.status === 403) location.assign(`/account/confirmation?next=${encodeURIComponent(location.pathname)}`);
    throw new Error(`challenge refused: ${answer.status}`);
  };

  const send = (form, action, credential) => {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = 'credential';
    input.value = credential;
    form.append(input);
    form.action = action || form.action;
    // Not requestSubmit: what is typed for another way in may stay empty.
    form.submit();
  };

  const place = document.getElementById('passkey');
  if (place === null) return;
  const words = Object.assign({}, place.dataset);
  const button = document.createElement('button');
  button.type = 'button';
  button.id = place.id;
  button.className = 'button quiet wide';
  button.textContent = words.words;
  const notice = document.createElement('p');
  notice.setAttribute('role', 'status');
  place.replaceWith(button, notice);

  button.addEventListener('click', async () => {
    button.disabled = true;
    notice.textContent = '';
    try {
      const options = await ask(words, button.form);
      const credential = await (words.passkey === 'make' ? make(options) : use(options));
      send(button.form, words.action, credential);
    } catch (error) {
      notice.textContent = error.name === 'InvalidStateError' ? words.known : words.failed;
    }
    button.disabled = false;
  });
})();
