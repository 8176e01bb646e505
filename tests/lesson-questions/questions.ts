import { v7 as newId } from 'uuid';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';

type Site = Pick<TestApp, 'db'>;

interface Told {
  words?: string;
  minutesAgo?: number;
}

/** Asked by a member about the small course, straight into the database. @returns its id */
export async function lessonQuestion(
  { db }: Site,
  member_id: string,
  { words = 'Vì sao lại thế?', minutesAgo = 0, key = 'second' }: Told & { key?: string } = {},
): Promise<string> {
  const id = newId();
  const at = new Date(Date.now() - minutesAgo * 60_000);
  await db
    .insertInto('lesson_questions')
    .columns(['id', 'cohort_id', 'course_id', 'item_key', 'member_id', 'person_id', 'words', 'written_at', 'active_at'])
    .expression(({ selectFrom, val }) =>
      selectFrom('cohort_members')
        .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
        .where('cohort_members.id', '=', member_id)
        .where('position', '=', 1)
        .select([val(id).as('id'), 'cohort_members.cohort_id', 'course_id', val(key).as('item_key')])
        .select(['cohort_members.id as member_id', 'person_id', val(words).as('words')])
        .select([val(at).as('written_at'), val(at).as('active_at')]),
    )
    .execute();
  return id;
}

/** Of a member, or of somebody who guides there. @returns its id */
export async function lessonAnswer(
  { db }: Site,
  question_id: string,
  author: { id: string; member?: string },
  { words = 'Vì đó là số hai.', minutesAgo = 0 }: Told = {},
): Promise<string> {
  const id = newId();
  const { newest } = await db
    .selectFrom('lesson_answers')
    .where('question_id', '=', question_id)
    .select(({ fn }) => fn.max('number').as('newest'))
    .executeTakeFirstOrThrow();
  await db
    .insertInto('lesson_answers')
    .values({
      id,
      question_id,
      number: (newest ?? 0) + 1,
      member_id: author.member ?? null,
      person_id: author.id,
      words,
      written_at: new Date(Date.now() - minutesAgo * 60_000),
    })
    .execute();
  return id;
}

/** By a mentor or a manager, through the form. @param home of the question */
export async function moderate(
  guide: Client,
  home: string,
  deed: string,
  { answer, reason = 'Không hợp ở đây' }: { answer?: string; reason?: string } = {},
): Promise<Page> {
  return guide.post(`${home}/moderation`, { deed, reason, ...(answer ? { answer } : {}) });
}
