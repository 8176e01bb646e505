import decodeQR from 'qr/decode.js';
import { showCode } from '../../server/certificates/code.ts';
import { check } from '../../server/offline/checking.ts';

// WORDS is put in by server/offline/file.ts: the messages of `offline` in each language.

const list = JSON.parse(find('#list').textContent);
const kinds = { valid: 'good', revoked: 'bad', altered: 'bad' };
let language = /^vi/.test(navigator.language) ? 'vi' : 'en';
/** What is shown now, to be said again in the other language. */
let shown = null;

find('#verdict').prepend(element('h2', ''));
for (const button of document.querySelectorAll('[data-language]')) {
  button.textContent = words('own_name', button.dataset.language);
  button.onclick = () => {
    language = button.dataset.language;
    showWords();
    if (shown !== null) show(shown);
  };
}
find('form').onsubmit = (event) => {
  event.preventDefault();
  show(check(find('#text').value, list, today()));
};
find('#photo').onchange = ({ target }) => {
  if (target.files[0]) readPhoto(target.files[0]);
};
showWords();
find('#closed').hidden = true;
find('#tool').hidden = false;
watchCamera();

function showWords() {
  document.documentElement.lang = language;
  document.title = words('title');
  for (const place of document.querySelectorAll('[data-words]')) place.textContent = words(place.dataset.words);
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
  find('#date').textContent = dateIn(list.date);
  find('#issuers').textContent = '';
  for (const { code, name, revoked, rough } of list.issuers) {
    const issuer = find('#issuers').appendChild(element('li', name));
    if (revoked !== null && !rough) continue;
    issuer.append(`: ${words(rough ? 'rough_list' : 'without_list')} `);
    const link = issuer.appendChild(element('a', words('own_file')));
    link.href = `${list.site}/verify.html?issuer=${code}`;
  }
}

/** @param verdict as `check` gives it, or one that was never checked: no QR code, no camera */
function show(verdict) {
  shown = verdict;
  const { outcome, facts, issuer } = verdict;
  const section = find('#verdict');
  section.className = kinds[outcome] || 'unknown';
  section.querySelector('h2').textContent = words(outcome);
  section.querySelector('p').textContent = words(`text_${outcome}`);
  const pairs = section.querySelector('dl');
  pairs.textContent = '';
  if (facts) {
    for (const [name, value] of [
      ['holder', facts.holder],
      [facts.kind, facts.title],
      ['issuer', issuer || facts.issuer],
      ['issued', dateIn(facts.issuedOn)],
      ['until', facts.validUntil === null ? '' : dateIn(facts.validUntil)],
      ['score', facts.score === null ? '' : `${facts.score} %`],
      ['code', showCode(facts.code)],
    ]) {
      if (value === '') continue;
      pairs.appendChild(element('dt', words(name)));
      pairs.appendChild(element('dd', value));
    }
  }
  section.querySelector('.soft').hidden = !facts;
  section.hidden = false;
  section.focus();
}

function readPhoto(file) {
  const reader = new FileReader();
  reader.onload = () => {
    const picture = new Image();
    picture.onload = () => showText(textIn(picture, picture.naturalWidth, picture.naturalHeight));
    picture.onerror = () => showText(null);
    picture.src = reader.result;
  };
  reader.onerror = () => showText(null);
  reader.readAsDataURL(file);
}

function showText(text) {
  show(text === null ? { outcome: 'no_qr' } : check(text, list, today()));
}

/** Where certificates are issued, by the clock of this device. */
function today() {
  return new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
}

/** The reader misses one code of a hundred at one size and finds it at the next; small pictures read better enlarged. */
function textIn(source, width, height, sides = [1200, 1800, 900, 2400]) {
  for (const side of sides) {
    const scale = side / Math.max(width, height, 1);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext('2d');
    // A picture may be clear where paper is white.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height), { timeLimit: 2000 });
    } catch {
      // None found at this size.
    }
  }
  return null;
}

function watchCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return;
  find('#camera').hidden = false;
  const [button, video] = [find('#camera button'), find('video')];
  let stream = null;

  button.onclick = async () => {
    if (stream !== null) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      return show({ outcome: 'no_camera' });
    }
    label('stop');
    video.hidden = false;
    video.srcObject = stream;
    await video.play();
    look();
  };

  function look() {
    if (stream === null) return;
    const text = video.videoWidth > 0 ? textIn(video, video.videoWidth, video.videoHeight, [1000]) : null;
    if (text === null) return setTimeout(look, 200);
    stop();
    show(check(text, list, today()));
  }

  function stop() {
    for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.hidden = true;
    label('scan');
  }

  function label(key) {
    button.dataset.words = key;
    button.textContent = words(key);
  }
}

/** As on paper: in English with the month in letters, since readers abroad may take 03/04 either way. */
function dateIn(date) {
  const [year, month, day] = date.split('-');
  if (language === 'vi') return `${day}/${month}/${year}`;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'long', year: 'numeric' },
    timeZone: 'UTC',
  });
}

function words(key, within = language) {
  return WORDS[within][key];
}

function find(selector) {
  return document.querySelector(selector);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
