import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import jsqr from 'jsqr';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { check as checkOn, type List } from '../../server/offline/checking.ts';
import { testApp } from '../support/app.ts';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { temporaryFolder } from '../support/child.ts';
import { type Client, client } from '../support/client.ts';
import { byRole } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
const visitor = client(site.app);
const check = (text: string, list: List) => checkOn(text, list, list.date);
const owner = await signedIn(site, { roles: ['owner'] });

t.test(
  'The QR code of a picture opens the short address and holds what was signed, in under 300 characters',
  async (t) => {
    const { code, qrText } = await graduate();
    const [address, payload = ''] = qrText.split('#');
    t.equal(address, `https://hoc.example.org/v/${code}`);
    t.ok(qrText.length < 300, `${qrText.length} characters`);
    t.match(payload, /^[0-9A-Z]+$/);
    const verdict = check(qrText, listIn(await theFile()));
    t.match(verdict, {
      outcome: 'valid',
      issuer: 'Đom Đóm',
      facts: { code, holder: 'Nguyễn Thị Lan', issuer: 'domdom' },
    });
  },
);

t.test("A child's is signed with the name as it is public, though their own paper has it in full", async (t) => {
  const { person, code } = await graduate({ birth_year: new Date().getFullYear() - 12 });
  const own = await qrTextOf(await pictureOf(code, person));
  t.match(check(own, listIn(await theFile())), { outcome: 'valid', facts: { holder: 'Lan N. T.' } });
});

t.test('A revoked one is in the list of the next file, by a beginning that opens no page', async (t) => {
  const { code, qrText } = await graduate();
  const before = listIn(await theFile());
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  const after = await theFile();
  t.equal(check(qrText, before).outcome, 'valid', 'an old file cannot know');
  t.equal(check(qrText, listIn(after)).outcome, 'revoked');
  t.notMatch(after, code);
});

t.test('It is one file of at most 40,000 bytes that asks for nothing, with a policy of its own', async (t) => {
  const answer = await site.app.inject('/verify.html');
  t.ok(answer.rawPayload.length <= 36_000, `${answer.rawPayload.length} bytes, and room for 500 revoked ones`);
  t.notMatch(answer.body, /\b(?:src|href)=/);
  const policy = String(answer.headers['content-security-policy']);
  t.match(policy, /default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+';/);
  t.notMatch(policy, /unsafe|self/);
  t.match(String((await site.app.inject('/verify')).headers['content-security-policy']), "script-src 'self'");
  t.equal((await statementsOf(site, () => visitor.get('/verify.html'))).length, 1);
  await assertValidHtml(t, new Map([['/verify.html', answer.body]]));
});

t.test('/verify offers it as a download', async (t) => {
  const link = byRole((await visitor.get('/verify')).html, 'link', 'Tải tệp kiểm tra không cần mạng (HTML)');
  t.match(link.attributes, { href: '/verify.html', download: /\.html$/ });
});

t.test('From a file, with the network off, on a small phone: a photo, a pasted line, a forgery', async (t) => {
  const { code, picture, qrText } = await graduate();
  const revoked = await graduate();
  await owner.post(`/admin/certificates/${revoked.code}/revocation`, { reason: 'Cấp nhầm người.' });
  const page = await browserPage(t);
  await page.context().setOffline(true);
  await page.goto(await savedFile(t));
  t.equal(await page.title(), 'Kiểm tra giấy chứng nhận không cần mạng');
  const verdict = page.locator('#verdict');
  const heading = verdict.locator('h2');

  const photo = await sharp(picture)
    .rotate(3, { background: '#887766' })
    .resize(1000)
    .blur(0.6)
    .jpeg({ quality: 70 })
    .toBuffer();
  await page.setInputFiles('#photo', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo });
  await heading.getByText('Giấy thật: nơi cấp đã ký, và không có gì bị sửa').waitFor();
  const shown = await verdict.innerText();
  for (const fact of ['Nguyễn Thị Lan', 'Đom Đóm', code.slice(0, 4)]) t.match(shown, fact);
  t.match(await page.locator('#date').innerText(), /^\d\d\/\d\d\/\d{4}$/);
  await assertNoSideScroll(t, page);
  await assertAccessible(t, page);
  await screenshot(page, 'offline-valid');

  const paste = async (text: string) => {
    await page.fill('#text', text);
    await page.getByRole('button', { name: 'Kiểm tra', exact: true }).click();
    return heading.innerText();
  };
  t.match(await paste(qrText), /^Giấy thật/);
  t.match(await paste(`${qrText.slice(0, -1)}${qrText.endsWith('A') ? 'B' : 'A'}`), /^Không có giá trị/);
  t.equal(await paste(revoked.qrText), 'Không còn hiệu lực');
  t.match(await paste(`https://hoc.example.org/v/${code}`), /^Mã này chỉ có địa chỉ/);
  t.match(await paste('https://example.org/menu'), /^Đây không phải mã QR/);

  await page.setInputFiles('#photo', { name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await heading.getByText('Không thấy mã QR trong ảnh này').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  t.equal(await heading.innerText(), 'No QR code was found in this photo');
  t.equal(await page.evaluate('document.documentElement.lang'), 'en');
});

t.test('It also runs where the server shows it', async (t) => {
  const origin = await site.app.listen({ host: '127.0.0.1', port: 0 });
  const page = await browserPage(t, { locale: 'en' });
  await page.goto(`${origin}/verify.html`);
  t.ok(await page.getByRole('button', { name: 'Check', exact: true }).isVisible());
});

t.test('In the dark it can be read as well', async (t) => {
  const { qrText } = await graduate();
  const page = await browserPage(t, { colorScheme: 'dark' });
  await page.goto(await savedFile(t));
  await page.fill('#text', qrText);
  await page.getByRole('button', { name: 'Kiểm tra', exact: true }).click();
  await page.locator('#verdict h2').getByText('Giấy thật').waitFor();
  await assertAccessible(t, page);
  await screenshot(page, 'offline-dark');
});

t.test('With scripts off it says how to open it in a browser, in both languages', async (t) => {
  const page = await browserPage(t, { javaScriptEnabled: false });
  await page.goto(await savedFile(t));
  const text = await page.locator('main').innerText();
  t.match(text, /bạn mở nó bằng một trình duyệt có bật JavaScript/);
  t.match(text, /open it in a browser with JavaScript on/);
  t.equal(await page.getByRole('button').count(), 0);
  await assertNoSideScroll(t, page);
  await screenshot(page, 'offline-without-scripts');
});

async function theFile(): Promise<string> {
  return (await site.app.inject('/verify.html')).body;
}

async function savedFile(t: Test): Promise<string> {
  const path = join(await temporaryFolder(t), 'domdom-verify.html');
  await writeFile(path, await theFile());
  return pathToFileURL(path).href;
}

function listIn(file: string): List {
  return JSON.parse(/id="list">([^<]*)</.exec(file)?.[1] ?? '');
}

async function graduate(birth: { birth_year?: number } = {}) {
  const person = await learner(site, { full_name: 'Nguyễn Thị Lan', ...birth });
  const code = await finish(person);
  const picture = await pictureOf(code);
  return { person, code, picture, qrText: await qrTextOf(picture) };
}

async function pictureOf(code: string, { cookies }: Pick<Client, 'cookies'> = visitor): Promise<Buffer> {
  const { rawPayload } = await site.app.inject({
    url: `/certificates/${code}.png`,
    cookies: Object.fromEntries(cookies),
  });
  return rawPayload;
}

async function qrTextOf(picture: Buffer): Promise<string> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsqr.default(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}
