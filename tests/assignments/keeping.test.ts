import { sql } from 'kysely';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { gatherRows } from '../../server/my-data/queries.ts';
import { testApp } from '../support/app.ts';
import { publish } from '../support/learners.ts';
import { group, handedIn, mark, withWork } from './work.ts';

const site = await testApp(t);
await publish(t, site, withWork);
const { db, app } = site;

const workOf = (person: { id: string }) =>
  db
    .selectFrom('assignment_submissions')
    .innerJoin('assignment_files', 'submission_id', 'assignment_submissions.id')
    .innerJoin('assignment_markings', 'assignment_markings.submission_id', 'assignment_submissions.id')
    .innerJoin('assignment_marks', 'marking_id', 'assignment_markings.id')
    .where('assignment_submissions.person_id', '=', person.id)
    .select([
      'words',
      'link',
      'name',
      'hash',
      'assignment_markings.comment',
      'assignment_marks.comment as remark',
      'points',
    ])
    .execute();

async function markedWork(bytes: string) {
  const together = await group(site);
  const submission = await handedIn(together.lan, 'Tên tôi là Lan.', { name: 'lan.pdf', bytes });
  await mark(together.hoa, together.list, submission, { comment: 'Lan viết rất rõ.' });
  return { ...together, submission };
}

const erase = (person: { post: (path: string, fields: Record<string, string>) => Promise<{ status: number }> }) =>
  person.post('/account/deletion', { sure: 'yes', certificates: 'withdraw' });

t.test(
  'Whoever goes takes along what they handed in and what was said of it; a file that another has stays',
  async (t) => {
    const [own, shared] = [await markedWork('của Lan'), await markedWork('giống nhau')];
    const other = await markedWork('giống nhau');
    const before = [...(await workOf(own.lan)), ...(await workOf(shared.lan))].map(({ hash }) => hash ?? '');
    for (const { lan } of [own, shared]) t.equal((await erase(lan)).status, 303);
    for (const { lan } of [own, shared]) {
      const rows = await workOf(lan);
      t.equal(rows.length, 2, 'that there was work stays');
      for (const row of rows)
        t.match(row, { words: null, link: null, name: null, hash: null, comment: null, remark: null, points: 5 });
    }
    t.equal(await app.files.find(before[0] ?? ''), null);
    t.equal(String(await app.files.find(before[2] ?? '')), 'giống nhau');
    t.match((await workOf(other.lan))[0], { name: 'lan.pdf', words: 'Tên tôi là Lan.' });
    t.equal((await other.hoa.get(`${own.list}/${own.submission}`)).status, 404);
  },
);

t.test('What a mentor wrote goes with the mentor, and nothing of the learner’s', async (t) => {
  const { hoa, lan } = await markedWork('x');
  await erase(hoa);
  t.match(await workOf(lan), [{ words: 'Tên tôi là Lan.', name: 'lan.pdf', comment: null }]);
});

t.test('What was handed in is never changed for who is still there', async (t) => {
  const { lan } = await markedWork('y');
  const change = db.updateTable('assignment_submissions').set({ words: null }).where('person_id', '=', lan.id);
  await t.rejects(change.execute(), { code: '23001' });
});

t.test('One’s copy of one’s data has the work, the marking and the files', async (t) => {
  const { lan, hoa } = await markedWork('z');
  const rows = await gatherRows(db, lan.id);
  t.match(rows.assignment_submissions, [{ words: 'Tên tôi là Lan.' }]);
  t.match(rows.assignment_files, [{ name: 'lan.pdf' }]);
  t.match(rows.assignment_markings, [{ points: 5, comment: 'Lan viết rất rõ.' }]);
  t.notMatch(JSON.stringify(rows.assignment_markings), hoa.id);
  const archive = await lan.get('/account/data/archive');
  t.match(archive.body, /work\/[\w-]+\.pdf/);
});

t.test('Merging two records takes the work along, with its files and marks', async (t) => {
  const { lan, hoa } = await markedWork('w');
  const kept = newId();
  await db.insertInto('persons').values({ id: kept }).execute();
  const move = sql`update enrolments set person_id = ${kept} where person_id = ${lan.id}`;
  await t.rejects(move.execute(db), { code: '23001' }, 'not without a merger on record');
  await db
    .insertInto('person_mergers')
    .values({ id: newId(), kept_id: kept, merged_id: lan.id, merged_by_id: hoa.id, moved: '{}' })
    .execute();
  await move.execute(db);
  t.equal((await workOf({ id: kept })).length, 2);
  const owners = await sql<{ id: string }>`
    select distinct person_id as id from assignment_files where name = 'lan.pdf' and person_id in (${kept}, ${lan.id})
    union select person_id from assignment_marks where person_id in (${kept}, ${lan.id})
  `.execute(db);
  t.strictSame(owners.rows, [{ id: kept }]);
});
