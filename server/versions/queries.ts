import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AssignmentSettings } from '../assignments/rubric.ts';
import { type Placeholders, prepared } from '../database/prepared.ts';
import type { Language } from '../platform/i18n.ts';
import type { Question } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';

/** Versions with their items, in the reader's language where they have it, else in the one they were written in. */
export const selectVersions = prepared((db, { ids, language }: Placeholders<{ ids: string[]; language: Language }>) =>
  db
    .selectFrom('course_versions')
    .innerJoin('course_version_texts as text', (join) =>
      join
        .onRef('text.version_id', '=', 'course_versions.id')
        .on(
          'text.language',
          '=',
          sql<string>`case when ${language} = any(course_versions.languages) then ${language} else course_versions.languages[1] end`,
        ),
    )
    .where(sql<boolean>`course_versions.id = any(${ids}::uuid[])`)
    .select(['course_versions.id', 'number', 'topic', 'level', 'hours', 'licence', 'languages', 'published_at'])
    .select(['text.language', 'text.title', 'text.summary', 'text.outcomes', 'text.html'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('items')
          .innerJoin('item_texts', (join) =>
            join.onRef('item_texts.item_id', '=', 'items.id').onRef('item_texts.language', '=', 'text.language'),
          )
          .whereRef('items.version_id', '=', 'course_versions.id')
          .select(['items.id', 'key', 'kind', 'minutes', 'required', 'open'])
          .select(['item_texts.title', 'bytes', 'picture_bytes'])
          .select((inner) =>
            inner
              .selectFrom('questions')
              .innerJoin('question_texts', (join) =>
                join
                  .onRef('question_texts.question_id', '=', 'questions.id')
                  .onRef('question_texts.language', '=', 'text.language'),
              )
              .whereRef('questions.item_id', '=', 'items.id')
              // A description asks nothing.
              .where(sql`question_texts.body ->> 'type'`, '<>', 'description')
              .select((deepest) => deepest.fn.countAll<number>().as('count'))
              .$asScalar()
              .$notNull()
              .as('question_count'),
          )
          .select((inner) =>
            inner
              .selectFrom('questions')
              .innerJoin('question_texts', 'question_texts.question_id', 'questions.id')
              .whereRef('questions.item_id', '=', 'items.id')
              .whereRef('question_texts.language', '=', 'text.language')
              .where(sql`question_texts.body ->> 'type'`, '=', 'essay')
              .select((deepest) => deepest.fn.countAll<number>().as('count'))
              .$asScalar()
              .$notNull()
              .as('essay_count'),
          )
          .select((inner) => inner.ref('items.quiz').$castTo<QuizSettings | null>().as('quiz'))
          .select((inner) => inner.ref('items.assignment').$castTo<AssignmentSettings | null>().as('assignment'))
          .orderBy('position'),
      ).as('items'),
    )
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('course_version_skills as skill')
          .whereRef('skill.version_id', '=', 'course_versions.id')
          .select(['framework', 'code'])
          .orderBy('framework')
          .orderBy('code'),
      ).as('skills'),
    )
    .select((eb) =>
      eb
        .exists(eb.selectFrom('glossary_terms').whereRef('glossary_terms.version_id', '=', 'course_versions.id'))
        .$castTo<boolean>()
        .as('has_glossary'),
    ),
);

export const selectItemText = prepared(
  (db, { item_id, language }: Placeholders<{ item_id: string; language: string }>) =>
    db.selectFrom('item_texts').select('html').where('item_id', '=', item_id).where('language', '=', language),
);

/** The questions of a quiz in its author's order, each in every language it has. */
export const selectQuestions = prepared((db, { item_id }: Placeholders<{ item_id: string }>) =>
  db
    .selectFrom('questions')
    .where('item_id', '=', item_id)
    .select(['id', 'key', 'position', 'points', 'draw'])
    .select((eb) =>
      eb
        .selectFrom('question_texts')
        .whereRef('question_id', '=', 'questions.id')
        .select(sql<Record<string, Question>>`jsonb_object_agg(language, body)`.as('bodies'))
        .$asScalar()
        .$notNull()
        .as('bodies'),
    )
    .orderBy('position'),
);

/** An assignment in every language, with its rubric in its author's order. */
export const selectTask = prepared((db, { item_id }: Placeholders<{ item_id: string }>) =>
  db
    .selectFrom('items')
    .where('items.id', '=', item_id)
    .where('assignment', 'is not', null)
    .select((eb) => [
      eb.ref('assignment').$castTo<AssignmentSettings>().as('settings'),
      jsonArrayFrom(
        eb.selectFrom('item_texts').whereRef('item_id', '=', 'items.id').select(['language', 'title', 'html']),
      ).as('texts'),
      jsonArrayFrom(
        eb
          .selectFrom('criteria')
          .whereRef('item_id', '=', 'items.id')
          .select(['criteria.id', 'points'])
          .select((inner) =>
            jsonArrayFrom(
              inner
                .selectFrom('criterion_texts')
                .whereRef('criterion_id', '=', 'criteria.id')
                .select(['language', 'title', 'levels']),
            ).as('texts'),
          )
          .orderBy('position'),
      ).as('criteria'),
    ]),
);
