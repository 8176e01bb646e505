import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { saveAnswers } from '../attempts/answers/queries.ts';
import { handIn } from '../attempts/handing-in.ts';
import { findAttempt, openAttempt } from '../attempts/queries.ts';
import { issueWhenComplete } from '../certificates/issuing.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { complete, enrol, lockEnrolment } from '../enrolments/queries.ts';
import { ask, findAdviser } from '../help/queries.ts';
import { orNotFound } from '../platform/errors.ts';
import { correctResponse } from '../quizzes/marking.ts';
import { isMarkable, type MarkableQuestion, type Response } from '../quizzes/question.ts';
import { getVersion, type VersionItem } from '../versions/reading.ts';
import { findEnrolment, getCourse } from './queries.ts';
import { type Reader, readersCourse } from './readers.ts';
import type { Deed, Learner } from './story.ts';

interface Site {
  db: Kysely<Database>;
  config: Pick<Config, 'publicUrl'>;
}

type Somebody = { id: string };

/** Does what the story says of somebody. */
export async function live(site: Site, learner: Learner, person: Somebody, deed: Deed): Promise<void> {
  const { db } = site;
  const course = await getCourse(db, deed.course);
  if (!learner.inCohort) await enrol(db, person, course);
  const enrolment = await findEnrolment(db, person, course);
  const { items } = await getVersion(db, course.version_id, 'vi');
  if ('failed' in deed) {
    const quiz = orNotFound(items.find(({ key }) => key === deed.failed));
    for (let time = 0; time < deed.times; time += 1) await takeQuiz(site, enrolment, quiz, partly(0.3));
  } else if ('stuckAt' in deed) {
    const place = { item_key: deed.stuckAt, question_id: null };
    const adviser = orNotFound(await findAdviser(db, person, deed.course, place));
    await db.transaction().execute((trx) => ask(trx, adviser, { id: randomUUID(), ...place, words: deed.words }));
  } else {
    const done = 'all' in deed ? items : items.slice(0, deed.items);
    for (const item of done) {
      if (item.kind === 'quiz') await takeQuiz(site, enrolment, item, partly(0.9));
      else await readLesson(site, enrolment, item);
    }
  }
}

type Enrolment = Awaited<ReturnType<typeof findEnrolment>>;

async function readLesson({ db, config }: Site, enrolment: Enrolment, item: VersionItem): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockEnrolment(trx, enrolment.id);
    await complete(trx, enrolment, item, 'read');
    await issueWhenComplete(trx, enrolment, config);
  });
}

/** What somebody answers to a question of so many; null leaves it empty. */
type Answering = (body: MarkableQuestion, index: number, count: number) => Response | null;

/** @param share how many of the questions are answered, each rightly */
function partly(share: number): Answering {
  return (body, index, count) => (index < Math.ceil(count * share) ? correctResponse(body) : null);
}

async function takeQuiz(
  site: Site,
  enrolment: Enrolment,
  { id, quiz }: VersionItem,
  answering: Answering,
): Promise<void> {
  const { db } = site;
  const settings = orNotFound(quiz ?? undefined);
  const attemptId = await db.transaction().execute((trx) => openAttempt(trx, enrolment, { id }, settings));
  const person = { id: enrolment.person_id };
  const attempt = orNotFound(await findAttempt(db, person, orNotFound(attemptId ?? undefined), 'vi'));
  const given = attempt.questions.flatMap(({ id: question_id, body }, index) => {
    const response = isMarkable(body) ? answering(body, index, attempt.questions.length) : null;
    return response === null ? [] : [{ question_id, drawn_from: 0, response }];
  });
  await saveAnswers(db, attempt, given);
  await handIn(site, attempt, 'vi');
}

/** Learns by themselves, and answers as well as they can: what makes the numbers of a course. */
export async function readAlong(
  site: Site,
  person: Somebody,
  { skill, items: most }: Reader,
  number: number,
): Promise<void> {
  const course = await getCourse(site.db, readersCourse);
  await enrol(site.db, person, course);
  const enrolment = await findEnrolment(site.db, person, course);
  const { items } = await getVersion(site.db, course.version_id, 'vi');
  for (const item of items.slice(0, most)) {
    if (item.kind === 'lesson') await readLesson(site, enrolment, item);
    else
      await takeQuiz(site, enrolment, item, (body, index, count) => {
        // The last question is one that misleads those who know most.
        const knows = index === count - 1 ? skill < 0.6 : ((number * 7 + index * 11) % 13) / 13 < skill;
        return knows ? correctResponse(body) : wrongResponse(body);
      });
  }
}

function wrongResponse(body: MarkableQuestion): Response | null {
  switch (body.type) {
    case 'choice':
      return { choice: body.options.findIndex(({ weight }) => weight <= 0) };
    case 'choices':
      return { choices: [body.options.findIndex(({ weight }) => weight <= 0)] };
    case 'truefalse':
      return { truefalse: !body.correct };
    case 'short':
      return { text: 'không nhớ' };
    case 'number':
      return { text: '0' };
    case 'matching':
    case 'ordering':
    case 'cloze':
      return null;
  }
}
