import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { saveAnswers } from '../../server/attempts/answers/queries.ts';
import { markAttempt } from '../../server/attempts/marking.ts';
import { findAttempt } from '../../server/attempts/queries.ts';
import { testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { courseYaml } from '../support/small-course.ts';

const site = await testApp(t);
await publish(t, site, { 'course.yaml': courseYaml({ attempts: null }) });
const ids = Object.fromEntries(
  (await site.db.selectFrom('questions').select(['id', 'key']).execute()).map(({ id, key }) => [key, id]),
);
const keys = ['word', 'number', 'true'] as const;
const values = { word: ['Hà Nội', 'Huế', ''], number: ['2', '2,5', ''], true: ['true', 'false'] };

/** One tap: a phone sends what stands in its form, which it drew a while ago. */
const save = fc
  .record({ phone: fc.nat(1), key: fc.constantFrom(...keys), value: fc.nat(2) })
  .map(({ value, ...tap }) => ({ ...tap, kind: 'save' as const, value: values[tap.key][value] ?? 'true' }));
const draw = fc.record({ phone: fc.nat(1), kind: fc.constant('draw' as const) });
/** What a weak link does: an earlier tap arrives once more. */
const retry = fc.record({ kind: fc.constant('retry' as const), which: fc.nat(20) });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.array(save, { minLength: 1, maxLength: 4 }) },
  { weight: 2, arbitrary: fc.array(draw, { minLength: 1, maxLength: 2 }) },
  { weight: 2, arbitrary: fc.array(fc.oneof(retry, save), { minLength: 1, maxLength: 3 }) },
);

interface Tap {
  key: (typeof keys)[number];
  /** The revision that the form was drawn from. */
  drawnFrom: number;
  value: string;
}

t.test('Whatever two phones save, retry and send at once, what was acknowledged last is what stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const { lan, attempt } = await started();
      const phones = [await drawn(lan, attempt), await drawn(lan, attempt)];
      const sent: Tap[] = [];
      for (const actions of steps) {
        const taps: Tap[] = [];
        for (const action of actions) {
          if (action.kind === 'draw') phones[action.phone] = await drawn(lan, attempt);
          if (action.kind === 'retry') taps.push(...sent.slice(action.which, action.which + 1));
          if (action.kind === 'save') {
            const { key, phone, value } = action;
            taps.push({ key, value, drawnFrom: phones[phone]?.[key] ?? 0 });
          }
        }
        sent.push(...taps);
        await tapAtOnce(lan, attempt, taps);
      }
    }),
    { numRuns: 25 },
  );
});

/** Sends them all at once, and holds the law for each question. */
async function tapAtOnce(lan: Client, attempt: string, taps: Tap[]): Promise<void> {
  const before = await newest(attempt);
  const answers = await Promise.all(taps.map((tap) => send(lan, attempt, tap)));
  const after = await newest(attempt);
  for (const key of keys) {
    const told = taps
      .map((tap, index) => ({ ...tap, status: answers[index]?.status }))
      .filter((tap) => tap.key === key);
    const acknowledged = told.filter(({ status }) => status === 303).map(({ value }) => value);
    const [was, is] = [before[key], after[key]];
    assert.ok(told.every(({ status }) => status === 303 || status === 409));
    assert.ok(is.revision - was.revision <= 1, 'at most one of them is new');
    if (is.revision === was.revision) assert.equal(is.value, was.value);
    else assert.ok(acknowledged.includes(is.value), 'what stands was acknowledged');
    for (const value of acknowledged) assert.ok(value === is.value || value === was.value, 'none is lost');
    for (const { drawnFrom, value, status } of told) {
      const isLate = drawnFrom < was.revision && value !== was.value && value !== is.value;
      if (isLate) assert.equal(status, 409, 'a late one is told');
    }
  }
}

t.test(
  'Hand-ins that race with answers: one submission, one marking, and it marks exactly what was acknowledged',
  async () => {
    const taps = fc.array(save, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(taps, fc.nat(8), async (taps, at) => {
        const { lan, attempt } = await started();
        const once = [...new Map(taps.map((tap) => [tap.key, tap])).values()];
        const work = once.map(
          ({ key, value }) =>
            () =>
              send(lan, attempt, { key, value, drawnFrom: 0 }),
        );
        const submit = () => lan.post(`${attempt}/submission`);
        work.splice(at, 0, submit, submit, submit);
        const answers = await Promise.all(work.map((send) => send()));

        const kept = await newest(attempt);
        const sends = answers.filter((_, index) => work[index] !== submit);
        for (const [index, { key, value }] of once.entries()) {
          const isTaken = sends[index]?.headers.location !== `${attempt}/result`;
          assert.equal(kept[key].value, isTaken ? value : '');
        }
        await send(lan, attempt, { key: 'word', value: 'Cần Thơ', drawnFrom: kept.word.revision });
        assert.deepEqual(await newest(attempt), kept);
        await assertMarkedOnce(lan.id, attempt);
      }),
      { numRuns: 20 },
    );
  },
);

t.test('An answer whose saving has begun when the attempt is handed in still counts', async (t) => {
  const { lan, attempt } = await started();
  const id = attempt.replace('/attempts/', '');
  const saving = { id, person_id: lan.id, language: 'vi' };
  let handingIn: Promise<unknown> = Promise.resolve();
  await site.db.transaction().execute(async (trx) => {
    const given = [{ question_id: ids.word ?? '', drawn_from: 0, response: { text: 'Hà Nội' } }];
    await saveAnswers(trx, saving, given);
    handingIn = lan.post(`${attempt}/submission`);
    await delay(200);
  });
  await handingIn;
  t.equal((await newest(attempt)).word.value, 'Hà Nội');
  const marking = await site.db.selectFrom('markings').select('points').where('attempt_id', '=', id).executeTakeFirst();
  t.equal(marking?.points, 1);
});

t.test('A percentage never falls while a course is learnt, and says 100 only when all is done', async () => {
  const act = fc.constantFrom('first', 'second', 'fail', 'pass', 'practice', 'enrol');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
      const lan = await learner(site);
      let before = 0;
      for (const act of acts) {
        await perform(lan, act);
        const percent = await percentOf(lan);
        assert.ok(percent >= before && percent <= 100, `${before} → ${percent}`);
        before = percent;
      }
      const done = (['first', 'second', 'pass'] as const).filter((act) => acts.includes(act)).length;
      assert.equal(before, Math.floor((done * 100) / 3));
      const certificates = await site.db
        .selectFrom('certificates')
        .select('id')
        .where('person_id', '=', lan.id)
        .execute();
      assert.equal(certificates.length, done === 3 ? 1 : 0);
    }),
    { numRuns: 15 },
  );
});

async function perform(lan: Client, act: string): Promise<void> {
  if (act === 'enrol') return void (await lan.post('/courses/small/enrolment'));
  if (act === 'first' || act === 'second') return void (await lan.post(`/courses/small/lessons/${act}/completion`));
  const attempt = await startAttempt(lan, act === 'practice' ? 'practice' : 'final');
  if (act === 'pass') await answer(lan, attempt);
  await handIn(lan, attempt);
}

/** As the page that says why tells it. */
async function percentOf(lan: Client): Promise<number> {
  const { html } = await lan.get('/courses/small/progress');
  return Number(/(\d+) ?%/.exec(textOf(byRole(html, 'heading', '%')))?.[1]);
}

async function started() {
  const lan = await learner(site);
  return { lan, attempt: await startAttempt(lan) };
}

async function send(lan: Client, attempt: string, { key, value, drawnFrom }: Tap) {
  const id = ids[key];
  return lan.post(`${attempt}/answers`, { place: 'all', [`r_${id}`]: String(drawnFrom), [`q_${id}`]: value });
}

/** The revisions in the form that a phone has in front of it. */
async function drawn(lan: Client, attempt: string): Promise<Record<string, number>> {
  const { html } = await lan.get(`${attempt}?question=all`);
  const revision = (key: string) => html.querySelector(`input[name=r_${ids[key]}]`)?.getAttribute('value');
  return Object.fromEntries(keys.map((key) => [key, Number(revision(key))]));
}

async function newest(attempt: string) {
  const rows = await site.db
    .selectFrom('answers')
    .innerJoin('questions', 'questions.id', 'answers.question_id')
    .where('attempt_id', '=', attempt.replace('/attempts/', ''))
    .select(['key', 'revision', 'response'])
    .orderBy('revision')
    .execute();
  const of = (key: string) => {
    const row = rows.findLast((one) => one.key === key);
    const [value = ''] = row?.response ? Object.values(row.response) : [];
    return { revision: row?.revision ?? 0, value: String(value) };
  };
  return { word: of('word'), number: of('number'), true: of('true') };
}

async function assertMarkedOnce(person_id: string, attempt: string): Promise<void> {
  const id = attempt.replace('/attempts/', '');
  const { db } = site;
  const contents = await findAttempt(db, { id: person_id }, id, 'vi');
  assert.ok(contents);
  const markings = await db
    .selectFrom('markings')
    .select(['points', 'max_points', 'passed'])
    .where('attempt_id', '=', id)
    .execute();
  const { marks: _, ...expected } = markAttempt(contents);
  assert.deepEqual(markings, [expected]);
  assert.equal(
    (await db.selectFrom('submissions').select('attempt_id').where('attempt_id', '=', id).execute()).length,
    1,
  );
}
