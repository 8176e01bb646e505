import t from 'tap';
import { v7 as newId } from 'uuid';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { gatherRows } from '../../server/my-data/queries.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { learner, publish } from '../support/learners.ts';
import { essayOf, handedIn, mark, withEssay, words } from './essays.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site, withEssay);

async function marked() {
  const together = await cohort(site);
  const hoa = await mentor(site, together);
  const lan = await learner(site);
  await putIn(site, together, lan, hoa);
  const attempt = await handedIn(lan);
  const id = newId();
  await mark(hoa, essayOf(attempt), { points: '0.5', remark: 'Lời của Hoa', id });
  return { hoa, lan, attempt: attempt.split('/').at(-1) ?? '', id };
}

const commentsOn = (marking_id: string) =>
  db.selectFrom('essay_marks').select(['points', 'comment']).where('marking_id', '=', marking_id).execute();

t.test('The copy of one’s data has what one wrote and what was said of it, and no name of the marker', async (t) => {
  const { lan, hoa } = await marked();
  const copy = JSON.stringify(await gatherRows(db, lan.id));
  for (const part of [JSON.stringify(words).slice(1, -1), 'Lời của Hoa']) t.match(copy, part);
  t.notOk(copy.includes(`"marked_by_id":"${hoa.id}"`));
});

t.test(
  'Erasing the learner takes the essay and the comment, erasing the marker the comment; points stay',
  async (t) => {
    const [one, other] = [await marked(), await marked()];
    await db.transaction().execute((trx) => erasePerson(trx, one.lan.id, 'withdraw'));
    await db.transaction().execute((trx) => erasePerson(trx, other.hoa.id, 'withdraw'));
    for (const { id } of [one, other]) t.strictSame(await commentsOn(id), [{ points: 0.5, comment: null }]);
    const answers = await db.selectFrom('answers').select('response').where('attempt_id', '=', one.attempt).execute();
    t.notMatch(JSON.stringify(answers), 'Hãy gọi lại');
  },
);

t.test('What was given is never changed, never more than the essay is worth, and in quarters', async (t) => {
  const { id, hoa, lan, attempt } = await marked();
  await t.rejects(
    db.updateTable('essay_marks').set({ points: 1 }).where('marking_id', '=', id).execute(),
    /append-only/,
  );
  await t.rejects(db.updateTable('essay_marks').set({ comment: null }).execute(), /append-only/);
  await t.rejects(db.deleteFrom('essay_markings').where('id', '=', id).execute(), /append-only/);
  const { question_id } = await db.selectFrom('essay_marks').select('question_id').executeTakeFirstOrThrow();
  const again = newId();
  const row = { id: again, attempt_id: attempt, person_id: lan.id, marked_by_id: hoa.id, marking_number: 1 };
  const insert = (more: { number: number; supersedes_id: string | null }) =>
    db
      .insertInto('essay_markings')
      .values({ ...row, ...more })
      .execute();
  await t.rejects(insert({ number: 1, supersedes_id: null }), /essay_markings/, 'one first marking');
  await t.rejects(
    insert({ number: 2, supersedes_id: null }),
    /essay_markings_supersede/,
    'each other names what it corrects',
  );
  const give = (points: number) =>
    db.insertInto('essay_marks').values({ marking_id: newId(), person_id: lan.id, question_id, points }).execute();
  await t.rejects(give(1.25), /more than the question is worth/);
  await t.rejects(give(0.3), /essay_marks_points_check/);
});
