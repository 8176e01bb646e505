import t from 'tap';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { translators } from '../../server/platform/i18n.ts';
import { drawTranscript } from '../../server/transcripts/pdf.ts';
import type { FinishedCourse, Transcript } from '../../server/transcripts/transcript.ts';

const checking = {
  url: 'https://domdom.example.org/shared/ABCDEFGHJKMNPQRSTUVWXYZ234',
  until: '2027-11-22',
  revoked: [],
};
const course: FinishedCourse = {
  titles: { vi: 'An toàn mạng cho mọi người', en: 'Online safety for everyone' },
  version: 2,
  hours: 3,
  beganOn: '2026-10-02',
  finishedOn: '2026-11-20',
  quizzes: [{ titles: { vi: 'Bài cuối khoá', en: 'Final quiz' }, score: 92 }],
  certificate: { code: 'K7D4MPX9QRT36H', provider: 'Đom Đóm', isShown: true },
};
const sample: Transcript = {
  format: 1,
  language: 'vi',
  madeOn: '2026-11-22',
  holder: 'Nguyễn Thị Bé An',
  hours: 3,
  finished: [course],
  paths: [],
  underWay: [{ titles: { vi: 'Dữ liệu' }, beganOn: '2026-11-01', done: 2, total: 9, quizzes: [] }],
  trial: false,
};
/** More than anybody has taken. */
const long: Transcript = { ...sample, finished: Array.from({ length: 60 }, () => course) };

async function textOf(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(pdf.slice(), { mergePages: true });
  return text.replace(/\s+/g, ' ').normalize('NFC');
}

t.test('All that it states can be selected as text, with where and until when it can be checked', async (t) => {
  const text = await textOf(await drawTranscript(sample, checking, translators));
  for (const stated of [
    'Bảng kết quả học tập',
    'Nguyễn Thị Bé An',
    'Lập ngày 22/11/2026',
    '1 khoá học đã hoàn thành, 3 giờ học',
    'An toàn mạng cho mọi người',
    '02/10/2026 – 20/11/2026, 3 giờ học, phiên bản 2',
    'Bài cuối khoá: 92 %',
    'Nơi cấp: Đom Đóm',
    'mã số K7D4 MPX9 QRT3 6H',
    'xong 2/9 mục',
    'đến hết ngày 22/11/2027',
    'domdom.example.org/shared/ABCDEFGHJKMNPQRSTUVWXYZ234',
    'Trang 1/1',
  ]) {
    t.match(text, stated);
  }
});

t.test('A certificate that holds for a time says until when', async (t) => {
  const certificate = { code: 'K7D4MPX9QRT36H', provider: 'Đom Đóm', isShown: true, validUntil: '2027-11-20' };
  const dated = { ...sample, finished: [{ ...course, certificate }] };
  t.match(await textOf(await drawTranscript(dated, checking, translators)), 'có giá trị đến hết ngày 20/11/2027');
});

t.test('In English it says the same', async (t) => {
  const text = await textOf(await drawTranscript({ ...sample, language: 'en' }, checking, translators));
  for (const stated of ['Record of learning', 'Online safety for everyone', '20 November 2026', 'Final quiz: 92%']) {
    t.match(text, stated);
  }
});

t.test('Many courses go on over pages, tagged, each page with the address, under 120 kB', async (t) => {
  const pdf = await drawTranscript(long, checking, translators);
  t.ok(pdf.length < 120_000, `${pdf.length}`);
  const document = await getDocumentProxy(pdf.slice());
  t.ok(document.numPages > 3);
  const tree = JSON.stringify(await (await document.getPage(1)).getStructTree());
  t.match(tree, /"role":"H1"/);
  t.match(tree, /"role":"H2"/);
  t.match(tree, /"role":"Figure".*"alt":"Mã QR dẫn đến https:\/\/domdom\.example\.org\/shared\//);
  t.equal((await document.getMarkInfo())?.Marked, true);
  const { text } = await extractText(pdf.slice(), { mergePages: false });
  for (const page of text) t.match(page, 'domdom.example.org/shared/ABCDEFGHJKMNPQRSTUVWXYZ234');
  t.equal(text.join(' ').match(/An toàn mạng/g)?.length, 60, 'and no course falls between two');
  const { info } = await getMeta(pdf.slice());
  t.equal(info.Language, 'vi');
  t.notMatch(String(info.Title), 'Bé An');
});

t.test('What has been revoked since is marked, and codes that were not chosen are not printed', async (t) => {
  const revoked = await textOf(await drawTranscript(sample, { ...checking, revoked: ['K7D4MPX9QRT36H'] }, translators));
  t.match(revoked, 'Giấy chứng nhận đã bị thu hồi');
  t.notMatch(revoked, 'K7D4');
  const hidden = {
    ...sample,
    finished: [{ ...course, certificate: { code: 'K7D4MPX9QRT36H', provider: 'Đom Đóm', isShown: false } }],
  };
  t.notMatch(await textOf(await drawTranscript(hidden, checking, translators)), 'K7D4');
});

t.test('A site that nobody else can open says so on the paper; the same facts give the same bytes', async (t) => {
  const trial = await drawTranscript({ ...sample, trial: true }, checking, translators);
  t.match(await textOf(trial), 'Bản thử, không có giá trị');
  t.ok(Buffer.from(trial).equals(await drawTranscript({ ...sample, trial: true }, checking, translators)));
});
