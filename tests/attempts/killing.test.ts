import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { holds, temporaryFolder } from '../support/child.ts';
import { type Fields, formFields, type HTMLElement, parse } from '../support/html.ts';
import { startServer } from '../support/start-server.ts';

const dataDir = await temporaryFolder(t);
const options = { script: 'tests/support/welcome-child.ts', dataDir };

t.test('After kill -9 of server or database amid saving, every acknowledged answer is there', async (t) => {
  const first = await startServer(t, options);
  const phone = browser();
  await signUp(phone, first.url);
  await phone.post(`${first.url}/courses/welcome/enrolment`);
  const { location } = await phone.post(`${first.url}/courses/welcome/quizzes/final/attempts`);
  const attempt = `${location}?question=all`;

  const saved = await saveUntilItEnds(phone, first.url, attempt, () => first.process.kill('SIGKILL'));
  t.equal(await first.ended, 'SIGKILL');
  t.ok(saved.acknowledged >= 5, `${saved.acknowledged}`);

  const second = await startServer(t, options);
  const kept = await typedNumber(phone, second.url + attempt);
  t.ok([saved.acknowledged, saved.sent].includes(kept), `${kept} of ${JSON.stringify(saved)}`);

  const postgres = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  const again = await saveUntilItEnds(phone, second.url, attempt, () => process.kill(postgres, 'SIGKILL'));
  t.ok(again.acknowledged > kept);
  t.ok(await holds(async () => (await phone.get(second.url + attempt)).status === 200, 20_000));
  const keptAgain = await typedNumber(phone, second.url + attempt);
  t.ok([again.acknowledged, again.sent].includes(keptAgain), `${keptAgain} of ${JSON.stringify(again)}`);
});

/** Saves one number after the other in place of the last, and has the killing done amid the fifth. */
async function saveUntilItEnds(phone: Browser, url: string, attempt: string, kill: () => void) {
  const question = numberQuestion((await phone.get(url + attempt)).html);
  const from = Number(question.querySelector('input[type=hidden]')?.getAttribute('value'));
  const id = question.querySelector('input[type=hidden]')?.getAttribute('name')?.slice(2) ?? '';
  const saved = { acknowledged: from, sent: from };
  const answers = `${url}${attempt.replace('?question=all', '')}/answers`;
  for (;;) {
    saved.sent += 1;
    const fields: Fields = [
      ['place', 'all'],
      [`r_${id}`, String(saved.sent - 1)],
      [`q_${id}`, String(saved.sent)],
    ];
    const sending = phone.post(answers, fields).catch(() => ({ status: 0 }));
    if (saved.sent - from === 6) kill();
    const { status } = await sending;
    if (status !== 303) return saved;
    saved.acknowledged = saved.sent;
  }
}

async function typedNumber(phone: Browser, url: string): Promise<number> {
  const { html } = await phone.get(url);
  return Number(numberQuestion(html).querySelector('[inputmode=decimal]')?.getAttribute('value'));
}

function numberQuestion(html: HTMLElement): HTMLElement {
  const question = html.querySelectorAll('fieldset').find((one) => one.querySelector('[inputmode=decimal]'));
  if (!question) throw new Error('no question asks for a number');
  return question;
}

async function signUp(phone: Browser, url: string): Promise<void> {
  const { html } = await phone.get(`${url}/sign-up`);
  const form = html.querySelector('form[action="/sign-up"]') ?? html;
  const typed: Fields = [
    ['full_name', 'Nguyễn Thị Lan'],
    ['birth_month', '9'],
    ['birth_year', '2005'],
    ['secret', 'thuyền giấy qua sông'],
    ['consent', 'yes'],
  ];
  const kept = formFields(form).filter(([name]) => !typed.some(([other]) => other === name));
  const { status } = await phone.post(`${url}/sign-up`, [...kept, ...typed]);
  if (status >= 400) throw new Error(`signing up was answered ${status}`);
}

type Browser = ReturnType<typeof browser>;

/** Over the wire, with a jar for its cookies. */
function browser() {
  const cookies = new Map<string, string>();

  async function send(url: string, init: RequestInit = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'accept-language': 'vi' };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const { status } = answer;
    return { status, location: answer.headers.get('location'), html: parse(await answer.text()) };
  }

  return {
    get: (url: string) => send(url),
    post: (url: string, fields: Fields = []) => send(url, { method: 'POST', body: new URLSearchParams(fields) }),
  };
}
