import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { countBatch, countSubmissions, recountQuiz } from '../../server/statistics/counting/queries.ts';
import { getQuestionStatistics } from '../../server/statistics/queries.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { essayOf, handedIn, mark, withEssay } from '../essays/essays.ts';
import { correct } from '../key-corrections/correcting.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { type Given, handsIn, marks, quizOf, somebody, taken } from './answering.ts';
import '../support/seed.ts';

/** All that is kept, in an order. */
async function kept({ db }: Pick<TestApp, 'db'>) {
  const { rows: questions } = await sql<Record<string, unknown>>`
    select key, question_sums.* from question_sums join questions on questions.id = question_id order by question_id
  `.execute(db);
  const { rows: options } = await sql`select * from option_sums order by question_id, part, position`.execute(db);
  const { rows: typed } = await sql<{ people: number; words: string | null }>`
    select question_id, encode(digest, 'hex') as digest, people, lower(words) as words from typed_sums order by question_id, digest
  `.execute(db);
  return { questions, options, typed };
}

const peopleAt = async (site: TestApp, key: string) => {
  const question = (await kept(site)).questions.find((one) => one.key === key);
  return question === undefined ? 0 : Number(question.people);
};

const response = fc.oneof(
  fc.constant(null),
  fc.record({ choice: fc.nat(2) }),
  fc.record({ choices: fc.uniqueArray(fc.nat(3), { minLength: 1 }).map((list) => list.sort()) }),
  fc.record({ truefalse: fc.boolean() }),
  fc.record({ text: fc.constantFrom('Huế', 'huế', 'Đà Nẵng', 'đà nẵng', 'Sài Gòn') }),
  fc.record({ matches: fc.array(fc.option(fc.nat(3)), { minLength: 3, maxLength: 3 }) }),
);
const given = fc.array(fc.record({ share: fc.constantFrom(0, 0, 0.33333, 0.5, 1), response }), {
  minLength: 7,
  maxLength: 7,
});
type Deed = { deed: 'take'; who: number; given: Given[] } | { deed: 'correct'; given: Given[] } | { deed: 'count' };
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deed: fc.constant('take' as const), who: fc.nat(9), given }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('correct' as const), given }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('count' as const) }) },
);

/** From the given answers themselves, the simplest way: by whom each question was first taken, and how. */
function naively(firsts: Given[][], points: number[]) {
  const all = points.reduce((sum, one) => sum + one, 0);
  return points.map((max, index) => {
    const people = firsts.map((given) => {
      const total = given.reduce((sum, { share }, at) => sum + share * (points[at] ?? 0), 0);
      const own = given[index]?.share ?? 0;
      return {
        answered: given[index]?.response != null,
        score: Math.round(10_000 * own),
        rest: Math.round((10_000 * (total - own * max)) / (all - max)),
      };
    });
    const sum = (of: (one: (typeof people)[number]) => number) => people.reduce((n, one) => n + of(one), 0);
    return {
      people: people.length,
      answered: sum(({ answered }) => Number(answered)),
      score: sum(({ score }) => score),
      score_squared: sum(({ score }) => score ** 2),
      rest: sum(({ rest }) => rest),
      rest_squared: sum(({ rest }) => rest ** 2),
      score_rest: sum(({ score, rest }) => score * rest),
    };
  });
}

t.test(
  'Whatever is handed in, corrected and counted in whatever order, the sums are those of all first attempts',
  async (t) => {
    const site = await testApp(t);
    await publish(t, site);
    const quiz = await quizOf(site);
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 25 }), async (deeds) => {
        await sql`truncate question_sums, option_sums, typed_sums, uncounted_submissions, recounts`.execute(site.db);
        // Those before this example stay on record, counted by nobody: the quiz is its own for each, by new people.
        const people = new Map<number, { id: string; attempts: { id: string; number: number; given: Given[] }[] }>();
        await sql`truncate enrolments cascade`.execute(site.db);
        for (const one of deeds) {
          if (one.deed === 'count') await Promise.all([countSubmissions(site.db), countSubmissions(site.db)]);
          if (one.deed === 'take') {
            const person = people.get(one.who) ?? { id: await somebody(site), attempts: [] };
            people.set(one.who, person);
            person.attempts.push({ id: await handsIn(site, quiz, person.id, one.given), number: 1, given: one.given });
          }
          const first = [...people.values()][0]?.attempts[0];
          if (one.deed === 'correct' && first) {
            first.number += 1;
            first.given = one.given.map(({ share }, index) => ({
              share,
              response: first.given[index]?.response ?? null,
            }));
            await marks(site, quiz, first.id, first.number, first.given);
          }
        }
        await countSubmissions(site.db);
        const before = await kept(site);
        const firsts = [...people.values()].flatMap(({ attempts }) => (attempts[0] ? [attempts[0].given] : []));
        const expected =
          firsts.length === 0
            ? []
            : naively(
                firsts,
                quiz.questions.map(({ points }) => points),
              );
        t.strictSame(
          before.questions
            .map(({ question_id, key, ...sums }) => ({
              place: quiz.questions.findIndex(({ id }) => id === question_id),
              sums,
            }))
            .sort((a, b) => a.place - b.place)
            .map(({ sums }) => sums),
          expected,
        );
        t.ok(
          before.typed.every(({ people, words }) => people >= 5 === (words !== null)),
          'rare words are not kept',
        );
        await site.db.transaction().execute((trx) => recountQuiz(trx, { id: quiz.item_id }));
        t.strictSame(await kept(site), before, 'from scratch they are the same');
      }),
      { numRuns: 25 },
    );
  },
);

t.test('Each first attempt counts once, however many count at the same time or are interrupted', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await taken(site);
  await taken(site, { 'Một cộng một': 'Ba' });
  await t.rejects(
    site.db.transaction().execute(async (trx) => {
      t.equal(await countBatch(trx), 2);
      throw new Error('the process dies');
    }),
    { message: 'the process dies' },
  );
  t.equal(await peopleAt(site, 'one'), 0, 'what was interrupted has counted nothing');
  await Promise.all([1, 2, 3].map(() => countSubmissions(site.db)));
  t.equal(await peopleAt(site, 'one'), 2);
  t.strictSame(await countSubmissions(site.db), { submissions: 0, recounts: 0 });

  const attempt = String((await lan.post('/courses/small/quizzes/final/attempts')).headers.location);
  await lan.post(`${attempt}/submission`);
  t.strictSame(await countSubmissions(site.db), { submissions: 1, recounts: 0 });
  t.equal(await peopleAt(site, 'one'), 2, 'a second attempt of the same person does not count');
});

t.test('Whoever takes the quiz again in another version counts in the first', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await taken(site);
  await site.db.updateTable('enrolments').set({ ended_at: new Date() }).where('person_id', '=', lan.id).execute();
  await publish(t, site, { 'course.yaml': courseYaml({ pass: 70 }) });
  const second = await quizOf(site, { version: 2 });
  await handsIn(site, second, lan.id, []);
  await handsIn(site, second, await somebody(site), []);
  await countSubmissions(site.db);
  const { questions } = await kept(site);
  t.strictSame(
    questions.filter(({ key }) => key === 'one').map(({ people }) => people),
    [1, 1],
  );
});

t.test('What few have typed is not kept; what five have typed is, and outlives them as a number', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const people = [];
  for (const words of ['Huế', 'huế', 'HUẾ', 'Huế']) people.push(await taken(site, { 'Thủ đô': words }));
  await taken(site, { 'Thủ đô': 'Nguyễn Văn Bí Mật' });
  await countSubmissions(site.db);
  t.strictSame(
    (await kept(site)).typed.map(({ words }) => words),
    [null, null],
  );
  people.push(await taken(site, { 'Thủ đô': 'Huế' }));
  await countSubmissions(site.db);
  const words = async () => (await kept(site)).typed.filter(({ words }) => words !== null);
  t.match(await words(), [{ words: 'huế', people: 5 }]);

  const before = await kept(site);
  const [gone] = people;
  await site.db.transaction().execute((trx) => erasePerson(trx, gone?.id ?? '', 'withdraw'));
  await countSubmissions(site.db);
  t.strictSame(await kept(site), before, 'erasing changes no sum');
  const quiz = await quizOf(site);
  await site.db.transaction().execute((trx) => recountQuiz(trx, { id: quiz.item_id }));
  const after = await kept(site);
  t.strictSame(after.questions, before.questions, 'nor does counting from scratch');
  t.strictSame(await words(), [], 'but what they wrote is gone, and four are too few');
});

t.test('Two records that are one person count once', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const quiz = await quizOf(site);
  const [lan, again] = [await somebody(site), await somebody(site)];
  await handsIn(site, quiz, lan, []);
  await handsIn(site, quiz, again, []);
  await countSubmissions(site.db);
  t.equal(await peopleAt(site, 'one'), 2);
  await site.db.transaction().execute(async (trx) => {
    const owner = await somebody({ db: trx });
    await sql`
      insert into person_mergers (id, kept_id, merged_id, merged_by_id, moved)
      values (gen_random_uuid(), ${lan}, ${again}, ${owner}, '{}')
    `.execute(trx);
    await trx.updateTable('enrolments').set({ ended_at: new Date() }).where('person_id', '=', again).execute();
    await trx.updateTable('enrolments').set({ person_id: lan }).where('person_id', '=', again).execute();
  });
  t.strictSame(await countSubmissions(site.db), { submissions: 0, recounts: 1 });
  t.equal(await peopleAt(site, 'one'), 1);
});

t.test('Handing in costs no statement more than noting it, and it stands in the same transaction', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await taken(site);
  const lan = await learner(site);
  const attempt = String((await lan.post('/courses/small/quizzes/final/attempts')).headers.location);
  const before = site.statements.length;
  await lan.post(`${attempt}/submission`);
  t.notMatch(site.statements.slice(before).join('\n'), /_sums|uncounted/);
  const { rows } = await sql`select from uncounted_submissions`.execute(site.db);
  t.equal(rows.length, 2);
});

t.test('A corrected key is counted, also of who has moved to a newer version since', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const reviewer = await signedIn(site, { roles: ['reviewer'] });
  const [lan] = [await taken(site, { 'Trái đất phẳng': 'Đúng' }), await taken(site)];
  await countSubmissions(site.db);
  const scoreOf = async (key: string) => {
    const question = (await kept(site)).questions.find((one) => one.key === key);
    return [Number(question?.people), Number(question?.score)];
  };
  t.strictSame(await scoreOf('true'), [2, 10_000]);
  await publish(t, site, { 'vi/second.md': '# Bài hai\n\nNăm sáu.\n' });
  await lan.submit(await lan.get('/courses/small/version'));
  await correct(site, reviewer, 'true', { correct: 'true' });
  t.strictSame(await countSubmissions(site.db), { submissions: 0, recounts: 1 });
  t.strictSame(await scoreOf('true'), [2, 10_000], 'the other one is right now');
  const asked = await getQuestionStatistics(site.db, reviewer, 'small', { quiz: 'final', question: 'true' });
  t.match(asked.versions, [{ bodies: { vi: { correct: true } } }, { bodies: { vi: { correct: true } } }]);
  await correct(site, reviewer, 'true', { is_void: 'yes' });
  await countSubmissions(site.db);
  t.strictSame(await scoreOf('true'), [2, 20_000]);
  const before = await kept(site);
  const quiz = await quizOf(site);
  await site.db.transaction().execute((trx) => recountQuiz(trx, { id: quiz.item_id }));
  t.strictSame(await kept(site), before, 'from scratch they are the same');
});

t.test('An attempt whose essays wait is counted when they are marked', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withEssay);
  const together = await cohort(site);
  const hoa = await mentor(site, together);
  const lan = await learner(site);
  await putIn(site, together, lan, hoa);
  const attempt = await handedIn(lan);
  t.strictSame(await countSubmissions(site.db), { submissions: 0, recounts: 0 });
  await mark(hoa, essayOf(attempt));
  t.strictSame(await countSubmissions(site.db), { submissions: 1, recounts: 0 });
  t.equal(await peopleAt(site, 'one'), 1);
});
