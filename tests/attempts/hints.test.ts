import t, { type Test } from 'tap';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { writeGift } from '../../server/quizzes/gift-write.ts';
import type { Files } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, questionOn, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** The small course with two hints at one question and one at another. */
function withHints(settings = courseYaml()): Files {
  const hinted = (path: string, hints: Record<string, string[]>) => {
    const source = String(smallCourse[path]);
    const { questions } = readGift(source);
    const all = questions.map((one) => ({
      ...one,
      ...(hints[one.key ?? ''] && { hints: hints[one.key ?? ''] ?? [] }),
    }));
    return `${source.split('\n')[0]}\n\n${writeGift(all)}`;
  };
  return {
    'course.yaml': settings,
    'vi/final.gift': hinted('vi/final.gift', {
      one: ['Xoè **một** ngón tay.', 'Xoè thêm một ngón.'],
      word: ['Có hồ Gươm.'],
    }),
    'en/final.gift': hinted('en/final.gift', {
      one: ['Hold up one finger.', 'And one more.'],
      word: ['A lake is there.'],
    }),
  };
}

async function attemptWith(t: Test, files = withHints()) {
  const site = await testApp(t);
  await publish(t, site, files);
  const person = await learner(site);
  const attempt = await startAttempt(person);
  return { site, person, attempt, all: await person.get(`${attempt}?question=all`) };
}

t.test('Hints are opened one inside the other, so that nobody reads the last one first', async (t) => {
  const { site, person, attempt, all } = await attemptWith(t);
  const question = questionOn(all, 'Một cộng một');
  const first = question.querySelector('details');
  t.equal(textOf(first?.querySelector('summary') ?? question), 'Gợi ý 1');
  t.match(first?.innerHTML, '<strong>một</strong>');
  const second = first?.querySelector('details details') ?? first?.querySelectorAll('details').at(-1);
  t.match(textOf(second ?? question), /Gợi ý 2 Xoè thêm một ngón\./);
  t.notOk(question.querySelector('details[open]'), 'closed until somebody asks');
  const [alone] = questionOn(all, 'Thủ đô').querySelectorAll('summary');
  t.equal(textOf(alone ?? question), 'Gợi ý', 'of one alone there is no number');
  t.equal(questionOn(all, 'Trái đất').querySelector('details'), null);
  const statements = await statementsOf(site, () => person.get(attempt));
  t.ok(statements.length <= 4);
  await assertValidHtml(t, new Map([[all.url, all.body]]));
  t.match(mainOf(await person.get(`${attempt}?question=all&lang=en`)), /Hint 1\s+Hold up one finger/);
});

t.test('Opening hints costs nothing, and a page after the attempt needs none', async (t) => {
  const { person, attempt } = await attemptWith(t);
  await answer(person, attempt);
  const result = await handIn(person, attempt);
  t.match(mainOf(result), /100\s?%/);
  t.notMatch(result.body, 'ngón');
});

t.test('A quiz that offers no hints sends none', async (t) => {
  const settings = courseYaml().replace('key: final, kind: quiz,', 'key: final, kind: quiz, hints: false,');
  const { site, person, attempt, all } = await attemptWith(t, withHints(settings));
  t.notMatch(all.body, /ngón|Gươm|<details/);
  t.notMatch((await person.get(attempt)).body, /ngón|Gươm|<details/);
  const mentor = await signedIn(site, { roles: ['mentor'] });
  t.notMatch((await mentor.get('/courses/small/quizzes/final/trial')).body, /ngón|Gươm/);
});

t.test('A trial offers them, and nobody else reads the attempt', async (t) => {
  const { site, attempt } = await attemptWith(t);
  const mentor = await signedIn(site, { roles: ['mentor'] });
  const pages = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((number) => questionPage(mentor, number)));
  t.equal(pages.filter(({ body }) => body.includes('Gợi ý 2')).length, 1);
  t.equal((await mentor.get(attempt)).status, 404);
  t.equal((await (await learner(site)).get(attempt)).status, 404);
});

function questionPage(person: Client, number: number) {
  return person.get(`/courses/small/quizzes/final/trial?question=${number}`);
}

t.test('What is wrong with hints is told by file and line', async (t) => {
  const site = await testApp(t);
  const files = withHints();
  const lacking = String(files['en/final.gift']).replace('// [hint:And one more.]\n', '');
  await t.rejects(
    publish(t, site, { ...files, 'en/final.gift': lacking }),
    /en\/final\.gift:5.*has 1 hints, the original has 2/,
  );
  await t.rejects(
    publish(
      t,
      site,
      withHints(courseYaml().replace('key: final, kind: quiz,', 'key: final, kind: quiz, hints: sometimes,')),
    ),
    /course\.yaml:15.*hints “sometimes” does not fit/,
  );
});
