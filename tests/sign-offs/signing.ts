import { v7 as newId } from 'uuid';
import type { Files } from '../courses/folder.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { answer, handIn, learner, readLessons, startAttempt } from '../support/learners.ts';
import type { SignedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** The small course, which asks for a sign-off besides: four parts. */
export const withSignOff: Files = {
  'course.yaml': courseYaml().replace('quizzes: [final] }', 'quizzes: [final], sign_off: true }'),
};

/** Does all that the learner does themselves. */
export async function doAll(person: Client, slug = 'small'): Promise<void> {
  await readLessons(person, slug);
  const attempt = await startAttempt(person, 'final', slug);
  await answer(person, attempt);
  await handIn(person, attempt);
}

/** A learner who waits for nothing but the sign-off, straight into the database. */
export async function readyLearner(site: Site, someone: Parameters<typeof learner>[1] = {}): Promise<SignedIn> {
  const person = await learner(site, someone);
  await site.db
    .insertInto('completions')
    .columns(['person_id', 'enrolment_id', 'item_id', 'cause'])
    .expression(({ selectFrom, val }) =>
      selectFrom('enrolments')
        .innerJoin('items', 'items.version_id', 'enrolments.version_id')
        .where('person_id', '=', person.id)
        .where('ended_at', 'is', null)
        .where('items.required', '=', true)
        .where('items.kind', '<>', 'sign_off')
        .select(['enrolments.person_id', 'enrolments.id as enrolment_id', 'items.id as item_id'])
        .select(val('passed').as('cause')),
    )
    .execute();
  return person;
}

/** @returns the address at which somebody's sign-off is decided */
export async function signOffOf({ db }: Pick<Site, 'db'>, person: { id: string }, slug = 'small'): Promise<string> {
  const { id } = await db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'course_id')
    .where('person_id', '=', person.id)
    .where('slug', '=', slug)
    .where('ended_at', 'is', null)
    .select('enrolments.id')
    .executeTakeFirstOrThrow();
  return `/sign-offs/${id}`;
}

interface Sent {
  id?: string;
  supersedes?: string;
  verdict?: string;
  words?: string;
}

/** Signs off, unless another verdict is given. */
export async function decide(assessor: Client, address: string, sent: Sent = {}): Promise<Page> {
  return assessor.post(`${address}/decisions`, { id: newId(), supersedes: '', verdict: 'signed', words: '', ...sent });
}
