import t from 'tap';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { drawPdf } from '../../server/certificates/pdf.ts';
import type { PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { translators } from '../../server/platform/i18n.ts';
import { expired, longest, revoked, sample, valid } from './samples.ts';

const draw = (changes: Partial<PrintedCourseCertificate> = {}, standing = valid) =>
  drawPdf({ ...sample, ...changes }, translators, standing);

/** What a reader selects and copies, with the breaks of lines as spaces. */
async function textOf(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(pdf.slice(), { mergePages: true });
  return text.replace(/\s+/g, ' ').normalize('NFC');
}

t.test('All that the certificate states can be selected as text, in both languages', async (t) => {
  const text = await textOf(await draw());
  for (const stated of [
    'TRUNG TÂM HỌC TẬP CỘNG ĐỒNG LONG XUYÊN',
    'Giấy chứng nhận hoàn thành khoá học',
    'Certificate of course completion',
    'Nguyễn Thị Bé An',
    'An toàn mạng cho mọi người',
    'Online safety for everyone',
    '3 giờ học, 7 bài, kết quả 92 %',
    '4.1 Bảo vệ thiết bị',
    '4.1 Protecting devices',
    'Cấp ngày 20/11/2026',
    'Issued on 20 November 2026',
    'Phiên bản khoá học 2',
    'K7D4 MPX9 QRT3 6H',
    'domdom.example.org/v/K7D4MPX9QRT36H',
  ]) {
    t.match(text, stated);
  }
});

t.test('It is one A4 page across', async (t) => {
  const document = await getDocumentProxy((await drawPdf(longest, translators, valid)).slice());
  t.equal(document.numPages, 1);
  t.same((await document.getPage(1)).view.map(Math.round), [0, 0, 842, 595]);
});

t.test('It is tagged for screen readers: language, title, heading, the QR code in words, a link', async (t) => {
  const pdf = await draw();
  const document = await getDocumentProxy(pdf.slice());
  const page = await document.getPage(1);
  const tree = JSON.stringify(await page.getStructTree());
  t.match(tree, /"role":"H1"/);
  t.match(tree, /"lang":"en"/);
  t.match(tree, /"role":"Figure".*"alt":"Mã QR dẫn đến https:\/\/domdom\.example\.org\/v\/K7D4MPX9QRT36H"/);
  t.match(tree, /"role":"Link"/);
  const links = await page.getAnnotations();
  t.same(
    links.map(({ url }) => url),
    [sample.verifyUrl],
  );
  t.equal((await document.getMarkInfo())?.Marked, true);
  const { info } = await getMeta(pdf.slice());
  t.equal(info.Title, 'Giấy chứng nhận hoàn thành khoá học K7D4 MPX9 QRT3 6H');
  t.equal(info.Language, 'vi');
  t.equal(info.CreationDate, 'D:20261120000000Z');
});

t.test('It carries its fonts', async (t) => {
  const source = Buffer.from(await draw()).toString('latin1');
  t.match(source, /\+BeVietnamPro-Regular/);
  t.match(source, /\+BeVietnamPro-SemiBold/);
  t.notMatch(source, /Helvetica/);
});

t.test('The same facts give the same bytes, others do not', async (t) => {
  const first = Buffer.from(await draw());
  // pdfkit stamps files to the second unless told otherwise.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  t.ok(first.equals(await draw()));
  t.notOk(first.equals(await draw({ code: 'K7D4MPX9QRT37F' })));
});

t.test('It stays under 60 kB, however much it states', async (t) => {
  t.ok((await draw()).length < 60_000);
  t.ok((await drawPdf(longest, translators, valid)).length < 60_000);
});

t.test('A name of 200 characters is printed whole, with or without spaces', async (t) => {
  t.match(await textOf(await drawPdf(longest, translators, valid)), longest.holder);
  const oneWord = 'Nguyễn'.repeat(33);
  t.match((await textOf(await draw({ holder: oneWord }))).replaceAll(' ', ''), oneWord);
});

t.test('Skills too many to be named are given by their codes', async (t) => {
  const text = await textOf(await drawPdf(longest, translators, valid));
  t.match(text, /Năng lực theo Thông tư 02\/2025\/TT-BGDĐT: 0\.1, 1\.1, .* 23\.1/);
  t.notMatch(text, 'trách nhiệm công dân');
});

t.test('Markup in names is printed letter by letter', async (t) => {
  const holder = '<b>Bé</b> &amp; "An" {x}';
  t.match(await textOf(await draw({ holder })), holder);
});

t.test('Letters put together from parts are read again as what they were', async (t) => {
  t.match(await textOf(await draw({ holder: 'H’Hen Niê Krŭng' })), 'H’Hen Niê Krŭng'.normalize('NFC'));
});

t.test('Right-to-left letters and tricks do not turn the rest around', async (t) => {
  t.match(await textOf(await draw({ holder: '\u202eAn محمد Bình' })), ' An Bình ');
});

t.test('A name that cannot be drawn leaves no empty place', async (t) => {
  const text = await textOf(await draw({ holder: 'សុខ សុភា' }));
  t.match(text, 'Tên: xem bằng mã QR');
  t.match(text, 'Name: scan the QR code');
});

t.test('A trial copy, an expired and a revoked certificate are marked across and in a sentence', async (t) => {
  const trial = await textOf(await draw({ trial: true }));
  t.match(trial, 'BẢN THỬ · TRIAL COPY');
  t.match(trial, 'Bản thử, không có giá trị');
  const ended = await textOf(await draw({ validUntil: '2026-11-30' }, expired));
  t.match(ended, 'HẾT HẠN · EXPIRED');
  t.match(ended, 'có giá trị đến hết ngày 30/11/2026');
  const withdrawn = await textOf(await draw({}, revoked));
  t.match(withdrawn, 'ĐÃ THU HỒI · REVOKED');
  t.match(withdrawn, 'thu hồi ngày 01/12/2026');
  t.notMatch(await textOf(await draw({ validUntil: '2026-11-30' })), /BẢN THỬ|THU HỒI|HẾT HẠN/);
});

t.test('One language alone is enough', async (t) => {
  const text = await textOf(await draw({ languages: ['vi'], skills: [], score: null }));
  t.match(text, 'Giấy chứng nhận hoàn thành khoá học');
  t.notMatch(text, /Certificate|Skills|Năng lực/);
});
