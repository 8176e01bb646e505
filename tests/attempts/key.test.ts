import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { Question } from '../../server/quizzes/question.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { parse, textOf } from '../support/html.ts';
import { answersOn, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { siteWithCourses } from '../support/library.ts';
import { smallCourse } from '../support/small-course.ts';

const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' };
const courses = fileURLToPath(new URL('../../courses/', import.meta.url));
const folders = await readdir(courses, { withFileTypes: true });
const site = await siteWithCourses(t);

t.test(
  'Before the attempt is over all answers of the server are the same, byte for byte, whatever the key is',
  async (t) => {
    const turned = Object.entries(smallCourse).map(([path, text]) => [
      path,
      path.endsWith('.gift') ? turn(String(text)) : text,
    ]);
    const [one, other] = [await walk(t, {}), await walk(t, Object.fromEntries(turned))];
    for (const [index, page] of one.before.entries()) t.same(page, other.before[index]);
    t.ok(one.before.length > 25);
    t.not(one.result, other.result, 'or the keys would be the same');
  },
);

/** The same quiz with another key: other feedback, other options right, other words and numbers accepted, other pairs. */
function turn(gift: string): string {
  return gift
    .replace(/(Phản hồi|Note)-/g, '$1 khác: ')
    .replace(/^=(?=(Hai|Two|ánh sáng|light)#)/gm, '~')
    .replace(/^~(?=(Ba|Three|âm thanh|sound)#)/gm, '=')
    .replace(/%(-?)50%(?=Số|The)/g, (_, minus) => (minus ? '%50%' : '%-50%'))
    .replace(/\{(FALSE|TRUE)/g, (_, value) => (value === 'TRUE' ? '{FALSE' : '{TRUE'))
    .replace(/^=(Hà Nội|Ha Noi)/gm, '=Cần Thơ')
    .replace('=2.5:0.1', '=7.5:0.5')
    .replace('Mèo -> meo meo', 'Mèo -> gâu gâu')
    .replace('Chó -> gâu gâu', 'Chó -> meo meo')
    .replace('Cat -> miaow', 'Cat -> woof')
    .replace('Dog -> woof', 'Dog -> miaow');
}

/** All that a learner meets up to handing in, and then the result, with ids made equal. */
async function walk(t: Test, changes: typeof smallCourse): Promise<{ before: string[]; result: string }> {
  const site = await testApp(t);
  await publish(t, site, changes);
  const lan = await learner(site, { language: 'vi' });
  const attempt = await fixedAttempt(site, lan.id);
  const questions = await site.db.selectFrom('questions').select(['id', 'key']).execute();
  const made = (page: Page) => {
    // The tag is a digest of the body, with the ids of this site.
    const { date: _, etag: __, ...headers } = page.headers;
    const text = `${page.status} ${JSON.stringify(headers)}\n${page.body}`;
    return questions.reduce((all, { id, key }) => all.replaceAll(id, key), text);
  };
  const before: string[] = [];
  const note = (page: Page) => {
    before.push(made(page));
    return page;
  };

  const pages = [
    ...['/', '/courses', '/courses/small', '/courses/small/progress', '/learning', '/courses/small/quizzes/practice'],
    ...['/courses/small/lessons/first', '/courses/small/lessons/second', '/courses/small/quizzes/final'],
    ...Array.from({ length: 7 }, (_, index) => `${attempt}?question=${index + 1}`),
    ...[`${attempt}?question=all`, `${attempt}/submission`, `${attempt}/result`],
  ];
  for (const path of pages) for (const headers of [{}, htmx]) note(await lan.get(path, headers));
  const drawn = await lan.get(`${attempt}?question=all`);
  const wrong = {
    'Một cộng một': 'Bốn',
    'Những số nào chẵn': ['Số 2', 'Số 7'],
    'Trái đất phẳng': 'Đúng',
    'Thủ đô của Việt Nam': 'Huế',
    'Một nửa của năm': 'năm',
    'Ghép con vật': { Mèo: 'ụt ịt' },
    'Đom đóm phát ra': 'âm thanh',
  };
  const fields = answersOn(drawn, wrong);
  for (const headers of [{}, htmx]) {
    note(await lan.post(`${attempt}/answers`, { ...drawnFrom(drawn), ...fields, place: 'all' }, headers));
    note(await lan.post(`${attempt}/answers`, { ...drawnFrom(drawn), ...fields, place: '2', go: 'next' }, headers));
    note(await lan.post(`${attempt}/answers`, { ...drawnFrom(drawn), place: 'all' }, headers));
  }
  note(await lan.get(`${attempt}?question=all`));
  note(await lan.get(`${attempt}/submission`));
  await lan.post('/preferences/language', { language: 'en' });
  note(await lan.get(`${attempt}?question=all`));
  return { before, result: made(await handIn(lan, attempt)) };
}

/** An attempt with an id, and so an order, that is the same each time. */
async function fixedAttempt({ db }: TestApp, person_id: string): Promise<string> {
  const id = '019a0000-0000-7000-8000-000000000007';
  const { id: enrolment_id } = await db
    .selectFrom('enrolments')
    .select('id')
    .where('person_id', '=', person_id)
    .executeTakeFirstOrThrow();
  const { id: item_id } = await db
    .selectFrom('items')
    .select('id')
    .where('key', '=', 'final')
    .executeTakeFirstOrThrow();
  await db.insertInto('attempts').values({ id, person_id, enrolment_id, item_id, number: 1 }).execute();
  await db.insertInto('open_attempts').values({ attempt_id: id, enrolment_id, item_id }).execute();
  return `/attempts/${id}`;
}

function drawnFrom({ html }: Page): Record<string, string> {
  const inputs = html.querySelectorAll('input[name^=r_]');
  return Object.fromEntries(inputs.map((input) => [input.getAttribute('name') ?? '', '0']));
}

for (const slug of folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)) {
  t.test(
    `Of ${slug} no feedback, weight or accepted answer reaches a learner before the attempt is over`,
    async (t) => {
      const { feedback, accepted, quizzes } = await keysOf(slug);
      t.ok(feedback.length > 10);
      for (const language of ['vi', 'en'] as const) {
        const lan = await learner(site, { slug, language });
        for (const quiz of quizzes) {
          const attempt = await startAttempt(lan, quiz, slug);
          for (const page of await pagesBeforeTheEnd(lan, slug, quiz, attempt)) {
            const words = textOf(page.html);
            const leaked = [
              ...feedback.filter((text) => words.includes(text)),
              ...accepted.filter((text) => attributesOf(page).includes(text)),
              ...(page.body.match(/(?:"|&quot;)(?:weight|feedback|correct)(?:"|&quot;)|<!--/g) ?? []),
            ];
            t.same(leaked, [], page.url);
          }
          const all = await lan.get(`${attempt}?question=all`);
          await lan.submit(all, { fields: firstOptions(all) });
          const result = textOf((await handIn(lan, attempt)).html);
          t.ok(
            feedback.some((text) => result.includes(text)),
            'afterwards it does',
          );
        }
      }
    },
  );
}

async function pagesBeforeTheEnd(lan: Client, slug: string, quiz: string, attempt: string): Promise<Page[]> {
  const all = await lan.get(`${attempt}?question=all`);
  const pages = [all, await lan.get(`${attempt}?question=all`, htmx), await lan.submit(all)];
  for (const path of ['?question=1', '?question=2', '/submission', '/result'])
    pages.push(await lan.get(attempt + path));
  for (const path of [`/courses/${slug}`, `/courses/${slug}/quizzes/${quiz}`, '/learning'])
    pages.push(await lan.get(path));
  pages.push(await lan.get(attempt, { accept: 'application/json' }));
  return pages;
}

/** What the author keeps for after the attempt, in every language, and the keys of the quizzes. */
async function keysOf(slug: string) {
  const rows = await site.db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .innerJoin('questions', 'questions.item_id', 'items.id')
    .innerJoin('question_texts', 'question_texts.question_id', 'questions.id')
    .where('slug', '=', slug)
    .select((eb) => ['items.key', eb.ref('question_texts.body').$castTo<Question>().as('body')])
    .execute();
  const bodies = rows.map(({ body }) => body);
  return {
    feedback: bodies.flatMap(feedbackOf).map((html) => textOf(parse(html))),
    accepted: bodies.flatMap((body) => (body.type === 'short' ? body.answers.map(({ text }) => text) : [])),
    quizzes: [...new Set(rows.map(({ key }) => key))],
  };
}

function feedbackOf(question: Question): string[] {
  const own =
    'options' in question
      ? question.options.map(({ feedback }) => feedback)
      : 'answers' in question
        ? question.answers.map(({ feedback }) => feedback)
        : question.type === 'truefalse'
          ? [question.feedback.right, question.feedback.wrong]
          : [];
  return [...own, question.generalFeedback].filter((text) => text !== null);
}

function attributesOf({ html }: Page): string[] {
  return html.querySelectorAll('main *').flatMap((element) => Object.values(element.attributes));
}

/** The first of the options on the screen, wherever there are options. */
function firstOptions({ html }: Page): Record<string, string> {
  const radios = html.querySelectorAll('main input[type=radio]').toReversed();
  return Object.fromEntries(
    radios.map((radio) => [radio.getAttribute('name') ?? '', radio.getAttribute('value') ?? '']),
  );
}
