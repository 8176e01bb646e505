import { v7 as newId } from 'uuid';
import type { Files } from '../courses/folder.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { answer, handIn, readLessons, startAttempt } from '../support/learners.ts';
import { type Answers, courseYaml } from '../support/small-course.ts';

type Site = Pick<TestApp, 'db'>;

/** The small course, whose last quiz has a question for the rules and an essay: 60 per cent of two points pass. */
export const withEssay: Files = {
  'course.yaml': courseYaml({ shuffle: false }),
  'vi/final.gift': `// [id:one]
::Một::[markdown]Một cộng một?{=Hai ~Ba}

// [id:tell] [tag:lesson:first]
::Kể::[markdown]Bạn sẽ nói gì với một người bạn?{####Hai ý là đủ, *Lời-riêng-cho-người-chấm*.}
`,
  'en/final.gift': `// [id:one]
::One::[markdown]One and one?{=Two ~Three}

// [id:tell] [tag:lesson:first]
::Tell::[markdown]What would you tell a friend?{####Two reasons will do, *Words-for-markers-alone*.}
`,
};

export const words = 'Đừng bấm đường dẫn lạ.\n\nHãy gọi lại cho người gửi.';
export const written: Answers = { 'Một cộng một': 'Hai', 'Bạn sẽ nói gì': words };

/** Reads the lessons and hands the quiz in. @returns the address of the attempt */
export async function handedIn(person: Client, answers: Answers = written, slug = 'small'): Promise<string> {
  await readLessons(person, slug);
  const attempt = await startAttempt(person, 'final', slug);
  await answer(person, attempt, answers);
  await handIn(person, attempt);
  return attempt;
}

/** An attempt that waits, straight into the database. @returns its id */
export async function waitingEssay({ db }: Site, person: { id: string }, slug: string): Promise<string> {
  const { enrolment_id, item_id, question_id } = await db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'course_id')
    .innerJoin('items', 'items.version_id', 'enrolments.version_id')
    .innerJoin('questions', 'questions.item_id', 'items.id')
    .where('person_id', '=', person.id)
    .where('slug', '=', slug)
    .where('questions.key', '=', 'tell')
    .select(['enrolments.id as enrolment_id', 'items.id as item_id', 'questions.id as question_id'])
    .executeTakeFirstOrThrow();
  const id = newId();
  const own = { person_id: person.id, attempt_id: id };
  await db.insertInto('attempts').values({ id, person_id: person.id, enrolment_id, item_id, number: 1 }).execute();
  const response = JSON.stringify({ text: words });
  await db
    .insertInto('answers')
    .values({ ...own, question_id, revision: 1, language: 'vi', response })
    .execute();
  await db.insertInto('submissions').values({ attempt_id: id }).execute();
  await db.insertInto('unmarked_essays').values({ attempt_id: id }).execute();
  return id;
}

/** The address at which that attempt is marked. */
export const essayOf = (attempt: string) => attempt.replace('/attempts/', '/essays/');

interface Sent {
  points?: string;
  remark?: string;
  supersedes?: string;
  id?: string;
}

export function marking({ points = '1', remark = '', supersedes = '', id = newId() }: Sent = {}) {
  return { id, supersedes, 'points-1': points, 'remark-1': remark };
}

/** Begins and marks. */
export async function mark(mentor: Client, address: string, sent: Sent = {}): Promise<Page> {
  await mentor.post(`${address}/claim`, { ok: '' });
  return mentor.post(`${address}/markings`, marking(sent));
}

export function markingsOf({ db }: Site, attempt: string) {
  return db
    .selectFrom('markings')
    .where('attempt_id', '=', attempt.split('/').at(-1) ?? '')
    .select(['number', 'cause', 'points', 'max_points', 'passed'])
    .orderBy('number')
    .execute();
}
