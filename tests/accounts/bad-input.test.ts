import t from 'tap';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { accountsSite, applicant, pin, signedUp } from './site.ts';

const strange = {
  long: 'Lan '.repeat(2500),
  reversed: 'Lan \u202eahn\u202c',
  invisible: 'L\u200ba\u2060n\ufeff \u00ad',
  markup: '<script>alert(1)</script><b>Lan</b> & "Lan" \'Lan\'',
  template: '<%= it.person %> {{7*7}} #{7*7}',
  stacked: `L${'\u0301'.repeat(50)}an`,
  blank: ' \u00a0\u3000\u200b ',
  khmer: 'ស្រី ពេជ្រ',
  lone: 'Lan \ud800',
  emoji: '👩‍🌾 Lan',
  newline: 'Lan\r\nSet-Cookie: a=b',
  numbers: '12345',
};

t.test('Whatever is typed as a name, the answer is the card or the form, and names stay text', async (t) => {
  const site = await accountsSite(t);
  const expected: Record<string, [number, string?]> = {
    long: [422],
    reversed: [200, 'Lan ahn'],
    invisible: [200, 'Lan'],
    markup: [200, strange.markup],
    template: [200, strange.template],
    stacked: [422],
    blank: [422],
    khmer: [200, strange.khmer],
    lone: [200, 'Lan \ufffd'],
    emoji: [200, strange.emoji],
    newline: [200, 'Lan Set-Cookie: a=b'],
    numbers: [422],
  };
  for (const [what, full_name] of Object.entries(strange)) {
    const visitor = client(site.app);
    const answer = await visitor.submit(await visitor.get('/sign-up'), { fields: { ...applicant, full_name } });
    const [status, kept] = expected[what] ?? [];
    t.equal(answer.status, status, what);
    if (kept !== undefined) {
      t.match(textOf(byRole(answer.html, 'article')), kept.replace(/\s+/g, ' '), what);
      t.notOk(answer.html.querySelector('main script, main b'), what);
      t.equal((await visitor.get('/account')).status, 200, what);
    }
  }
});

const forms: Record<string, Record<string, string>> = {
  '/sign-up': applicant,
  '/sign-in': { name: '0912345678', secret: pin },
  '/sign-in/person': { passed: 'x', person: '0' },
  '/sign-in/password': { passed: 'x', secret: pin },
  '/sign-in/recovery': { learner_code: '4468481381', recovery_code: '805974388518', secret: pin },
  '/owner-link/x': { full_name: 'Lan', secret: pin },
  '/sign-out': { any: 'thing' },
};
const ownForms: Record<string, Record<string, string>> = {
  '/account/name': { full_name: 'Lan' },
  '/account/contact': { phone: '0912345678', email: 'lan@example.com' },
  '/account/secret': { old_secret: '839204', secret: '582041' },
  '/account/recovery-code': { secret: '839204', form_token: 'x' },
  '/account/sessions/x/remove': { any: 'thing' },
};

function isClear({ status }: Page): boolean {
  return [200, 303, 400, 401, 404, 413, 422, 429].includes(status);
}

t.test('No form answers with a 500, whatever it is sent', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  for (const [path, fields] of Object.entries({ ...forms, ...ownForms })) {
    const visitor = path in ownForms ? lan : client(site.app);
    const tries: Record<string, Promise<Page>> = { nothing: visitor.post(path) };
    for (const [what, text] of Object.entries(strange)) {
      tries[what] = visitor.post(path, Object.fromEntries(Object.keys(fields).map((name) => [name, text])));
    }
    for (const name of Object.keys(fields)) {
      tries[`${name} twice`] = visitor.post(path, { ...fields, [name]: [fields[name] ?? '', 'other'] });
      tries[`${name} nested`] = visitor.post(path, {
        ...fields,
        [`${name}[a]`]: 'x',
        __proto__: 'x',
        constructor: 'x',
      });
    }
    for (const [what, answer] of Object.entries(tries)) {
      const page = await answer;
      if (!isClear(page)) t.fail(`${path} ${what}: ${page.status}`);
    }
    if (path === '/sign-out') continue;
    const nul = await visitor.post(path, { ...fields, [Object.keys(fields)[0] ?? '']: 'Lan\0' });
    t.equal(nul.status, 400, `${path} NUL`);
    const heavy = await visitor.post(path, { ...fields, more: 'x'.repeat(300_000) });
    t.equal(heavy.status, 413, `${path} too large`);
  }
});

t.test('A field sent twice counts once, the first time', async (t) => {
  const site = await accountsSite(t);
  const visitor = client(site.app);
  const card = await visitor.post('/sign-up', { ...applicant, full_name: ['Lan', 'Minh'], secret: [pin, '839204'] });
  t.equal(textOf(byRole(card.html, 'heading', 'Chào')), 'Chào Lan! Đây là thẻ của bạn');
});

t.test('Other kinds of body are refused with a page', async (t) => {
  const site = await accountsSite(t);
  for (const [type, payload] of [
    ['application/json', '{"name":"0912345678"'],
    ['application/json', '{"name":{"a":1},"secret":["402957"]}'],
    ['text/plain', 'name=0912345678'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/x-www-form-urlencoded', '%E0%A4%A=%'],
  ] as const) {
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
    const { statusCode } = await site.app.inject({ method: 'POST', url: '/sign-in', headers, payload });
    t.ok([400, 422].includes(statusCode), `${type}: ${statusCode}`);
  }
});

t.test('Odd addresses lead to a page, too', async (t) => {
  const site = await accountsSite(t);
  const visitor = client(site.app);
  for (const url of [
    '/sign-in?next=a&next=b',
    '/sign-in?next[]=a',
    '/sign-in?next=%00',
    '/sign-up?next=javascript:alert(1)',
    '/owner-link/%00',
    `/owner-link/${'x'.repeat(500)}`,
    '/owner-link/%E0%A4%A',
  ]) {
    const { status, body } = await visitor.get(url);
    t.ok([200, 400, 404].includes(status), `${url.slice(0, 40)}: ${status}`);
    t.notMatch(body, /(href|value|action)="javascript:/);
  }
});

t.test('A form of another site is refused before anything is read', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const headers = { 'sec-fetch-site': 'cross-site' };
  for (const [path, fields] of Object.entries({ ...forms, ...ownForms })) {
    t.equal((await lan.post(path, fields, headers)).status, 403, path);
  }
});
