import sharp from 'sharp';
import t, { type Test } from 'tap';
import { extractText } from 'unpdf';
import { v7 } from 'uuid';
import { buildApp } from '../../server/app.ts';
import { showCode } from '../../server/certificates/code.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { type SignedIn, type Someone, signedIn } from '../support/people.ts';
import { rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
const thisYear = new Date().getFullYear();
const childsName = 'Nguyễn Thị Bé An';
const child: Someone = { full_name: childsName, birth_year: thisYear - 14 };

t.test('Anybody sees all facts of a certificate, signed out, by its code', async (t) => {
  const { code } = await graduate(t, {}, publicSite);
  const page = await client(site.app).get(`/certificates/${code}`);
  t.equal(page.status, 200);
  byRole(page.html, 'heading', 'Có hiệu lực. Đom Đóm đã cấp giấy này và chưa thu hồi.');
  const words = textOf(byRole(page.html, 'main'));
  for (const fact of [
    ...['Giấy chứng nhận hoàn thành khoá học', 'Nguyễn Thị Lan', 'Khoá nhỏ', '1,5 giờ học, 2 bài, kết quả 85 %'],
    ...[`Cấp ngày ${today()}`, 'Phiên bản khoá học 1', `Mã số ${showCode(code)}`, 'Duyệt, tìm kiếm và lọc dữ liệu'],
    ...['Thông tư 02/2025/TT-BGDĐT 1.1', `https://hoc.example.org/v/${code}`],
  ])
    t.match(words, fact);
  t.equal(byRole(page.html, 'link', 'Đom Đóm, trang đầu').getAttribute('href'), '/');
  t.equal(byRole(byRole(page.html, 'main'), 'link', /^Đom Đóm$/).getAttribute('href'), '/organisations/domdom');
});

t.test('It speaks the language of who looks, with the course’s title in it', async (t) => {
  const { code } = await graduate(t);
  const page = await client(site.app).get(`/certificates/${code}`, { 'accept-language': 'en' });
  t.match(textOf(byRole(page.html, 'main')), 'Certificate of course completion');
  t.equal(byRole(page.html, 'main').querySelector('strong')?.getAttribute('lang'), 'en');
  t.match(page.body, 'Small course');
});

t.test('Everybody sees the same, but for the holder and who may manage it', async (t) => {
  const { code, lan } = await graduate(t);
  const main = async (visitor: { get: SignedIn['get'] }) =>
    byRole((await visitor.get(`/certificates/${code}`)).html, 'main').innerHTML;
  const stranger = await main(client(site.app));
  t.equal(await main(await signedIn(site)), stranger);
  const binh = await learner(site);
  await binh.get('/');
  t.equal(await main(binh), stranger);
  t.equal(await main(await signedIn(site, { roles: ['author'] })), stranger);
  t.not(await main(lan), stranger, 'theirs has one main button');
});

t.test('The page costs at most 4 statements', async (t) => {
  const { code, lan } = await graduate(t);
  const statements = await statementsOf(site, () => lan.get(`/certificates/${code}`));
  t.ok(statements.length <= 4, statements.join('\n'));
});

t.test(
  'Under 16 the public sees given name and initials, the holder the whole name, on page and paper alike',
  async (t) => {
    const { code, lan } = await graduate(t, child);
    const stranger = client(site.app);
    const seen = await stranger.get(`/certificates/${code}`);
    t.notMatch(seen.body, childsName);
    t.match(textOf(byRole(seen.html, 'main')), 'An N. T. B.');
    t.match(textOf(byRole(seen.html, 'main')), 'Người nhận chưa đủ 16 tuổi');
    const own = await lan.get(`/certificates/${code}`);
    t.match(textOf(byRole(own.html, 'main')), childsName);
    t.notMatch(own.body, 'chưa đủ 16 tuổi');

    t.match(await paper(stranger, code), 'An N. T. B.');
    t.notMatch(await paper(stranger, code), childsName);
    t.match(await paper(lan, code), childsName);
    t.notMatch(await paper(stranger, code), childsName, 'nor after the holder has looked');
    t.same(await variants(code), ['pdf full', 'pdf short']);
  },
);

t.test(
  'A representative’s consent shows a child’s whole name; a child’s own does not, and it can be taken back',
  async (t) => {
    const { code, lan } = await graduate(t, child);
    const shown = async () => textOf(byRole((await client(site.app).get(`/certificates/${code}`)).html, 'main'));
    await consent(lan, 'self', true);
    t.notMatch(await shown(), childsName);
    await consent(lan, 'representative', true);
    t.match(await shown(), childsName);
    t.match(await paper(client(site.app), code), childsName);
    await consent(lan, 'representative', false);
    t.notMatch(await shown(), childsName);
    t.notMatch(await paper(client(site.app), code), childsName);
  },
);

t.test('A holder who has turned 16 is public by the whole name', async (t) => {
  const { code, lan } = await graduate(t, child);
  await site.db
    .updateTable('person_details')
    .set({ birth_year: thisYear - 20 })
    .where('person_id', '=', lan.id)
    .execute();
  t.match((await client(site.app).get(`/certificates/${code}`)).body, childsName);
});

t.test('The PDF is drawn once and kept: who asks again, or at once, gets the same bytes', async (t) => {
  const { code } = await graduate(t);
  const fetched = await Promise.all(Array.from({ length: 5 }, () => raw(`/certificates/${code}.pdf`)));
  t.match(fetched[0]?.headers, {
    'content-type': 'application/pdf',
    'content-disposition': `attachment; filename="domdom-${code}.pdf"`,
  });
  const bytes = fetched.map(({ rawPayload }) => rawPayload);
  t.equal(bytes[0]?.subarray(0, 5).toString(), '%PDF-');
  t.ok((bytes[0]?.length ?? 0) < 60_000, `${bytes[0]?.length} bytes`);
  bytes.push((await raw(`/certificates/${code}.pdf`)).rawPayload);
  for (const others of bytes) t.ok(bytes[0]?.equals(others));
  t.same(await variants(code), ['pdf full']);
  const statements = await statementsOf(site, () => raw(`/certificates/${code}.pdf`));
  t.notOk(
    statements.some((statement) => statement.startsWith('insert')),
    'nothing is drawn or written again',
  );
});

t.test('The PNG to share is a picture of its own, kept as well', async (t) => {
  const { code } = await graduate(t);
  const [first, again] = [await raw(`/certificates/${code}.png`), await raw(`/certificates/${code}.png`)];
  t.match(first.headers, {
    'content-type': 'image/png',
    'content-disposition': `inline; filename="domdom-${code}.png"`,
  });
  const { format, width = 0 } = await sharp(first.rawPayload).metadata();
  t.equal(format, 'png');
  t.ok(width >= 1000, `${width} pixels`);
  t.ok(first.rawPayload.equals(again.rawPayload));
  t.same(await variants(code), ['json full', 'png full']);
});

t.test('A drawing is not kept in shared caches, since it may be a holder’s own', async (t) => {
  const { code } = await graduate(t);
  for (const file of ['.pdf', '.png'])
    t.match((await raw(`/certificates/${code}${file}`)).headers['cache-control'], 'private');
});

t.test('The page is asked for anew each time, since it may be revoked; its holder’s is for them alone', async (t) => {
  const { lan, code } = await graduate(t);
  t.equal((await raw(`/certificates/${code}`)).headers['cache-control'], 'public, no-cache');
  t.equal((await lan.get(`/certificates/${code}`)).headers['cache-control'], 'private, no-cache');
});

t.test('Until the address is public, page and paper say that this is a trial copy', async (t) => {
  const { code } = await graduate(t);
  const page = await client(site.app).get(`/certificates/${code}`);
  byRole(page.html, 'heading', 'Bản thử, không có giá trị');
  t.notMatch(page.body, 'Có hiệu lực');
  t.match(await paper(client(site.app), code), 'BẢN THỬ');
  const real = await graduate(t, {}, publicSite);
  t.notMatch(await paper(client(site.app), real.code), 'BẢN THỬ');
});

t.test('A revocation shows at once on page, PDF and PNG, with its date and reason', async (t) => {
  const { code } = await graduate(t, {}, publicSite);
  const visitor = client(site.app);
  const before = await raw(`/certificates/${code}.png`);
  t.notMatch(await paper(visitor, code), 'THU HỒI');
  await revoke(code, 'Cấp nhầm <b>người</b>.');

  const page = await visitor.get(`/certificates/${code}`);
  t.equal(page.status, 200);
  byRole(page.html, 'heading', `Không còn hiệu lực. Đom Đóm đã thu hồi giấy này ngày ${today()}.`);
  t.match(textOf(byRole(page.html, 'main')), 'Lý do: Cấp nhầm <b>người</b>.');
  t.notMatch(page.body, 'Có hiệu lực');
  t.match(await paper(visitor, code), 'ĐÃ THU HỒI');
  t.notOk((await raw(`/certificates/${code}.png`)).rawPayload.equals(before.rawPayload));
  t.same(await variants(code), ['json full', 'pdf full', 'pdf full revoked', 'png full', 'png full revoked']);
});

t.test('One that its holder has withdrawn leaves a tombstone without a name, and no paper', async (t) => {
  const { code, lan } = await graduate(t);
  await raw(`/certificates/${code}.pdf`);
  await site.db.updateTable('certificates').set({ printed: null }).where('code', '=', code).execute();
  for (const visitor of [client(site.app), lan]) {
    const page = await visitor.get(`/certificates/${code}`);
    byRole(page.html, 'heading', 'Người nhận đã rút giấy này lại');
    t.match(textOf(byRole(page.html, 'main')), showCode(code));
    t.notMatch(textOf(byRole(page.html, 'main')), /Nguyễn Thị Lan|Khoá nhỏ|Có hiệu lực/);
    for (const file of ['.pdf', '.png']) t.equal((await visitor.get(`/certificates/${code}${file}`)).status, 404);
  }
});

t.test('One that has a successor leads to it', async (t) => {
  const [old, fresh] = [await graduate(t), await graduate(t)];
  const idOf = site.db.selectFrom('certificates').select('id').where('code', '=', fresh.code);
  await site.db.updateTable('certificates').set({ successor_id: idOf }).where('code', '=', old.code).execute();
  const page = await client(site.app).get(`/certificates/${old.code}`);
  t.equal(byRole(page.html, 'link', 'Giấy này đã có bản mới').getAttribute('href'), `/certificates/${fresh.code}`);
});

t.test('A name is text on every page and paper, whatever is in it', async (t) => {
  const name = `Lan <script>alert("1")</script> & 'Bé' </p>`;
  const { code, lan } = await graduate(t, { full_name: name });
  for (const visitor of [client(site.app), lan]) {
    const page = await visitor.get(`/certificates/${code}`);
    t.same(page.html.querySelectorAll('main script'), []);
    t.equal(page.html.querySelector('.paper .name')?.textContent, name);
  }
  t.match(await paper(client(site.app), code), '<script>alert("1")</script>');
  t.equal((await raw(`/certificates/${code}.png`)).statusCode, 200);
});

t.test('A name as long as may be, or in letters the font has not, still gives page and papers', async (t) => {
  for (const full_name of ['Nguyễn '.repeat(28).trim(), 'សុខា ចាន់', '王小明', 'x'.repeat(200), '🐛 Đom']) {
    const { code } = await graduate(t, { full_name });
    for (const file of ['', '.pdf', '.png'])
      t.equal((await raw(`/certificates/${code}${file}`)).statusCode, 200, full_name);
  }
});

async function graduate(t: Test, someone: Someone = {}, place = async (_: Test): Promise<Place> => site) {
  const here = await place(t);
  const lan = await learner(here, someone);
  const code = await finish(lan, { ...rightAnswers, 'Một cộng một': 'Ba' });
  return { lan, code };
}

type Place = Pick<TestApp, 'app' | 'db'>;

/** The same database behind a public address, where certificates are no trial copies. */
async function publicSite(t: Test): Promise<Place> {
  const { app, db } = site;
  const config = { ...app.config, publicUrl: new URL('https://hoc.example.org') };
  const there = await buildApp({ config, db, files: app.files });
  t.teardown(() => there.close());
  return { app: there, db };
}

async function raw(url: string) {
  return site.app.inject({ url });
}

/** The words on the PDF. */
async function paper(visitor: { cookies: Map<string, string> }, code: string): Promise<string> {
  const url = `/certificates/${code}.pdf`;
  const { rawPayload } = await site.app.inject({ url, cookies: Object.fromEntries(visitor.cookies) });
  const { text } = await extractText(new Uint8Array(rawPayload), { mergePages: true });
  return text.replace(/\s+/g, ' ').normalize('NFC');
}

async function variants(code: string): Promise<string[]> {
  const rows = await site.db
    .selectFrom('certificate_files')
    .innerJoin('certificates', 'certificates.id', 'certificate_id')
    .select(['kind', 'variant'])
    .where('code', '=', code)
    .execute();
  return rows.map(({ kind, variant }) => `${kind} ${variant}`).sort();
}

async function consent({ id }: SignedIn, given_by: string, granted: boolean): Promise<void> {
  const about = { purpose: 'full_name_on_certificates', text_version: '1', channel: 'web' };
  await site.db
    .insertInto('consents')
    .values({ id: v7(), person_id: id, given_by, granted, ...about })
    .execute();
}

async function revoke(code: string, revocation_reason: string): Promise<void> {
  const revoked = { revoked_at: new Date(), revocation_reason };
  await site.db.updateTable('certificates').set(revoked).where('code', '=', code).execute();
}

function today(): string {
  return new Intl.DateTimeFormat('vi-VN', {
    timeZone: 'Asia/Ho_Chi_Minh',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  }).format(new Date());
}
