import { randomBytes } from 'node:crypto';
import t from 'tap';
import { newCode, showCode } from '../../server/certificates/code.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';

const site = await testApp(t);
await publish(t, site);
const code = await finish(await learner(site));

t.test('A code typed in any reasonable way leads to its page', async (t) => {
  const visitor = client(site.app);
  const ways = [code.toLowerCase(), showCode(code), `${code.slice(0, 7)}-${code.slice(7)}`, `${code} `, ` ${code}`];
  for (const typed of ways) {
    const typedHere = encodeURIComponent(typed);
    t.match(await visitor.get(`/certificates/${typedHere}`), {
      status: 303,
      headers: { location: `/certificates/${code}` },
    });
    t.equal((await visitor.get(`/verify?code=${typedHere}`)).headers.location, `/certificates/${code}`, typed);
    t.equal((await visitor.follow(await visitor.get(`/v/${typedHere}`))).url, `/certificates/${code}`, typed);
  }
});

t.test('A pasted address of any site leads to the page of its code here', async (t) => {
  const visitor = client(site.app);
  for (const address of [
    ...[`https://hoc.example.org/v/${code}`, `http://localhost/certificates/${code}`, `https://x.vn/v/${code}/`],
    ...[`https://x.vn/certificates/${code}.pdf`, `https://x.vn/certificates/${code}.png?a=1#b`, `x.vn/v/${code}`],
  ]) {
    const answer = await visitor.get(`/verify?code=${encodeURIComponent(address)}`);
    t.equal(answer.headers.location, `/certificates/${code}`, address);
  }
});

for (const [fault, mistype, words] of [
  ['too short', (code: string) => code.slice(0, -1), 'Mã này thiếu hoặc thừa ký tự'],
  ['too long', (code: string) => `${code}A`, 'Mã này thiếu hoặc thừa ký tự'],
  ['a wrong letter', (code: string) => changed(code, 3), 'Mã này gõ nhầm ở đâu đó'],
  ['two letters swapped', (code: string) => swapped(code), 'Mã này gõ nhầm ở đâu đó'],
  ['an O', (code: string) => `o${code.slice(1)}`, 'Mã không bao giờ có ký tự “O”'],
  ['a one', (code: string) => `${code.slice(0, -1)}1`, 'Mã không bao giờ có ký tự “1”'],
  ['an accent from the keyboard', (code: string) => `ă${code.slice(1)}`, 'Bàn phím tiếng Việt đã đổi chữ thành “Ă”'],
  ['a sign', (code: string) => `${code.slice(0, -1)}<`, 'Mã không bao giờ có ký tự “<”'],
] as const) {
  t.test(`A code with ${fault} is told kindly, with what was typed to mend`, async (t) => {
    const typed = mistype(code);
    for (const path of ['/certificates/', '/verify?code=']) {
      const page = await client(site.app).get(path + encodeURIComponent(typed));
      t.equal(page.status, 404);
      byRole(page.html, 'heading', words);
      const box = byRole(page.html, 'textbox', 'Mã số trên giấy');
      t.equal(box.getAttribute('value'), typed);
      t.equal(box.getAttribute('aria-invalid'), 'true');
      t.match(textOf(byRole(page.html, 'main')), 'Bạn so lại với giấy rồi gõ lại nhé');
    }
  });
}

t.test('A code that was never issued is told as such', async (t) => {
  const page = await client(site.app, { address: '192.0.2.1' }).get(`/certificates/${newCode(randomBytes)}`);
  t.equal(page.status, 404);
  byRole(page.html, 'heading', 'Chúng tôi không cấp giấy nào có mã này');
});

t.test('Who tries many codes that do not exist waits; real ones are never held up, nor anybody else', async (t) => {
  const guesser = client(site.app, { address: '192.0.2.2' });
  for (let count = 0; count < 30; count += 1) {
    const miss = await guesser.get(`/certificates/${newCode(randomBytes)}`);
    if (miss.status !== 404) t.fail(`the ${count}. miss is answered ${miss.status}`);
  }
  const limited = await guesser.get(`/certificates/${newCode(randomBytes)}`);
  t.equal(limited.status, 429);
  byRole(limited.html, 'heading', 'Từ nơi bạn đã có quá nhiều mã hoặc tệp không đúng');
  t.ok(Number(limited.headers['retry-after']) > 0);
  for (let count = 0; count < 5; count += 1) t.equal((await guesser.get(`/certificates/${code}`)).status, 200);
  t.equal((await guesser.get(`/certificates/${code}.png`)).status, 200);
  t.equal((await client(site.app, { address: '192.0.2.3' }).get(`/certificates/${newCode(randomBytes)}`)).status, 404);
});

t.test('Typing errors are no misses: a class that copies from paper is not held up', async (t) => {
  const classroom = client(site.app, { address: '192.0.2.4' });
  for (let count = 0; count < 40; count += 1) await classroom.get(`/certificates/${changed(code, count % 13)}`);
  t.equal((await classroom.get(`/certificates/${newCode(randomBytes)}`)).status, 404);
});

t.test('/v/ leads on without looking, and what is no code is told there', async (t) => {
  const visitor = client(site.app);
  t.match(await visitor.get(`/v/${code}`), { status: 302, headers: { location: `/certificates/${code}` } });
  for (const typed of [
    'x',
    '%F0%9F%90%9B',
    '%2F%2Fevil.example',
    '..%2F..%2Fcourses',
    'a%3Fb%23c',
    '%0d%0aset-cookie:x',
  ]) {
    const page = await visitor.follow(await visitor.get(`/v/${typed}`));
    t.equal(page.status, 404, typed);
    t.match(page.url, /^\/certificates\//, typed);
    t.equal(visitor.cookies.size, 0);
  }
  t.equal((await visitor.get('/v/%00')).status, 404);
});

t.test('The form to verify asks for the code and keeps what was typed', async (t) => {
  const visitor = client(site.app);
  const form = await visitor.get('/verify');
  t.equal(form.status, 200);
  byRole(form.html, 'heading', 'Kiểm tra giấy chứng nhận');
  t.same(allByRole(form.html, 'alert'), []);
  const told = await visitor.submit(form, { form: 'main form:not([method])', fields: { code: changed(code, 2) } });
  t.equal(told.status, 404);
  const found = await visitor.follow(await visitor.submit(told, { form: 'main form:not([method])', fields: { code } }));
  t.equal(found.url, `/certificates/${code}`);
});

for (const typed of [
  ...['https://', 'https://x', 'http://[', 'javascript:alert(1)', 'data:,', ':', '/', '//', '%', '<script>', '"\'><b>'],
  ...['\u202e\u200b', '🐛'.repeat(14), 'é'.repeat(5_000), 'A'.repeat(10_000), '   ', '0', 'null'],
]) {
  t.test(`Verifying “${typed.slice(0, 20)}” is told, not broken by it`, async (t) => {
    const page = await client(site.app).get(`/verify?code=${encodeURIComponent(typed)}`);
    t.ok([200, 404].includes(page.status), `${page.status}`);
    t.equal(allByRole(page.html, 'textbox', 'Mã số trên giấy').length, 1);
    t.same(page.html.querySelectorAll('main script, main b'), []);
  });
}

t.test('A code given twice counts once, and NUL is refused', async (t) => {
  t.equal((await client(site.app).get(`/verify?code=${code}&code=x`)).headers.location, `/certificates/${code}`);
  t.equal((await client(site.app).get('/verify?code=%00')).status, 400);
  t.equal((await client(site.app).get('/verify?code[a]=1&__proto__=2')).status, 200);
});

t.test('Whatever else stands behind /certificates/ is not found', async (t) => {
  const paths = [
    `${code}.exe`,
    `${code}.pdf.pdf`,
    `${code}.PDF/`,
    '.pdf',
    'x.pdf',
    '..%2F..%2Fetc%2Fpasswd.pdf',
    '%00.pdf',
  ];
  for (const path of paths) t.equal((await client(site.app).get(`/certificates/${path}`)).status, 404, path);
});

function changed(code: string, at: number): string {
  const letter = code[at] === 'A' ? 'B' : 'A';
  return code.slice(0, at) + letter + code.slice(at + 1);
}

/** Two neighbours that differ change places. */
function swapped(code: string): string {
  return code.replace(/(.)(?!\1)(.)/, '$2$1');
}
