// Sends the files of a form part by part (tus 1.0.0), then the form with their ids. A link that was cut costs one part, and the page goes on
// by itself; so it does after a reload, when the same file is chosen again: the server knows it by its name, size and time, and the browser keeps
// nothing, for phones are shared. Where the server refuses, the form goes as it is.
(() => {
  const partBytes = 256 * 1024;
  const patience = 60_000;

  const ask = (method, address, headers, body) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open(method, address);
      request.timeout = patience;
      const all = Object.assign({ 'Tus-Resumable': '1.0.0' }, headers);
      for (const name in all) request.setRequestHeader(name, all[name]);
      request.onloadend = () => resolve(request);
      request.send(body);
    });

  const pause = (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
      addEventListener('online', resolve, { once: true });
    });

  const inBase64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

  // The address of a file that has come whole; null where the server does not want it. `tell` hears how much has come; null: the link is cut.
  const send = async (file, home, tell) => {
    const metadata = `filename ${inBase64(file.name)},modified ${inBase64(String(file.lastModified))}`;
    let address = null;
    let offset = null;
    let wait = 1000;

    const next = () => {
      if (!address) return ask('POST', home, { 'Upload-Length': file.size, 'Upload-Metadata': metadata });
      if (offset === null) return ask('HEAD', address);
      const headers = { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' };
      return ask('PATCH', address, headers, file.slice(offset, offset + partBytes));
    };

    tell(0);
    while (offset !== file.size) {
      const answer = await next();
      const { status } = answer;
      if (status === 201) {
        address = answer.getResponseHeader('Location');
        offset = Number(answer.getResponseHeader('Upload-Offset'));
      } else if (status === 404 && address) {
        // It has run out, was handed in, or is somebody else's.
        address = null;
        offset = null;
      } else if (status === 0 || status === 409 || status >= 500) {
        // What has come of the part is kept.
        tell(null);
        offset = null;
        await pause(wait);
        wait = Math.min(30_000, wait * 2);
      } else {
        const told = answer.getResponseHeader('Upload-Offset');
        if (status >= 300 || told === null) return null;
        offset = Number(told);
        wait = 1000;
      }
      if (offset !== null) tell(offset);
    }
    return address;
  };

  const name = (form, id) => {
    const ready = form.querySelector(`[value="${id}"]`);
    if (ready !== null) ready.checked = true;
    else form.insertAdjacentHTML('beforeend', `<input type="hidden" name="upload-${id}" value="${id}">`);
  };

  const handIn = async (form, input, place) => {
    const words = place.dataset;
    const files = Array.from(input.files);
    const tell = (text) => {
      place.className = 'note';
      place.textContent = text;
    };
    if (files.length > words.files || files.some(({ size }) => size > words.bytes)) {
      tell(words.limits);
      form.removeAttribute('aria-busy');
      return;
    }
    const button = form.querySelector('button');
    button.disabled = true;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const addresses = [];
    let before = 0;
    for (const file of files) {
      const address = await send(file, words.uploads, (offset) => {
        if (offset === null) return tell(words.waiting);
        const percent = Math.floor(((before + offset) * 100) / (total || 1));
        const values = { '#1': addresses.length + 1, '#2': files.length, '#3': percent };
        return tell(words.sending.replace(/#[123]/g, (one) => values[one]));
      });
      if (address === null) break;
      addresses.push(address);
      before += file.size;
    }
    if (addresses.length === files.length) {
      tell(words.done);
      for (const address of addresses) name(form, address.split('/').pop());
      input.value = '';
    }
    button.disabled = false;
    form.submit();
  };

  document.addEventListener('submit', (event) => {
    const form = event.target;
    const place = form.querySelector('[data-uploads]');
    const input = form.querySelector('[type=file]');
    if (place === null || input.files.length === 0) return;
    event.preventDefault();
    handIn(form, input, place);
  });
})();
