import sharp from 'sharp';
import t, { type Test } from 'tap';
import { extractImages, extractText, getDocumentProxy } from 'unpdf';
import { drawPdf } from '../../server/certificates/pdf.ts';
import type { PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { keepFile, removeUnnamedFiles } from '../../server/files/queries.ts';
import { drawLogo } from '../../server/organisations/logos/logo.ts';
import { drawSignature } from '../../server/organisations/signatories/signature.ts';
import { translators } from '../../server/platform/i18n.ts';
import { photoOfSignature, signatory } from '../organisations/signatories.ts';
import { complete, importFile, pathsFile } from '../paths/site.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, finish, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { longest, sample, valid } from './samples.ts';

const signs = { name: 'Lê Thị Hồng Gấm', titles: { vi: 'Giám đốc', en: 'Director' }, signature: 'signature' };
const pictures = new Map([
  ['signature', (await drawSignature(await photoOfSignature())) ?? Buffer.of()],
  ['logo', await logo('#0b6b53')],
]);
const draw = (changes: Partial<PrintedCourseCertificate> = {}, drawn = pictures) =>
  drawPdf({ ...sample, signatory: signs, logo: 'logo', ...changes }, translators, valid, undefined, drawn);

async function logo(colour: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="240"><circle cx="120" cy="120" r="90" fill="${colour}"/></svg>`;
  return (await drawLogo(await sharp(Buffer.from(svg)).png().toBuffer()))?.content ?? Buffer.of();
}

async function textOfPdf(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(pdf.slice(), { mergePages: true });
  return text.replace(/\s+/g, ' ').normalize('NFC');
}

async function structureOf(pdf: Uint8Array): Promise<string> {
  const page = await (await getDocumentProxy(pdf.slice())).getPage(1);
  return JSON.stringify(await page.getStructTree());
}

t.test('Who signs stands on paper in both languages, with the signature and the logo, each in words too', async (t) => {
  const pdf = await draw();
  t.match(await textOfPdf(pdf), /Giám đốc Director .*Lê Thị Hồng Gấm/);
  const structure = await structureOf(pdf);
  t.match(structure, /"role":"Figure".*"alt":"Biểu trưng của Trung tâm học tập cộng đồng Long Xuyên"/);
  t.match(structure, /"role":"Figure".*"alt":"Chữ ký của Lê Thị Hồng Gấm"/);
  t.match(structure, '"alt":"Mã QR dẫn đến');
  t.equal((await extractImages(pdf.slice(), 1)).length, 2);
  const source = Buffer.from(pdf).toString('latin1');
  t.match(source, /\+BeVietnamPro-Regular/);
  t.notMatch(source, /\/SMask/, 'nothing is transparent');
});

t.test('Without a second title, or without pictures, the rest is there', async (t) => {
  const plain = await draw({ signatory: { ...signs, titles: { vi: 'Giám đốc' }, signature: null }, languages: ['en'] });
  t.match(await textOfPdf(plain), /Giám đốc .*Lê Thị Hồng Gấm/);
  t.notMatch(await structureOf(plain), 'Chữ ký của');
  const lost = await draw({}, new Map());
  t.match(await textOfPdf(lost), 'Lê Thị Hồng Gấm');
  t.equal((await extractImages(lost.slice(), 1)).length, 0);
});

t.test('A certificate without a signatory and a logo looks as before', async (t) => {
  const before = Buffer.from(await drawPdf(sample, translators, valid));
  t.ok(before.equals(await drawPdf(sample, translators, valid, undefined, pictures)));
});

t.test('It stays one page under 120 kB, however much it states', async (t) => {
  const noise = await sharp({
    create: {
      width: 240,
      height: 240,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer();
  const heavy = new Map([...pictures, ['logo', (await drawLogo(noise))?.content ?? Buffer.of()]]);
  const title = 'Chủ tịch Liên hiệp các hội khoa học và kỹ thuật '.repeat(3).slice(0, 100).trim();
  const most = {
    name: 'Trần '.repeat(20).trim(),
    titles: { vi: title, en: title.toUpperCase() },
    signature: 'signature',
  };
  const pdf = await drawPdf({ ...longest, signatory: most, logo: 'logo' }, translators, valid, undefined, heavy);
  t.ok(pdf.length < 120_000, `${pdf.length} bytes`);
  t.equal((await getDocumentProxy(pdf.slice())).numPages, 1);
  t.match(await textOfPdf(pdf), longest.holder);
});

t.test('What is printed at issuing stays, whatever becomes of the signatory and the logo', async (t) => {
  const { site, root, first } = await signedSite(t);
  const lan = await learner(site);
  const code = await finish(lan);
  const before = await pdfOf(site, code);
  t.match(await textOfPdf(before), /Giám đốc Director .*Lê Thị Hồng Gấm/);
  const public_page = await client(site.app).get(`/certificates/${code}`);
  t.match(textOf(byRole(public_page.html, 'main')), 'Người ký: Lê Thị Hồng Gấm, Giám đốc');

  await site.db.deleteFrom('signatories').execute();
  await signatory(site, root, { name: 'Người Kế Nhiệm' });
  await setLogo(site, root, '#a01010');
  await sweep(site);
  for (const hash of first) t.ok(await site.app.files.find(hash), 'the certificate keeps its pictures');
  await site.db.deleteFrom('certificate_files').execute();
  t.ok(Buffer.from(await pdfOf(site, code)).equals(before), 'drawn anew it is the same');
  const later = await pdfOf(site, await finish(await learner(site)));
  t.match(await textOfPdf(later), 'Người Kế Nhiệm');

  // Of the same hand: the later certificate is printed with the same picture.
  await site.db.updateTable('certificates').set({ printed: null }).where('code', '<>', code).execute();
  await site.db.deleteFrom('signatories').execute();
  await sweep(site);
  for (const hash of first) t.ok(await site.app.files.find(hash));
  await lan.post('/account/deletion', { sure: 'yes', certificates: 'withdraw' });
  await sweep(site);
  for (const hash of first) t.equal(await site.app.files.find(hash), null, 'once it is withdrawn they go');
});

t.test(
  'Double taps, while the signatory goes and files are swept, make one certificate, and importing again makes no other',
  async (t) => {
    const { site } = await signedSite(t);
    const lan = await learner(site);
    await readLessons(lan);
    const attempt = await startAttempt(lan);
    await answer(lan, attempt);
    const taps = Array.from({ length: 6 }, () => lan.post(`${attempt}/submission`));
    const without = site.db
      .deleteFrom('signatories')
      .execute()
      .then(() => sweep(site));
    for (const { status } of await Promise.all(taps)) t.equal(status, 303);
    await without;
    const certificates = () =>
      site.db.selectFrom('certificates').select(['code', 'signature_hash', 'printed']).execute();
    const [one, ...others] = await certificates();
    t.equal(others.length, 0);
    if (one?.signature_hash) t.ok(await site.app.files.find(one.signature_hash), 'what it names is there');
    t.match(await textOfPdf(await pdfOf(site, one?.code ?? '')), 'Nguyễn Thị Lan');

    await publish(t, site);
    await publish(t, site, { 'vi/second.md': '# Bài hai\n\nĐã sửa.\n' });
    await readLessons(lan);
    await lan.post(`${attempt}/submission`);
    await lan.post('/courses/small/enrolment');
    t.strictSame(await certificates(), [one]);
  },
);

t.test('Corrected, it is signed as it was; a path is signed by who gives it', async (t) => {
  const { site, root } = await signedSite(t);
  await publish(t, site, {}, 'other');
  await importFile(t, site, pathsFile({}));
  const lan = await learner(site, { full_name: 'Nguyen Thi Lan' });
  const code = await finish(lan);
  await complete(lan, 'other');
  await site.db.updateTable('signatories').set({ name: 'Người Kế Nhiệm' }).execute();
  const owner = await signedIn(site, { roles: ['owner'], branch: root });
  const sent = await owner.post(`/admin/certificates/${code}/correction`, { full_name: 'Nguyễn Thị Lan' });
  const successor = String(sent.headers.location).split('/').at(-1) ?? '';
  t.match(await textOfPdf(await pdfOf(site, successor)), 'Lê Thị Hồng Gấm');
  const { code: ofPath } = await site.db
    .selectFrom('certificates')
    .where('achievement', '=', 'path')
    .select('code')
    .executeTakeFirstOrThrow();
  t.match(await textOfPdf(await pdfOf(site, ofPath)), 'Lê Thị Hồng Gấm');
});

t.test('Whoever’s days are over, or not yet here, signs nothing', async (t) => {
  const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
  await publish(t, site);
  const root = await rootOrganisation(site);
  await signatory(site, root, { signs_until: '2020-12-31' });
  await signatory(site, root, { signs_from: '2090-01-01' });
  await finish(await learner(site));
  const { printed } = await site.db.selectFrom('certificates').select('printed').executeTakeFirstOrThrow();
  t.notMatch(JSON.stringify(printed), /signatory|logo/);
});

t.test('The names of pictures follow what is printed by themselves', async (t) => {
  const { site, first } = await signedSite(t);
  await finish(await learner(site));
  const named = () =>
    site.db.selectFrom('certificates').select(['signature_hash', 'logo_hash']).executeTakeFirstOrThrow();
  const [signature_hash, logo_hash] = first;
  t.match(await named(), { signature_hash, logo_hash });
  await site.db.updateTable('certificates').set({ signature_hash: null, logo_hash: null }).execute();
  t.match(await named(), { signature_hash, logo_hash }, 'nobody sets them otherwise');
  await site.db.updateTable('certificates').set({ printed: null }).execute();
  t.match(await named(), { signature_hash: null, logo_hash: null });
});

async function signedSite(t: Test) {
  const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
  await publish(t, site);
  const root = await rootOrganisation(site);
  const { signature_hash } = await signatory(site, root);
  return { site, root, first: [signature_hash, await setLogo(site, root, '#0b6b53')] };
}

async function setLogo({ app, db }: TestApp, { id }: { id: string }, colour: string): Promise<string> {
  const logo_hash = await keepFile(db, app.files, await logo(colour), 'image/png');
  await db.updateTable('organisations').set({ logo_hash }).where('id', '=', id).execute();
  return logo_hash;
}

/** As at night, had all been kept long ago. */
async function sweep({ app, db }: TestApp): Promise<void> {
  const tomorrow = new Date(Date.now() + 86_400_000);
  for (const _ of [1, 2]) await removeUnnamedFiles(db, app.files, tomorrow);
}

async function pdfOf({ app }: TestApp, code: string): Promise<Uint8Array> {
  return new Uint8Array((await app.inject(`/certificates/${code}.pdf`)).rawPayload);
}
