import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import readSheet from 'read-excel-file/node';
import type { Test } from 'tap';
import { v7 as newId } from 'uuid';
import { cohort, mentor, type TestCohort } from '../cohorts/cohorts.ts';
import type { Files } from '../courses/folder.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';

/** The words of a table on a page, its header first; headings between the rows are left out. */
export function tableOf({ html }: Page): string[][] {
  const rows = html.querySelectorAll('table.results tr').filter((row) => !row.classList.contains('apart'));
  return rows.map((row) => row.querySelectorAll('th, td').map(textOf));
}

export function csvRows({ body }: Page, delimiter = ','): string[][] {
  return parse(body, { bom: true, delimiter }) as string[][];
}

type SheetCell = string | number | boolean | Date | null;

/** The cells of the first sheet as they are typed there. */
export async function sheetRows({ app }: Pick<TestApp, 'app'>, visitor: Client, url: string): Promise<SheetCell[][]> {
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { rawPayload } = await app.inject({ url, headers: { cookie } });
  const [sheet] = await readSheet(rawPayload, { trim: false });
  return (sheet?.data ?? []) as SheetCell[][];
}

/** Members by the hundred, without accounts. @returns their ids as members, in that order */
export async function crowd(
  { db }: Pick<TestApp, 'db'>,
  { id: cohort_id }: TestCohort,
  { id: mentor_id }: { id: string },
  names: string[],
): Promise<string[]> {
  const people = names.map((full_name, number) => ({ person_id: newId(), id: newId(), full_name, number }));
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('persons')
      .values(people.map(({ person_id: id }) => ({ id })))
      .execute();
    await trx
      .insertInto('person_details')
      .values(
        people.map(({ person_id, full_name, number }) => ({
          person_id,
          full_name,
          learner_code: String(9_000_000_000 + number),
          secret_kind: 'password',
          secret_hash: '',
          recovery_hash: '',
        })),
      )
      .execute();
    // The rules look at everybody for each row: nothing is tried here that they would refuse.
    for (const table of ['cohort_members', 'mentorships'])
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
    await trx
      .insertInto('cohort_members')
      .values(people.map(({ id, person_id }) => ({ id, person_id, cohort_id })))
      .execute();
    await trx
      .insertInto('mentorships')
      .values(people.map(({ id: member_id }) => ({ id: newId(), member_id, cohort_id, mentor_id })))
      .execute();
    for (const table of ['cohort_members', 'mentorships'])
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
  });
  return people.map(({ id }) => id);
}

/** A cohort that learns the small course, with a mentor who has room and the manager above. */
export async function siteWithCohort(t: Test, changes: Files = {}) {
  const site = await testApp(t);
  await publish(t, site, changes);
  const group = await cohort(site);
  const hoa = await mentor(site, group, { capacity: 500 });
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  return { ...site, group, home: `/cohorts/${group.id}/results`, hoa, manager };
}
export type Site = Awaited<ReturnType<typeof siteWithCohort>>;
