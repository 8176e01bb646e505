import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { mergePersons, undoMerger } from '../../server/people/merging/queries.ts';
import { getManagedPerson } from '../../server/people/queries.ts';
import { recordChoice } from '../../server/versions/moving/queries.ts';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { decide, doAll, readyLearner, signOffOf, withSignOff } from './signing.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site, withSignOff);
const owner = await signedIn(site, { roles: ['owner'] });

interface Wait {
  enrolment_id: string;
  done_at: Date;
}

/** Who waits, as it is kept and as the facts say it. */
async function bothSay(): Promise<{ kept: Wait[]; facts: Wait[] }> {
  const kept = await db
    .selectFrom('sign_off_waits')
    .select(['enrolment_id', 'done_at'])
    .orderBy('enrolment_id')
    .execute();
  const { rows: facts } = await sql<Wait>`
    select enrolments.id as enrolment_id, max(completed_at) as done_at
    from enrolments
    join items on items.version_id = enrolments.version_id and items.required
    left join completions on completions.item_id = items.id and completions.enrolment_id = enrolments.id
    where ended_at is null
    group by enrolments.id
    having count(*) filter (where completions.item_id is null) = 1
      and bool_or(items.kind = 'sign_off' and completions.item_id is null)
    order by enrolments.id
  `.execute(db);
  return { kept, facts };
}

async function agree(test: Test, count: number, words: string): Promise<void> {
  const { kept, facts } = await bothSay();
  test.strictSame(kept, facts, words);
  test.equal(kept.length, count, words);
}

t.test('Who waits for a sign-off is kept as the facts say', async (t) => {
  const lan = await learner(site);
  await agree(t, 0, 'who has begun does not wait');
  await doAll(lan);
  await agree(t, 1, 'who has done all but that waits');
  await decide(owner, await signOffOf(site, lan), { verdict: 'signed' });
  await agree(t, 0, 'once signed off nobody waits');

  const gone = await readyLearner(site);
  await agree(t, 1, 'also by rows that came in at once');
  await db.transaction().execute((trx) => erasePerson(trx, gone.id, 'withdraw'));
  await agree(t, 0, 'nor when they are erased');

  const [one, other] = [await readyLearner(site), await signedIn(site)];
  const [kept, merged] = [await getManagedPerson(db, owner, other.id), await getManagedPerson(db, owner, one.id)];
  await db.transaction().execute((trx) => mergePersons(trx, owner, kept, merged));
  await agree(t, 1, 'somebody merged waits still');
  const merger = await db.selectFrom('person_mergers').select('id').executeTakeFirstOrThrow();
  await db.transaction().execute((trx) => undoMerger(trx, owner, kept, merger.id));
  await agree(t, 1, 'and when it is undone');

  await publish(t, site, { ...withSignOff, 'vi/first.md': '# Bài mới\n\nKhác hẳn bài cũ.\n' });
  await agree(t, 1, 'a newer version changes nothing for who learns the older');
  const { id } = await db
    .selectFrom('course_versions')
    .select('id')
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow();
  const before = await db
    .selectFrom('enrolments')
    .where('person_id', '=', one.id)
    .select(['id', 'person_id', 'version_id'])
    .executeTakeFirstOrThrow();
  await recordChoice(db, { ...before, to_id: id }, 'moved');
  await db.updateTable('enrolments').set({ version_id: id }).where('person_id', '=', one.id).execute();
  await agree(t, 0, 'in the newer version they have done nothing yet');
  await sql`
    insert into completions (person_id, enrolment_id, item_id, cause)
    select person_id, enrolments.id, items.id, 'moved'
    from enrolments join items using (version_id)
    where version_id = ${id} and required and kind <> 'sign_off'
  `.execute(db);
  await agree(t, 1, 'until all came along that they had done');
});

t.test('Of very many who wait the list has those who have waited longest', async (t) => {
  const provider = await signedIn(site, { roles: ['manager'], branch: await rootOrganisation(site) });
  const { version_id, course_id } = await db
    .selectFrom('course_listings')
    .innerJoin('courses', 'courses.id', 'course_listings.course_id')
    .select(['course_listings.version_id', 'courses.id as course_id'])
    .executeTakeFirstOrThrow();
  await sql`
    with people as (
      insert into persons (id) select gen_random_uuid() from generate_series(1, 301) returning id
    ),
    details as (
      insert into person_details (person_id, full_name, learner_code, secret_kind, secret_hash, recovery_hash)
      select id, 'Người', 8000000000 + row_number() over (), 'password', '', '' from people
    ),
    enrolled as (
      insert into enrolments (id, person_id, course_id, version_id)
      select gen_random_uuid(), id, ${course_id}, ${version_id} from people returning id, person_id
    )
    insert into completions (person_id, enrolment_id, item_id, cause)
    select person_id, enrolled.id, items.id, 'passed'
    from enrolled join items on items.version_id = ${version_id} and required and kind <> 'sign_off'
  `.execute(db);
  await sql`select keep_sign_off_wait(id) from enrolments`.execute(db);
  const first = await provider.get('/sign-offs');
  t.match(textOf(first.html), 'Hơn 300 người đang chờ');
  t.equal(first.html.querySelectorAll('.rows > li').length, 30);
  const last = await provider.get('/sign-offs?page=10');
  t.equal(last.html.querySelectorAll('.rows > li').length, 30);
  t.equal(last.html.querySelectorAll('a[rel=next]').length, 0);
  const far = await provider.get('/sign-offs?page=99');
  t.strictSame(
    far.html.querySelectorAll('.rows > li').map(textOf),
    last.html.querySelectorAll('.rows > li').map(textOf),
  );
  await assertValidHtml(t, new Map([['many', first.body]]));
});
