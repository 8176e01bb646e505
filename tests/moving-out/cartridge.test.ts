import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseXml } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { toString as wordsOf } from 'mdast-util-to-string';
import t, { type Test } from 'tap';
import { validateXML } from 'xmllint-wasm';
import { type CoursePackage, checkPackage } from '../../server/courses/package.ts';
import { readFolder } from '../../server/courses/package-files.ts';
import type { Draft, Note } from '../../server/moving-in/draft.ts';
import { readHtml } from '../../server/moving-in/html.ts';
import { readBytes, readSource } from '../../server/moving-in/reading.ts';
import { inWords } from '../../server/moving-in/report.ts';
import { remembering, writePackage } from '../../server/moving-in/writing.ts';
import { type CartridgeCourse, cartridgeEntries } from '../../server/moving-out/cartridge.ts';
import { writeZip, type ZipEntry } from '../../server/moving-out/zip.ts';
import { anyNumber, mapTexts, type Question } from '../../server/quizzes/question.ts';
import { soundCourse } from '../courses/folder.ts';
import { packages, skip } from '../moving-in/packages.ts';
import { question } from '../quizzes/generated-questions.ts';
import { project } from '../support/child.ts';
import '../support/seed.ts';
import { smallCourse } from '../support/small-course.ts';

const words = { true: 'Đúng', false: 'Sai', glossary: 'Thuật ngữ', outcomes: 'Làm được' };
const schemas = join(packages, 'xsd-common-cartridge-1.1');

function courseOf(reading: CoursePackage, language = 'vi'): CartridgeCourse {
  const about = reading.texts[language] ?? Object.values(reading.texts)[0];
  const pictures = new Map<string, Buffer>();
  for (const [, { copies }] of reading.pictures)
    for (const { hash, format, content } of copies) pictures.set(`${hash.slice(0, 32)}.${format}`, content);
  return {
    ...{ slug: 'moved', address: 'https://a.vn/courses/moved', language, pictures, licence: 'CC-BY-4.0' },
    ...{
      title: about?.title ?? '',
      summary: about?.summary ?? '',
      outcomes: about?.outcomes ?? [],
      html: about?.html ?? '',
    },
    items: reading.items.map((item) => {
      const text = item.texts[language] ?? Object.values(item.texts)[0];
      const html = text !== undefined && 'html' in text ? text.html : '';
      const questions = text !== undefined && 'questions' in text ? text.questions : [];
      return { key: item.key, kind: item.kind, title: text?.title ?? '', html, quiz: null, questions };
    }),
    terms: [],
  };
}

const empty: CartridgeCourse = {
  ...{ slug: 'moved', address: 'https://a.vn/courses/moved', language: 'vi', title: 'Khoá', summary: 'Một câu.' },
  ...{ outcomes: ['Một'], html: '', licence: 'CC-BY-4.0', items: [], terms: [], pictures: new Map() },
};

async function written(course: CartridgeCourse): Promise<{ entries: ZipEntry[]; bytes: Buffer; notes: Note[] }> {
  const notes: Note[] = [];
  const entries = cartridgeEntries(course, words, notes);
  return { entries, notes, bytes: await buffer(Readable.from(writeZip(entries))) };
}

const textAt = (entries: ZipEntry[], path: string) =>
  Buffer.from(entries.find((one) => one.path === path)?.content ?? '').toString();

function asked({ items }: Draft): Question[] {
  return items.flatMap((item) => (item.kind === 'quiz' ? item.questions.map((one) => one.question) : []));
}

function plain(html: string): string {
  return wordsOf(readHtml(html, '', []))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Question, options, marks and feedback in words alone, without what the format has no place for, which the report names. */
function essence(question: Question): unknown {
  const note = (html: string | null) => (html === null || plain(html) === '' ? null : plain(html));
  const mapped = mapTexts(question, plain);
  const blank = 'after' in question && question.after !== null ? ` _____ ${question.after}` : '';
  const text = plain(question.text + blank);
  const general = question.type === 'essay' ? null : note(question.generalFeedback);
  const common = { type: question.type, text, general };
  const numbered = <One extends { weight: number }>(one: One) => ({
    ...one,
    weight: Math.round(one.weight * 1e4) / 1e4,
  });
  switch (mapped.type) {
    case 'choice':
    case 'choices':
      return { ...common, options: mapped.options.map((one) => numbered({ ...one, feedback: one.feedback || null })) };
    case 'truefalse':
      return {
        ...common,
        correct: mapped.correct,
        feedback: { right: mapped.feedback.right || null, wrong: mapped.feedback.wrong || null },
      };
    case 'short': {
      const said = mapped.answers.filter((one) => one.weight > 0).map(numbered);
      return {
        ...common,
        answers: said.map((one) => ({ ...one, text: one.text.trim(), feedback: one.feedback || null })),
      };
    }
    case 'number':
      return {
        ...common,
        answers: mapped.answers
          .filter(({ weight, min, max }) => weight > 0 && min !== anyNumber.min && max !== anyNumber.max)
          .map((one) => numbered({ ...one, feedback: one.feedback || null })),
      };
    case 'ordering':
      // It goes as pairs of lines and numbers, which the report says.
      return {
        ...common,
        type: 'matching',
        pairs: mapped.items.map((item, index) => ({ prompt: item.text, match: String(index + 1) })),
        distractors: [],
      };
    case 'matching': {
      const spaced = (words: string) => words.replace(/\s+/g, ' ').trim();
      const pairs = mapped.pairs.map(({ prompt, match }) => ({ prompt, match: spaced(match) }));
      // One that says what a pair says, or another one, is offered once.
      const paired = new Set(pairs.map(({ match }) => match));
      const others = new Set(mapped.distractors.map(spaced).filter((one) => !paired.has(one)));
      return { ...common, pairs, distractors: [...others].sort() };
    }
    default:
      return common;
  }
}

async function holds(t: Test, course: CartridgeCourse, name: string): Promise<void> {
  const { bytes, notes, entries } = await written(course);
  t.ok(bytes.equals((await written(course)).bytes), `${name}: the same bytes`);
  const draft = await readBytes(bytes, 'out.imscc');
  const left = new Set(notes.filter(({ code }) => code === 'out_question_none').map(({ values }) => values.title));
  const all = course.items.flatMap(({ questions }) => questions);
  const came = asked(draft).filter(({ type }) => type !== 'description');
  const wanted = all.filter(({ type }) => type !== 'description');
  t.equal(left.size, 0, `${name}: all can be written`);
  const told = new Set(
    notes.filter(({ code }) => code === 'out_answers' || code === 'out_gaps').map(({ values }) => values.title),
  );
  const isTold = ({ title, text }: Question) => told.has(title ?? '') || told.has(plain(text).slice(0, 60));
  for (const [index, one] of wanted.entries()) {
    const other = came[index];
    if (other === undefined) t.fail(`${name}: ${one.key} is lost`);
    else if (isTold(one)) t.equal(other.type, one.type, 'what is not the same is told');
    else t.strictSame(essence(other), essence(one), `${name} ${one.key}`);
  }
  t.equal(came.length, wanted.length, name);
  assertStructure(t, entries, name);
  for (const note of notes) t.ok(inWords(note, 'vi') && inWords(note, 'en'));
}

/** What the rules beside the schemas ask: they are written for a tool of another kind. */
function assertStructure(t: Test, entries: ZipEntry[], name: string): void {
  const manifest = textAt(entries, 'imsmanifest.xml');
  const paths = new Set(entries.map(({ path }) => path));
  const resources = [...manifest.matchAll(/<resource ([^>]*)>(.*?)<\/resource>/g)];
  const ids = [...manifest.matchAll(/ identifier="([^"]*)"/g)].map(([, id]) => id);
  t.equal(new Set(ids).size, ids.length, `${name}: each name once`);
  for (const [, ref] of manifest.matchAll(/identifierref="([^"]*)"/g)) t.ok(ids.includes(ref), `${name}: ${ref}`);
  const listed: string[] = [];
  for (const [, attributes = '', inner = ''] of resources) {
    const files = [...inner.matchAll(/<file href="([^"]*)"/g)].map(([, path = '']) => path);
    const href = /href="([^"]*)"/.exec(attributes)?.[1];
    listed.push(...files);
    if (attributes.includes('/assessment"'))
      t.ok(files.length === 1 && href === undefined, `${name}: a quiz is one file`);
    else t.ok(href !== undefined && files.includes(href), `${name}: ${href}`);
  }
  t.strictSame([...listed, 'imsmanifest.xml'].sort(), [...paths].sort(), `${name}: the manifest lists what there is`);
  for (const { path, content } of entries)
    if (/\.(?:xml|qti|html)$/.test(path))
      t.doesNotThrow(() => parseXml(Buffer.from(content).toString()), `${name}: ${path}`);
}

t.test('Questions of every type keep words, options, marks and feedback on their way out and in', async (t) => {
  await fc.assert(
    fc.asyncProperty(question, async (any) => {
      const one = mapTexts({ ...any, format: 'html', formats: {} }, escaped);
      const { bytes, notes } = await written({ ...empty, items: [quizOf([sure, one])] });
      const [, came] = asked(await readBytes(bytes, 'out.imscc'));
      const isTold = notes.some(({ code }) => ['out_question_none', 'out_answers', 'out_gaps'].includes(code));
      t.equal(
        notes.some(({ code }) => code === 'out_ordering'),
        one.type === 'ordering',
      );
      if (came !== undefined && !isTold) t.strictSame(essence(came), essence(one));
      else t.ok(isTold || one.type === 'description', 'what is not the same is told');
    }),
    { numRuns: 200 },
  );
});

t.test('All our own courses go out and come in again', async (t) => {
  const root = join(project, 'courses');
  for (const folder of readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    const reading = await checkPackage(await readFolder(join(root, folder.name)), remembering());
    if ('faults' in reading) throw new Error(folder.name);
    for (const language of ['vi', 'en'])
      await holds(t, courseOf(reading.package, language), `${folder.name} ${language}`);
  }
});

t.test('Whatever came in by a cartridge of others goes out and comes in as it was', { skip }, async (t) => {
  for (const folder of ['common-cartridge', 'qti-instructure'])
    for (const file of readdirSync(join(packages, folder)).filter((one) => /\.(?:imscc|zip)$/.test(one))) {
      const draft = await readSource(join(packages, folder, file)).catch(() => null);
      if (draft === null) continue;
      const draw = remembering();
      const { files } = await writePackage(draft, 'moved', null, draw);
      if (files === null) continue;
      const reading = await checkPackage({ name: 'moved', files, faults: [] }, draw);
      if ('faults' in reading) continue;
      const [language = ''] = reading.package.settings.languages;
      await holds(t, courseOf(reading.package, language), file);
    }
});

t.test('The manifest and what stands beside quizzes are valid by their schemas', { skip }, async (t) => {
  const preload = readdirSync(schemas)
    .filter((one) => one.endsWith('.xsd'))
    .map((fileName) => ({ fileName, contents: readFileSync(join(schemas, fileName), 'utf8') }));
  const isValid = async (schema: string, contents: string) => {
    const own = preload.find(({ fileName }) => fileName === schema);
    const others = preload.filter(({ fileName }) => fileName !== schema);
    const { valid, errors } = await validateXML({
      xml: [{ fileName: 'it.xml', contents }],
      schema: own === undefined ? [] : [own],
      preload: others,
    });
    return valid ? [] : errors.map(({ message }) => message);
  };
  const root = join(project, 'courses');
  for (const name of ['welcome', 'an-toan-tren-mang']) {
    const reading = await checkPackage(await readFolder(join(root, name)), remembering());
    if ('faults' in reading) throw new Error(name);
    const { entries } = await written(courseOf(reading.package));
    const manifest = textAt(entries, 'imsmanifest.xml');
    t.strictSame(await isValid('ccv1p1_imscp_v1p2_v1p0.xsd', manifest), [], name);
    t.not((await isValid('ccv1p1_imscp_v1p2_v1p0.xsd', manifest.replace('1.1.0', '9.9.9'))).length, 0, 'it can tell');
    for (const { path } of entries.filter((one) => one.path.endsWith('assessment_meta.xml')))
      t.strictSame(await isValid('cccv1p0.xsd', textAt(entries, path)), [], path);
  }
});

t.test(
  'By the profile alone each question is one that the profile knows, and what it cannot say is named',
  async (t) => {
    const folder = { name: 'small', files: new Map(), faults: [] };
    for (const [path, content] of Object.entries({ ...soundCourse, ...smallCourse }))
      if (content !== null) folder.files.set(path, Buffer.from(content));
    const reading = await checkPackage(folder, remembering());
    if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
    const { entries, notes } = await written(courseOf(reading.package));
    const profile = textAt(entries, 'quizzes/final/assessment_qti.xml');
    t.strictSame(
      [...profile.matchAll(/<fieldentry>(cc\.[^<]*)/g)].map(([, type]) => type),
      [
        'cc.exam.v0p1',
        'cc.multiple_choice.v0p1',
        'cc.multiple_response.v0p1',
        'cc.true_false.v0p1',
        'cc.fib.v0p1',
        'cc.multiple_choice.v0p1',
      ],
    );
    t.notMatch(profile, /<setvar[^>]*>(?!100<)/, 'all or nothing');
    const codes = notes
      .filter(({ place }) => place.startsWith('vi/final'))
      .map(({ code, values }) => `${code} ${values.title ?? ''}`);
    t.strictSame(codes.sort(), [
      'came_quiz Cuối khoá',
      'out_all_or_nothing Chọn nhiều',
      'out_blank ',
      'out_question Ghép',
      'out_question Gõ số',
      'out_weights Gõ chữ',
    ]);
  },
);

const sure: Question = {
  ...{ key: 'sure', title: null, format: 'html', text: 'Chắc?', generalFeedback: null, tags: [], line: 1 },
  ...{ type: 'truefalse', correct: true, feedback: { right: null, wrong: null } },
};

t.test('Notes for markers of an essay stay behind, and pictures and links lead to where they are', async (t) => {
  const essay: Question = { ...sure, key: 'essay', type: 'essay', generalFeedback: 'Hai ý là đủ.' };
  const picture = `<picture data-image="/courses/moved/pictures/${'a'.repeat(32)}.png"><img alt="Lá" src="x"></picture>`;
  const html = `<p>${picture}<a href="/courses/moved/lessons/b#c">b</a><a href="/courses/moved/quizzes/q">q</a></p>`;
  const lesson = (key: string) => ({ key, kind: 'lesson', title: key, html, quiz: null, questions: [] });
  const shown: Question = { ...sure, text: `${picture}Chắc?` };
  const { entries, notes } = await written({
    ...empty,
    items: [lesson('a'), lesson('b'), quizOf([essay, shown])],
    pictures: new Map([[`${'a'.repeat(32)}.png`, Buffer.from('png')]]),
  });
  t.notOk(entries.some(({ content }) => Buffer.from(content).includes('Hai ý')));
  t.ok(notes.some(({ code }) => code === 'out_essay_notes'));
  const page = textAt(entries, 'lessons/a.html');
  t.match(page, `src="../pictures/${'a'.repeat(32)}.png"`);
  t.match(page, 'href="../lessons/b.html#c"');
  t.match(page, 'href="https://a.vn/courses/moved/quizzes/q"');
  t.match(textAt(entries, 'quizzes/q/assessment_qti.xml'), `$IMS-CC-FILEBASE$/pictures/${'a'.repeat(32)}.png`);
  assertStructure(t, entries, 'with pictures');
});

function quizOf(questions: Question[]): CartridgeCourse['items'][number] {
  return { key: 'q', kind: 'quiz', title: 'Một', html: '', quiz: null, questions };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
