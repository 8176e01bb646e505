import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { countCandidates } from '../../server/mentoring/certificates/queries.ts';
import { certificate, completions, guidedCohorts } from '../../server/mentoring/guided/queries.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { confirm, endedGroup } from './certificates.ts';
import { guidedGroup } from './mentoring.ts';

const site = await testApp(t);
await publish(t, site);
const { db } = site;
const owner = await signedIn(site, { roles: ['owner'] });

interface Pair {
  mentor_id: string;
  cohort_id: string;
  ended_on: string;
  graduates: number;
}

/** Who waits, as it is kept and as the facts say it. */
async function bothSay(): Promise<{ kept: Pair[]; facts: Pair[] }> {
  const { rows: kept } = await sql<Pair>`
    select person_id as mentor_id, kept.cohort_id, ended_on::text, graduates
    from mentoring_candidates as kept join cohort_mentors on cohort_mentors.id = mentor_row_id
    order by kept.cohort_id, person_id
  `.execute(db);
  const { rows: facts } = await sql<Pair>`
    select * from (
      select mentor_id, guided.id as cohort_id, ended_on, minimum,
        (select count(distinct person_id)::integer from (${completions}) as completion) as graduates
      from (${guidedCohorts(owner)}) as guided
      where ended_on is not null and ${certificate} is null
    ) as counted
    where graduates >= minimum
    order by cohort_id, mentor_id
  `.execute(db);
  return {
    kept,
    facts: facts.map(({ mentor_id, cohort_id, ended_on, graduates }) => ({
      mentor_id,
      cohort_id,
      ended_on,
      graduates,
    })),
  };
}

async function agree(test: Test, count: number, words: string): Promise<void> {
  const { kept, facts } = await bothSay();
  test.strictSame(kept, facts, words);
  test.equal(kept.length, count, words);
}

t.test('Who waits for a certificate of mentoring is kept as the facts say', async (t) => {
  const { lan, manager, group, branch, home } = await guidedGroup(site);
  await finish(lan);
  await agree(t, 0, 'a cohort that goes on has no candidates');
  await db.updateTable('cohorts').set({ ends_on: '2026-01-31' }).where('id', '=', group.id).execute();
  await agree(t, 1, 'its last day has passed');
  await db.updateTable('cohorts').set({ ends_on: null }).where('id', '=', group.id).execute();
  await agree(t, 0, 'it goes on after all');
  await manager.post(`${home}/closing`);
  await agree(t, 1, 'it was closed');
  const other = await organisation(site, 'other', { below: await rootOrganisation(site) });
  await db.updateTable('cohorts').set({ organisation_id: other.id }).where('id', '=', group.id).execute();
  await db.updateTable('cohorts').set({ organisation_id: branch.id }).where('id', '=', group.id).execute();
  await agree(t, 1, 'its organisation was merged and told apart');

  await db
    .updateTable('certificates')
    .set({ revoked_at: new Date(), revocation_reason: 'mistake' })
    .where('person_id', '=', lan.id)
    .execute();
  t.equal(await countCandidates(db), 0);
  await agree(t, 0, 'what was corrected counts from the next night on');

  const waiting = await endedGroup(site);
  await agree(t, 1, 'somebody else waits');
  await confirm(waiting.manager, waiting.hoa, waiting.group);
  await agree(t, 0, 'who has a certificate waits no longer');
});

t.test('Of very many the list has a page, the longest waiting first, for a small branch and for all', async (t) => {
  const { hoa, group, branch } = await endedGroup(site, { full_name: 'Lê Thị Lâu' });
  const [row] = await db.selectFrom('mentoring_candidates').selectAll().where('cohort_id', '=', group.id).execute();
  t.ok(row);
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const path = `/admin/organisations/${branch.code}/mentoring-certificates`;
  const few = await manager.get(path);
  t.match(textOf(byRole(few.html, 'main')), /1 người đang chờ Lê Thị Lâu/);
  t.match(textOf(byRole(few.html, 'main')), 'tính lúc');

  // Rows of mentors who came back: as good as others for a list.
  const many = await organisation(site, 'many', { below: await rootOrganisation(site) });
  await sql`
    with groups as (
      insert into cohorts (id, organisation_id, name, language, created_by_id, closed_at)
      select gen_random_uuid(), ${many.id}, 'Nhóm ' || number, 'vi', ${owner.id}, now() from generate_series(1, 31) as number
      returning id
    ),
    rows as (
      insert into cohort_mentors (id, cohort_id, person_id, valid_from, valid_until)
      select gen_random_uuid(), id, ${hoa.id}, now() - interval '9 days', now() - interval '1 day' from groups returning id, cohort_id
    )
    insert into mentoring_candidates (mentor_row_id, cohort_id, organisation_id, ended_on, graduates)
    select id, cohort_id, ${many.id}, current_date - 100 - row_number() over ()::integer, 9 from rows
  `.execute(db);
  const all = '/admin/organisations/domdom/mentoring-certificates';
  const pages = await Promise.all([1, 2, 3].map((page) => owner.get(`${all}?page=${page}`)));
  const names = pages.flatMap(({ html }) => html.querySelectorAll('section.card p > a').map(textOf));
  t.strictSame(names.slice(0, 2), ['Nhóm 31', 'Nhóm 30']);
  t.equal(new Set(names).size, 32, 'everybody is there once');
  t.match(pages[0]?.body, 'Hơn 15 người đang chờ');
  t.match(textOf((await manager.get(path)).html), /1 người đang chờ/, 'a small branch has its own');
  t.ok((await statementsOf(site, () => owner.get(all))).length <= 4);
  await assertValidHtml(t, new Map([['candidates', pages[0]?.body ?? '']]));
});
