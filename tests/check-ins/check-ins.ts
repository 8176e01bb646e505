import { v7 as newId } from 'uuid';
import type { TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';

type Site = Pick<TestApp, 'db'>;

/** Straight into the database, for what only needs one to be there. @returns the entry's id */
export async function checkIn(
  { db }: Site,
  member_id: string,
  author: { id: string },
  fields: Partial<{ met_on: string; note: string; private_note: string; next_step: string }> = {},
): Promise<string> {
  const entry_id = newId();
  const { person_id } = await db
    .selectFrom('cohort_members')
    .select('person_id')
    .where('id', '=', member_id)
    .executeTakeFirstOrThrow();
  const row = { entry_id, revision: 0, member_id, person_id, author_id: author.id, channel: 'call' };
  await db
    .insertInto('check_ins')
    .values({ ...row, met_on: '2026-01-15', is_private: fields.note === undefined, ...fields })
    .execute();
  return entry_id;
}

/** Through the form, as a mentor does. @param home of the member */
export async function note(mentor: Client, home: string, fields: Record<string, string>) {
  return mentor.submit(await mentor.get(`${home}/check-ins/new`), { fields });
}
