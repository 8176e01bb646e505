import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Draft, Note } from '../../server/moving-in/draft.ts';
import { readGiftFile } from '../../server/moving-in/gift.ts';
import { readMoodleXml } from '../../server/moving-in/moodle-xml.ts';
import { giftOf, moodleXmlOf, type SourceQuiz } from '../../server/moving-out/quizzes.ts';
import { decodeText, readGift } from '../../server/quizzes/gift-read.ts';
import { writeGift } from '../../server/quizzes/gift-write.ts';
import type { Question, TextPlace } from '../../server/quizzes/question.ts';
import { packages, skip } from '../moving-in/packages.ts';
import { question } from '../quizzes/generated-questions.ts';
import { project } from '../support/child.ts';
import { smallCourse } from '../support/small-course.ts';

/** What both have to say alike: text with its format, options, marks, feedback. */
function essence(one: Question): unknown {
  const { formats = {}, tags: _tags, line: _line, title: _title, ...rest } = one;
  const named = Object.entries(formats).filter(([, format]) => format !== one.format);
  const joined =
    'after' in rest && rest.after !== null ? { text: `${rest.text}_____${rest.after}`.trim(), after: null } : {};
  return {
    ...rest,
    ...joined,
    formats: Object.fromEntries(named.filter(([place]) => isFilled(one, place as TextPlace))),
  };
}

/** An empty text has no format that would matter. */
function isFilled(one: Question, place: TextPlace): boolean {
  let found: unknown = one;
  for (const step of place.split('.')) found = (found as Record<string, unknown> | null)?.[step];
  return typeof found === 'string' && found !== '';
}

/** Words alone stand in a draft as a lesson. */
function asked({ items }: Draft): Question[] {
  return items.flatMap((item) => (item.kind === 'quiz' ? item.questions.map(({ question }) => question) : []));
}

function quizOf(questions: Question[]): SourceQuiz {
  return { title: 'Một / hai', path: 'vi/quiz.gift', content: Buffer.from(`$CATEGORY: x\n\n${writeGift(questions)}`) };
}

async function throughMoodle(quiz: SourceQuiz): Promise<{ draft: Draft; notes: Note[] }> {
  const notes: Note[] = [];
  const xml = await moodleXmlOf([quiz], async () => Buffer.from('x'), notes);
  return { draft: readMoodleXml(Buffer.from(xml), 'bank.xml'), notes };
}

const sure: Question = {
  ...{ key: 'sure', title: null, format: 'plain', text: 'Chắc chắn?', generalFeedback: null, tags: [], line: 1 },
  ...{ type: 'truefalse', correct: true, feedback: { right: null, wrong: null } },
};

t.test('Questions of every type keep words, options, marks and feedback through Moodle XML', async (t) => {
  await fc.assert(
    fc.asyncProperty(question, async (any) => {
      const one = hinted(plain(any));
      const { draft, notes } = await throughMoodle(quizOf([sure, one]));
      const [, came] = asked(draft);
      const isRounded = notes.some(({ code }) => code === 'out_range' || code === 'out_formats');
      if (!isRounded && came !== undefined) t.strictSame(essence(came), essence(one));
      else t.ok(isRounded, 'what is not the same is told');
      t.equal(
        'after' in one && one.after !== null,
        notes.some(({ code }) => code === 'out_blank'),
      );
    }),
    { numRuns: 300 },
  );
});

t.test('Questions of every type keep all through GIFT', async (t) => {
  await fc.assert(
    fc.asyncProperty(question, async (one) => {
      const notes: Note[] = [];
      const gift = giftOf([quizOf([sure, one])], notes);
      const { questions, faults } = readGift(gift);
      t.strictSame(faults, []);
      const hints = (one.hints ?? []).length;
      const told = notes.filter(({ code }) => code === 'out_hints_comments').map(({ values }) => values.count);
      t.strictSame(told, hints > 0 ? [hints] : []);
      if (notes.every(({ code }) => code === 'came_quiz' || code === 'out_hints_comments'))
        t.strictSame(questions.slice(1).map(withoutLine), [withoutLine(one)]);
      else t.equal(questions[1]?.type, one.type);
    }),
    { numRuns: 200 },
  );
});

t.test('All our own quizzes go out and come in again as they are', async (t) => {
  const root = join(project, 'courses');
  const folders = readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory());
  for (const { name } of folders)
    for (const language of ['vi', 'en'])
      for (const file of readdirSync(join(root, name, language)).filter((one) => one.endsWith('.gift'))) {
        const path = `${language}/${file}`;
        await holds(t, { title: file, path, content: readFileSync(join(root, name, path)) }, `${name}/${path}`);
      }
});

t.test('Questions of other projects do, too', { skip }, async (t) => {
  const root = join(packages, 'gift-fuhrmanator');
  for (const file of readdirSync(root).filter((one) => one.endsWith('.gift'))) {
    const text = decodeText(readFileSync(join(root, file)));
    if (readGift(text).faults.length === 0)
      await holds(t, { title: file, path: file, content: Buffer.from(text) }, file);
  }
});

t.test('What an essay says to whoever marks it stays theirs', async (t) => {
  const essay: Question = { ...sure, type: 'essay', generalFeedback: 'Hai ý là đủ.' };
  const xml = await moodleXmlOf([quizOf([essay])], async () => Buffer.from('x'), []);
  t.match(xml, /<graderinfo[^>]*>\s*<text>[^<]*Hai ý là đủ/);
  t.notMatch(xml, 'generalfeedback');
});

t.test('Pictures go along with Moodle XML, and are told where the format has none', async (t) => {
  const text =
    '![Một \\[lá\\]](<../images/a b.svg>) và [bài một](first.md), [web](https://a.vn/), ![x][1].\n\n[1]: ../images/c.png';
  const content = Buffer.from(writeGift([{ ...sure, format: 'markdown', text }]));
  const quiz = { title: 'Q', path: 'vi/q.gift', content };
  const notes: Note[] = [];
  const gift = giftOf([quiz], notes);
  t.match(gift, 'Một');
  t.notMatch(gift, /\.\.\/images|first\.md/);
  t.strictSame(notes.map(({ code }) => code).sort(), ['came_quiz', 'out_link', 'out_picture', 'out_picture']);
  const { draft, notes: told } = await throughMoodle(quiz);
  t.strictSame(
    told.map(({ code }) => code),
    ['out_link', 'came_quiz'],
  );
  t.strictSame(
    [...draft.pictures.keys()].map((name) => name.split('/').at(-1)),
    ['a b.svg', 'c.png'],
  );
  const [one] = asked(draft);
  t.match(
    one?.text,
    /^!\[Một \\\[lá\\\]\]\(picture:[^)]*a%20b\.svg\) và bài một, \[web\]\(https:\/\/a\.vn\/\), !\[x\]\(picture:/,
  );
});

t.test('A quiz with a question of every type keeps its name', async (t) => {
  const content = Buffer.from(String(smallCourse['vi/final.gift']));
  const { draft } = await throughMoodle({ title: 'Cuối / khoá', path: 'vi/final.gift', content });
  t.strictSame(
    draft.items.map(({ kind, title }) => `${kind} ${title}`),
    ['quiz Cuối / khoá'],
  );
  const gift = readGiftFile(Buffer.from(giftOf([{ title: 'Cuối / khoá', path: 'x', content }], [])), 'x');
  t.equal(gift.title, 'Cuối / khoá');
  t.equal(asked(gift).length, 7);
});

async function holds(t: Test, quiz: SourceQuiz, name: string): Promise<void> {
  const { questions } = readGift(decodeText(quiz.content));
  const notes: Note[] = [];
  const again = readGift(giftOf([quiz], notes)).questions;
  const isTold = notes.some(({ code }) => code === 'out_picture' || code === 'out_link');
  if (!isTold) t.strictSame(again.map(withoutLine), questions.map(withoutLine), `${name} through GIFT`);
  const { draft } = await throughMoodle(quiz);
  const wanted = questions.filter(({ type }) => type !== 'description');
  const came = asked(draft).filter(({ type }) => type !== 'description');
  t.equal(came.length, wanted.length, name);
  t.strictSame(came.map(marks), wanted.map(marks), `${name} through Moodle XML`);
}

/** Moodle's hints without words, and those of a text that asks nothing, are told and stay behind. */
function hinted(one: Question): Question {
  const { hints = [], formats, ...rest } = one;
  if (one.type !== 'description' && hints.every((hint) => hint !== '')) return one;
  const others = Object.entries(formats ?? {}).filter(([place]) => !place.startsWith('hints.'));
  return { ...rest, ...(formats && { formats: Object.fromEntries(others) }) } as Question;
}

function withoutLine(one: Question): Question {
  return { ...one, line: 1, formats: one.formats ?? {} };
}

function marks(one: Question): unknown {
  const { formats: _formats, text: _text, title: _title, generalFeedback, ...rest } = essence(one) as Question;
  return { ...rest, general: generalFeedback?.length };
}

/** As it is without what leads into its package: generated texts have what looks like links of Markdown. */
function plain(one: Question): Question {
  return readGift(giftOf([quizOf([one])], [])).questions[0] ?? one;
}

t.test('A time limit and draws have no place in a file of questions, and the report says so', async (t) => {
  const settings = { time_limit: 20, draw: [{ tag: 'may', count: 2 }, { count: 3 }] };
  const content = Buffer.from('// [id:one] [tag:may]\n[markdown]Một cộng một?{=Hai ~Ba}\n');
  const quiz = { title: 'Cuối khoá', path: 'vi/final.gift', content, settings };
  for (const write of [
    giftOf,
    (quizzes: SourceQuiz[], notes: Note[]) => moodleXmlOf(quizzes, async () => null, notes),
  ]) {
    const notes: Note[] = [];
    t.match(await write([quiz], notes), 'may', 'tags go along');
    t.match(
      notes.filter(({ outcome }) => outcome === 'left_out'),
      [
        { code: 'out_time_limit', values: { minutes: 20 } },
        { code: 'out_draw', values: { count: 5 } },
      ],
    );
  }
});
