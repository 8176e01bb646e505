import t from 'tap';
import { paperOf } from '../../server/certificates/paper.ts';
import { dateOnPaper, type PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { printCourse } from '../../server/certificates/printing.ts';
import { translators } from '../../server/platform/i18n.ts';
import { expired, mentored, revoked, sample, valid } from './samples.ts';

const paper = (changes: Partial<PrintedCourseCertificate> = {}) =>
  paperOf({ ...sample, ...changes }, translators, valid);
const texts = (lines: { text: string }[]) => lines.map(({ text }) => text);

t.test('The paper calls itself a certificate of completion, never a diploma or a state certificate', async (t) => {
  t.same(texts(paper().title), ['Giấy chứng nhận hoàn thành khoá học', 'Certificate of course completion']);
  t.notMatch(JSON.stringify(paper()), /chứng chỉ|văn bằng/i);
});

t.test('The facts are told in both languages, each in its own way of writing', async (t) => {
  t.same(texts(paper().facts), [
    '3\u00a0giờ học, 7 bài, kết quả 92\u00a0%',
    '3\u00a0hours of study, 7 lessons, score 92%',
  ]);
  t.same(texts(paper().issued), ['Cấp ngày 20/11/2026', 'Issued on 20 November 2026']);
  t.same(texts(paper().version), ['Phiên bản khoá học 2', 'Course version 2']);
  t.same(texts(paper().code), ['Mã số K7D4 MPX9 QRT3 6H', 'Certificate code K7D4 MPX9 QRT3 6H']);
  const short = { ...sample.course, hours: 1.5, lessons: 1 };
  t.same(texts(paper({ course: short, score: null }).facts), [
    '1,5\u00a0giờ học, 1 bài',
    '1.5\u00a0hours of study, 1 lesson',
  ]);
  t.same(texts(paper({ course: { ...short, hours: 1, lessons: 0 } }).facts)[1], '1\u00a0hour of study, score 92%');
  const shorter = { ...short, hours: 0.2, lessons: 3 };
  t.same(texts(paper({ course: shorter, score: null }).facts), [
    '12\u00a0phút học, 3 bài',
    '12\u00a0minutes of study, 3 lessons',
  ]);
});

t.test('A paper of mentoring tells hours, how many finished and when, and is no certificate of a course', async (t) => {
  const { title, completed, course, facts, version, courses, skills } = paperOf(mentored, translators, valid);
  t.same(texts(title), ['Giấy chứng nhận hướng dẫn học tập', 'Certificate of mentoring']);
  t.same(texts(completed), ['đã hướng dẫn nhóm học', 'for mentoring the cohort']);
  t.same(course, [{ language: 'vi', text: 'Tổ 5, Long Xuyên' }]);
  t.same(texts(facts), [
    '12,5\u00a0giờ hướng dẫn, 6 học viên học xong, từ 01/03/2026 đến 30/06/2026',
    '12.5\u00a0hours of mentoring, 6 learners who finished, from 1 March 2026 to 30 June 2026',
  ]);
  t.same([version, courses, skills], [[], [], []]);
  t.notMatch(JSON.stringify(title), /chứng chỉ|văn bằng/i);
});

t.test('The main language comes first', async (t) => {
  t.equal(paper({ languages: ['en', 'vi'] }).title[0]?.text, 'Certificate of course completion');
  t.same(texts(paper({ languages: ['en'] }).title), ['Certificate of course completion']);
});

t.test('A course title is told once when both languages have the same, or only one has any', async (t) => {
  const titled = (titles: Record<string, string>) => paper({ course: { ...sample.course, titles } }).course;
  t.same(titled({ vi: 'Excel', en: 'Excel' }), [{ language: 'vi', text: 'Excel' }]);
  t.same(titled({ en: 'Data' }), [{ language: 'en', text: 'Data' }]);
  t.same(titled({ km: 'ទិន្នន័យ' }), [{ language: 'km', text: 'ទិន្នន័យ' }]);
});

t.test('Skills are printed framework by framework, that of Viet Nam first', async (t) => {
  const skills = ['digcomp-3.0:2.1', 'tt02-2025:2.6', 'tt02-2025:2.1'].map((text) => {
    const [framework = '', code = ''] = text.split(':');
    return { framework, code };
  });
  const facts = { full_name: 'Nguyễn Thị Lan', language: 'vi', issued_on: '2026-11-20', provider: sample.provider };
  const course = {
    version: 1,
    hours: 1,
    valid_months: null,
    assessor: null,
    term: 1,
    lesson_count: 1,
    titles: [],
    progress: { done: 1, total: 1 },
    best: [],
  };
  const printed = printCourse({ ...facts, ...course, skills }, sample.code, new URL('https://domdom.example'));
  t.same(
    printed.skills.map(({ framework, code }) => `${framework.code}:${code}`),
    ['tt02-2025:2.1', 'tt02-2025:2.6', 'digcomp-3.0:2.1'],
  );
});

t.test('Skills stand under the name of their framework', async (t) => {
  const own = { framework: { code: 'own', names: {} }, code: 'A1', names: {} };
  t.same(texts(paper({ skills: [...sample.skills, own] }).skills), [
    'Năng lực theo Thông tư 02/2025/TT-BGDĐT: 4.1 Bảo vệ thiết bị; 4.4 Bảo vệ môi trường · own: A1',
    'Skills by Circular 02/2025/TT-BGDĐT: 4.1 Protecting devices; 4.4 Protecting the environment · own: A1',
  ]);
  t.equal(paper().skillCodes[0]?.text, 'Năng lực theo Thông tư 02/2025/TT-BGDĐT: 4.1, 4.4');
  t.same(paper({ skills: [] }).skills, []);
});

t.test('A trial copy, a revoked and an expired certificate say so; being revoked weighs most', async (t) => {
  t.equal(paper().warning, null);
  t.equal(paper({ trial: true }).warning?.mark, 'BẢN THỬ · TRIAL COPY');
  const ending = { ...sample, validUntil: '2026-11-30' };
  t.equal(paperOf({ ...ending, trial: true }, translators, expired).warning?.kind, 'trial');
  const ended = paperOf(ending, translators, expired).warning;
  t.equal(ended?.mark, 'HẾT HẠN · EXPIRED');
  t.same(texts(ended?.sentence ?? []), [
    'Giấy này đã hết hạn: có giá trị đến hết ngày 30/11/2026',
    'This certificate has expired: it was valid until 30 November 2026',
  ]);
  const withdrawn = paperOf({ ...ending, trial: true }, translators, { ...revoked, isExpired: true });
  t.equal(withdrawn.warning?.kind, 'revoked');
  t.same(texts(withdrawn.warning?.sentence ?? []), [
    'Giấy này đã bị thu hồi ngày 01/12/2026 và không còn giá trị',
    'This certificate was revoked on 1 December 2026 and is no longer valid',
  ]);
});

t.test('Dates do not move with the time zone of the machine', async (t) => {
  t.equal(dateOnPaper('2026-01-01', 'vi'), '01/01/2026');
  t.equal(dateOnPaper('2026-01-01', 'en'), '1 January 2026');
});
