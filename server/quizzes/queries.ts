import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { isAtQuiz } from '../attempts/queries.ts';
import { timeState } from '../attempts/timing/queries.ts';
import { readableCourses, versionRead } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { correctionsOf } from '../key-corrections/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { getVersion } from '../versions/reading.ts';
import { countDrawn } from './draw.ts';
import type { QuizSettings } from './settings.ts';

/** Anything of the course is done: what somebody knew before is not to be found out any more. */
const hasBegun = sql<boolean>`exists (
  select from completions
  where completions.person_id = enrolments.person_id and completions.enrolment_id = enrolments.id
)`;

const quizByKey = gathered({ person: 'uuid', slug: 'text', key: 'text' }, (db, { person, slug, key }) =>
  readableCourses(db, person)
    .innerJoin('items', (join) => join.on('items.version_id', '=', versionRead))
    .where('courses.slug', '=', slug)
    .where('items.key', '=', key)
    .where('items.kind', '=', 'quiz')
    .select(['courses.slug', 'enrolments.id as enrolment_id', 'items.id', 'items.version_id'])
    .select(sql<number>`extra_percent(${person}, courses.id, items.key)`.as('extra_percent'))
    .select((eb) => eb.ref('items.quiz').$castTo<QuizSettings>().as('settings'))
    .select(hasBegun.as('has_begun'))
    .select(correctionsOf(sql.ref('items.id')).as('corrections'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('attempts')
          .leftJoin('submissions', 'submissions.attempt_id', 'attempts.id')
          .leftJoinLateral(
            (lateral) =>
              lateral
                .selectFrom('markings')
                .whereRef('markings.attempt_id', '=', 'attempts.id')
                .select(['points', 'max_points', 'passed'])
                .orderBy('markings.number', 'desc')
                .limit(1)
                .as('marking'),
            (join) => join.onTrue(),
          )
          .whereRef('attempts.enrolment_id', '=', 'enrolments.id')
          .where(isAtQuiz(sql.ref('items.id')))
          .select(['attempts.id', 'attempts.number', 'attempts.started_at', 'submitted_at', 'attempts.item_id'])
          .select('attempts.ends_at')
          .select(timeState(sql.ref('attempts.ends_at')).as('time'))
          .select(['points', 'max_points', 'passed'])
          .orderBy('attempts.number', 'desc'),
      ).as('attempts'),
    ),
);

/** A quiz of a course that the person may see, with their attempts, newest first. */
export async function findQuiz(
  db: Kysely<Database>,
  person: { id: string },
  slug: string,
  key: string,
  language: Language,
) {
  const quiz = await quizByKey(db, { person: person.id, slug, key });
  if (quiz === undefined) return undefined;
  const version = await getVersion(db, quiz.version_id, language);
  const item = version.items.find(({ id }) => id === quiz.id);
  if (item === undefined) return undefined;
  return {
    ...item,
    ...quiz,
    course_title: version.title,
    language: version.language,
    /** How many an attempt asks. */
    question_count: quiz.settings.draw ? countDrawn(quiz.settings.draw) : item.question_count,
  };
}

export type Quiz = NonNullable<Awaited<ReturnType<typeof findQuiz>>>;
