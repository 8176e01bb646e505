import { type ExpressionBuilder, type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import type { Database } from '../../../database/connection.ts';
import { holdsRole } from '../../../organisations/access.ts';

type Somebody = { id: string };

/** Quizzes that it was copied into, or came from, and in which it stands still: in an open draft or in what readers have. */
export async function listUses(db: Kysely<Database>, person: Somebody, { id }: Somebody) {
  return db
    .selectFrom('bank_uses')
    .leftJoin('drafts', (join) =>
      join.onRef('drafts.slug', '=', 'bank_uses.slug').on('drafts.state', 'in', ['draft', 'in_review']),
    )
    .leftJoin('courses', 'courses.slug', 'bank_uses.slug')
    .innerJoin('organisations', (join) =>
      join.on(sql<SqlBool>`organisations.id = coalesce(drafts.organisation_id, courses.owner_organisation_id)`),
    )
    .leftJoin('course_listings as listing', (join) =>
      join.onRef('listing.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .where('bank_uses.question_id', '=', id)
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .where((eb) => eb.or([standsInDraft(eb), standsInCourse(eb)]))
    .select(['bank_uses.slug', 'bank_uses.item_key', 'drafts.id as draft_id', 'listing.title'])
    .select((eb) => [
      standsInDraft(eb).$castTo<boolean>().as('in_draft'),
      standsInCourse(eb).$castTo<boolean>().as('in_course'),
      sumThere(eb, 'people').as('people'),
      sumThere(eb, 'score').as('score'),
    ])
    .orderBy('bank_uses.slug')
    .orderBy('bank_uses.item_key')
    .limit(100)
    .execute();
}

/** What a quiz has from banks: the id of each in the bank, and the one it has there. */
export async function listUsesIn(db: Kysely<Database>, { slug }: { slug: string }, itemKey: string) {
  return db
    .selectFrom('bank_uses')
    .where('slug', '=', slug)
    .where('item_key', '=', itemKey)
    .select(['question_id', 'question_key'])
    .execute();
}

export async function keepUses(
  trx: Transaction<Database>,
  uses: { question_id: string; slug: string; item_key: string; question_key: string }[],
): Promise<void> {
  if (uses.length === 0) return;
  await trx
    .insertInto('bank_uses')
    .values(uses)
    .onConflict((conflict) =>
      conflict
        .columns(['question_id', 'slug', 'item_key'])
        .doUpdateSet(({ ref }) => ({ question_key: ref('excluded.question_key') })),
    )
    .execute();
}

type InUses = ExpressionBuilder<Database, 'bank_uses'>;

function standsInDraft(eb: InUses) {
  return eb.exists(
    eb
      .selectFrom('draft_files')
      .where(sql<SqlBool>`draft_files.draft_id = drafts.id`)
      .where('removed_at', 'is', null)
      .where(sql<SqlBool>`draft_files.path like '%/' || bank_uses.item_key || '.gift'`)
      .where(sql<SqlBool>`position('[id:' || bank_uses.question_key || ']' in draft_files.content) > 0`)
      .select('path'),
  );
}

/** In all versions of the course, by the sums that statistics keep. */
function sumThere(eb: InUses, column: 'people' | 'score') {
  return eb
    .selectFrom('course_versions')
    .innerJoin('items', 'items.version_id', 'course_versions.id')
    .innerJoin('questions', 'questions.item_id', 'items.id')
    .innerJoin('question_sums', 'question_sums.question_id', 'questions.id')
    .where(sql<SqlBool>`course_versions.course_id = courses.id`)
    .whereRef('items.key', '=', 'bank_uses.item_key')
    .whereRef('questions.key', '=', 'bank_uses.question_key')
    .select(sql<number>`coalesce(sum(${sql.ref(`question_sums.${column}`)}), 0)::bigint`.as('sum'));
}

function standsInCourse(eb: InUses) {
  return eb.exists(
    eb
      .selectFrom('items')
      .innerJoin('questions', 'questions.item_id', 'items.id')
      .where(sql<SqlBool>`items.version_id = courses.current_version_id`)
      .whereRef('items.key', '=', 'bank_uses.item_key')
      .whereRef('questions.key', '=', 'bank_uses.question_key')
      .select('questions.id'),
  );
}
