import { type AliasableExpression, type Expression, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { type Correction, correctedBody, newestOf } from '../attempts/contents.ts';
import type { Database } from '../database/connection.ts';
import { correctionsOf } from '../key-corrections/queries.ts';
import { holdsRole } from '../organisations/access.ts';
import { NotFound, orNotFound } from '../platform/errors.ts';
import type { Question } from '../quizzes/question.ts';
import type { TypedRules } from '../quizzes/typed-answer.ts';
import type { OptionSum, TypedSum } from './answers.ts';
import type { FunnelLine, Stop } from './funnel.ts';
import type { GainSums } from './gains.ts';
import type { Sums } from './judging.ts';

type Somebody = { id: string };

export interface CourseVersion {
  id: string;
  number: number;
}

/** Whoever may make the course better: on a `courses` row of the statement around it. */
export function readsStatistics(person: { id: string | Expression<string> }): AliasableExpression<SqlBool> {
  return sql<SqlBool>`exists (
    select from organisations as course_owner
    where course_owner.id = courses.owner_organisation_id
      and ${holdsRole(person, ['author', 'reviewer', 'manager'], sql.ref('course_owner.path'))}
  )`;
}

export interface CourseStatistics {
  slug: string;
  /** The newest first. */
  versions: CourseVersion[];
  funnels: FunnelLine[];
  stops: Stop[];
  gains: GainSums[];
  counted_at: Date | null;
}

/** @throws NotFound for who has no part in the course */
export async function getCourseStatistics(
  db: Kysely<Database>,
  reader: Somebody,
  slug: string,
): Promise<CourseStatistics> {
  const ofCourse = sql`join course_versions on course_versions.id = version_id where course_id = courses.id`;
  const { rows } = await sql<CourseStatistics>`
    select slug,
      (
        select json_agg(json_build_object('id', id, 'number', number) order by number desc)
        from course_versions where course_id = courses.id
      ) as versions,
      (
        select coalesce(json_agg(json_build_object(
          'version', number, 'month', to_char(month, 'YYYY-MM'), 'enrolled', enrolled, 'started', started,
          'half', half, 'finished', finished, 'certified', certified
        ) order by month desc, number desc), '[]')
        from course_funnels ${ofCourse}
      ) as funnels,
      (
        select coalesce(json_agg(json_build_object('version', number, 'item_id', item_id, 'people', people)), '[]')
        from course_stops ${ofCourse}
      ) as stops,
      (
        select coalesce(json_agg(json_build_object('version', number, 'people', people, 'before', before, 'after', after)), '[]')
        from course_gains ${ofCourse}
      ) as gains,
      (select max(counted_at) from course_funnels ${ofCourse}) as counted_at
    from courses
    where slug = ${slug} and current_version_id is not null and ${readsStatistics(reader)}
  `.execute(db);
  return orNotFound(rows[0]);
}

export interface QuizStatistics {
  slug: string;
  /** Those that have the quiz, the newest first. */
  versions: (CourseVersion & { item_id: string })[];
  /** By version and question; of nobody yet, none. */
  questions: (Sums & { version: number; key: string })[];
}

/** @throws NotFound for who has no part in the course, and for what is no quiz of it */
export async function getQuizStatistics(
  db: Kysely<Database>,
  reader: Somebody,
  slug: string,
  quiz: string,
): Promise<QuizStatistics> {
  const { rows } = await sql<QuizStatistics>`
    select slug,
      (
        select coalesce(json_agg(json_build_object('id', course_versions.id, 'number', number, 'item_id', items.id) order by number desc), '[]')
        from ${quizItems(quiz)}
      ) as versions,
      (
        select coalesce(json_agg(to_jsonb(question_sums) || jsonb_build_object('version', number, 'key', questions.key)), '[]')
        from ${quizItems(
          quiz,
          sql`
          join questions on questions.item_id = items.id
          join question_sums on question_sums.question_id = questions.id
        `,
        )}
      ) as questions
    from courses
    where slug = ${slug} and ${readsStatistics(reader)}
  `.execute(db);
  const found = orNotFound(rows[0]);
  if (found.versions.length === 0) throw new NotFound();
  return found;
}

export interface AskedIn {
  version: number;
  version_id: string;
  /** Among the questions of its quiz, from 1. */
  position: number;
  /** By its key as it stands now. */
  bodies: Record<string, Question>;
  sums: Sums | null;
  options: OptionSum[];
  /** The commonest, with how many typed them in all versions; of each blank. */
  typed: TypedSum[];
  /** By which typed words are judged. */
  rules: TypedRules;
}

type AskedRow = AskedIn & { id: string; corrections: Correction[] };

const mostTyped = 10;

/**
 * A question in each version that asks it, the newest first.
 * @throws NotFound for who has no part in the course, and for what is no question of it
 */
export async function getQuestionStatistics(
  db: Kysely<Database>,
  reader: Somebody,
  slug: string,
  place: { quiz: string; question: string },
): Promise<{ slug: string; versions: AskedIn[] }> {
  const { rows } = await sql<{ slug: string; versions: AskedRow[] }>`
    select slug, (
      select coalesce(json_agg(json_build_object(
        'version', number, 'version_id', course_versions.id, 'id', questions.id,
        'corrections', ${correctionsOf(sql.ref('items.id'))},
        'position', questions.position,
        'bodies', (select jsonb_object_agg(language, body) from question_texts where question_id = questions.id),
        'sums', (select to_jsonb(question_sums) from question_sums where question_id = questions.id),
        'options', (
          select coalesce(json_agg(json_build_object('part', part, 'position', option_sums.position, 'people', people)), '[]')
          from option_sums where question_id = questions.id
        ),
        'typed', (
          select coalesce(json_agg(json_build_object('part', part, 'words', words, 'people', people)), '[]')
          from (
            (
              select 0 as part, words, people from typed_sums
              where question_id = questions.id and words is not null
              order by people desc
              limit ${mostTyped}
            )
            union all
            select part, words, people
            from (
              select part, words, people, row_number() over (partition by part order by people desc) as place
              from blank_sums where question_id = questions.id and words is not null
            ) as ranked
            where place <= ${mostTyped}
          ) as commonest
        ),
        'rules', items.quiz
      ) order by number desc), '[]')
      from ${quizItems(place.quiz, sql`join questions on questions.item_id = items.id and questions.key = ${place.question}`)}
    ) as versions
    from courses
    where slug = ${slug} and ${readsStatistics(reader)}
  `.execute(db);
  const found = orNotFound(rows[0]);
  if (found.versions.length === 0) throw new NotFound();
  const versions = found.versions.map(({ id, corrections, bodies, ...asked }) => {
    const correction = newestOf({ id }, corrections);
    const corrected = Object.keys(bodies).flatMap((language) => {
      const body = correctedBody(bodies, language, correction);
      return body === undefined ? [] : [[language, body] as const];
    });
    return { ...asked, bodies: Object.fromEntries(corrected) };
  });
  return { ...found, versions };
}

/** A quiz in every version of the `courses` row of the statement around it, under its permanent key. */
function quizItems(quiz: string, joined: RawBuilder<unknown> = sql``): RawBuilder<unknown> {
  return sql`course_versions
    join items on items.version_id = course_versions.id and items.key = ${quiz} and items.kind = 'quiz'
    ${joined}
    where course_versions.course_id = courses.id`;
}
