import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { signed } from '../../server/credentials/proof.ts';
import { multikey } from '../../server/keys/multikey.ts';
import { strangersBadge } from '../credentials/strangers.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const publicUrl = 'https://hoc.example.org';
const site = await testApp(t, { PUBLIC_URL: publicUrl });
await publish(t, site);
const visitor = client(site.app);

t.test('A file of ours leads to its page, whichever of the three it is', async (t) => {
  const { code, json } = await graduate();
  for (const kind of ['json', 'png', 'svg']) {
    const { rawPayload } = await site.app.inject(`/certificates/${code}.${kind}`);
    const answer = await check(rawPayload);
    t.match(answer, { status: 303, headers: { location: `/certificates/${code}` } }, kind);
  }
  const page = await visitor.follow(await check(json));
  t.match(mainOf(page), 'Tệp này do trang chúng tôi ký và chưa bị sửa.');
  byRole(page.html, 'heading', /^Có hiệu lực\. Đom Đóm đã cấp/);
});

t.test('One that was revoked since is shown as revoked, though the file is what it was', async (t) => {
  const { code, json } = await graduate();
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  const page = await visitor.follow(await check(json));
  byRole(page.html, 'heading', /^Không còn hiệu lực/);
  t.match(mainOf(page), 'Lý do: Cấp nhầm người.');
});

t.test('One changed letter is told, and so is a forgery in our name', async (t) => {
  const { json } = await graduate();
  const altered = await check(json.replace('Nguyễn Thị Lan', 'Nguyễn Thị Lam'));
  byRole(altered.html, 'heading', 'Không có giá trị: tệp đã bị sửa sau khi ký');
  t.equal(altered.status, 200);

  const { proof, ...document } = JSON.parse(json);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  for (const organisation of ['domdom', 'nobody']) {
    const did = `did:web:hoc.example.org:organisations:${organisation}`;
    const forged = { ...document, issuer: { ...document.issuer, id: did } };
    const method = `${did}#${multikey(publicKey)}`;
    const page = await check(
      JSON.stringify(await signed(forged, { privateKey, verificationMethod: method }, new Date())),
    );
    byRole(page.html, 'heading', 'Giấy giả: tệp ghi chúng tôi cấp, nhưng không phải chúng tôi ký');
  }
});

t.test('One with our signature that the records do not have is told apart', async () => {
  const { code, json } = await graduate();
  await site.db.deleteFrom('certificate_files').execute();
  await site.db.deleteFrom('credential_statuses').execute();
  await site.db.deleteFrom('certificates').where('code', '=', code).execute();
  byRole((await check(json)).html, 'heading', /^Tệp có chữ ký của chúng tôi, nhưng sổ/);
});

t.test('Of a stranger it says what the file says, and that nobody knows who that is', async (t) => {
  const page = await check(JSON.stringify(await strangersBadge({ credentialStatus: status })));
  t.equal(page.status, 200);
  byRole(page.html, 'heading', 'Tệp chưa bị sửa, nhưng chúng tôi không biết nơi cấp');
  const text = mainOf(page);
  t.match(text, /Trường <b>Nghề<\/b>.*did:key:z6Mk.*Hàn.*Lê Lan.*01\/01\/2026/s);
  t.match(text, 'chưa biết giấy này có bị thu hồi hay không');
  t.notMatch(page.body, '<b>Nghề');
  t.match(mainOf(await check(JSON.stringify(await strangersBadge()))), /^(?!.*danh sách giấy đã thu hồi)/s);
});

t.test('Other files are answered in plain words, with the form below', async (t) => {
  for (const [bytes, words] of [
    ['', 'Tệp này không phải giấy chứng nhận điện tử'],
    ['%PDF-1.7', 'Tệp PDF không tự chứng minh được điều gì'],
    [Buffer.from('\xff\xd8\xff\xe0', 'latin1'), 'Ảnh này bị hỏng, không mở được'],
    ['<svg></svg>', 'Ảnh này không có giấy chứng nhận ở trong'],
    [Buffer.alloc(10_000_001), 'Tệp này quá lớn'],
  ] as const) {
    const page = await check(bytes);
    t.equal(page.status, 422, words);
    byRole(page.html, 'heading', words);
    byRole(page.html, 'button', 'Kiểm tra tệp');
    byRole(page.html, 'button', /^Kiểm tra$/);
  }
  const nothing = await visitor.upload('/verify', {}, null);
  t.equal(nothing.status, 422);
  byRole(nothing.html, 'heading', 'Bạn chưa chọn tệp nào');
  t.equal((await visitor.post('/verify', { code: 'x' })).status, 422, 'a form without a file');
});

t.test('Whoever sends rubbish waits in the end, whoever checks certificates does not', async (t) => {
  const [guesser, employer] = ['192.0.2.1', '192.0.2.2'].map((address) => client(site.app, { address }));
  const right = JSON.stringify(await strangersBadge());
  for (let times = 0; times < 31; times += 1) {
    await guesser?.upload('/verify', {}, { name: 'x.json', bytes: '{}' });
    await employer?.upload('/verify', {}, { name: 'x.json', bytes: right });
  }
  const refused = await guesser?.upload('/verify', {}, { name: 'x.json', bytes: right });
  t.match(refused, { status: 429, headers: { 'retry-after': /\d/ } });
  t.equal((await employer?.upload('/verify', {}, { name: 'x.json', bytes: right }))?.status, 200);
});

t.test('A file costs at most 4 statements, and is not kept', async (t) => {
  const { json } = await graduate();
  const before = await site.db.selectFrom('files').select('hash').execute();
  for (const file of [json, JSON.stringify(await strangersBadge()), '{}']) {
    const statements = await statementsOf(site, () => check(file));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
  t.strictSame(await site.db.selectFrom('files').select('hash').execute(), before);
});

const status = { id: 'https://example.org/list#1', type: 'BitstringStatusListEntry' };

async function graduate() {
  const code = await finish(await learner(site));
  return { code, json: (await visitor.get(`/certificates/${code}.json`)).body };
}

function check(bytes: string | Buffer): Promise<Page> {
  return visitor.upload('/verify', {}, { name: 'giay.json', bytes });
}

function mainOf({ html }: Page): string {
  return textOf(byRole(html, 'main'));
}
