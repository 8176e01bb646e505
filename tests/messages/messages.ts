import { v7 as newId } from 'uuid';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';

type Site = Pick<TestApp, 'db'>;

/** Written by one of the two, straight into the database. @returns its id */
export async function message(
  { db }: Site,
  member_id: string,
  author: { id: string },
  words = 'Chào bạn',
): Promise<string> {
  const member = await db
    .selectFrom('cohort_members')
    .innerJoin('mentorships', 'mentorships.member_id', 'cohort_members.id')
    .where('cohort_members.id', '=', member_id)
    .where('mentorships.valid_until', 'is', null)
    .select(['cohort_members.cohort_id', 'person_id', 'mentor_id'])
    .executeTakeFirstOrThrow();
  await db
    .insertInto('message_threads')
    .values({ id: newId(), member_id, ...member })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id: thread_id } = await db
    .selectFrom('message_threads')
    .select('id')
    .where('member_id', '=', member_id)
    .where('mentor_id', '=', member.mentor_id)
    .executeTakeFirstOrThrow();
  const { count } = await db
    .selectFrom('messages')
    .where('thread_id', '=', thread_id)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const id = newId();
  const row = { id, thread_id, number: Number(count) + 1, person_id: author.id, words };
  await db.insertInto('messages').values(row).execute();
  return id;
}

/** Says that something in it is not right, straight into the database. @returns the report's id */
export async function report({ db }: Site, message_id: string, person: { id: string }): Promise<string> {
  const id = newId();
  await db.insertInto('message_reports').values({ id, message_id, person_id: person.id, reason: 'Xin tiền' }).execute();
  return id;
}

/** Through the form. @param path of the thread */
export async function write(author: Client, path: string, words: string): Promise<Page> {
  return author.submit(await author.get(path), { form: path, fields: { words } });
}
