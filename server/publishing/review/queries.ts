import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import type { Database } from '../../database/connection.ts';
import { lockDraft } from '../files/queries.ts';
import type { Draft } from '../queries.ts';
import type { StaleMark } from '../translation/stale.ts';

type Somebody = { id: string };

export type Reviewing = Awaited<ReturnType<typeof getReviewing>>;

/**
 * How far the review of a draft is: its rounds, what is still to be answered by item, and what was said.
 * @param itemKey of the item whose comments are shown; null: those on the course as a whole
 */
export async function getReviewing(db: Kysely<Database>, { id }: Draft, itemKey: string | null = null) {
  const { reviews, open_comments, ...found } = await db
    .selectFrom('drafts')
    .where('drafts.id', '=', id)
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('draft_reviews')
          .leftJoin('person_details as by', 'by.person_id', 'submitted_by_id')
          .leftJoin('person_details as decider', 'decider.person_id', 'decided_by_id')
          .whereRef('draft_id', '=', 'drafts.id')
          .select(['draft_reviews.id', 'revision', 'changes', 'submitted_at', 'verdict', 'decided_at', 'comment'])
          .select(['submitted_by_id', 'by.full_name as submitted_by_name', 'decider.full_name as decided_by_name'])
          .orderBy('submitted_at', 'desc')
          .orderBy('draft_reviews.id', 'desc')
          .limit(20),
      ).as('reviews'),
      jsonArrayFrom(
        eb
          .selectFrom('draft_comments')
          .leftJoin('person_details as author', 'author.person_id', 'author_id')
          .whereRef('draft_id', '=', 'drafts.id')
          .where('item_key', 'is not distinct from', itemKey)
          .select(['draft_comments.id', 'line', 'words', 'written_at', 'resolved_at'])
          .select('author.full_name as author_name')
          // The open ones first.
          .orderBy(sql`resolved_at is not null`)
          .orderBy('written_at')
          .orderBy('draft_comments.id')
          .limit(200),
      ).as('comments'),
      sql<Record<string, number>>`(
        select coalesce(json_object_agg(key, count), '{}') from (
          select coalesce(item_key, '') as key, count(*) as count from draft_comments
          where draft_id = drafts.id and resolved_at is null group by 1
        ) as open
      )`.as('open_comments'),
      sql<{ path: string; code: string; reason: string; name: string | null }[]>`(
        select coalesce(json_agg(json_build_object(
          'path', path, 'code', code, 'reason', reason, 'name', full_name) order by path, code), '[]')
        from draft_waivers left join person_details on person_id = waived_by_id where draft_id = drafts.id
      )`.as('waivers'),
      sql<StaleMark[]>`(
        select coalesce(json_agg(json_build_object(
          'file', file, 'language', language, 'block', block,
          'source_language', source_language, 'source_after', source_after)), '[]')
        from draft_translation_marks where draft_id = drafts.id and settled_how is null
      )`.as('stale'),
    ])
    .executeTakeFirstOrThrow();
  return { ...found, reviews, open_comments, last: reviews[0] ?? null };
}

export interface Submission {
  id: string;
  /** Of the draft, as its author saw it. */
  revision: number;
  changes: string;
}

/** To be reviewed: from now on nobody writes in it. Sent twice, it is submitted once. */
export async function submitDraft(
  trx: Transaction<Database>,
  draft: Draft,
  { id, revision, changes }: Submission,
  author: Somebody,
): Promise<'submitted' | 'changed'> {
  const now = await lockDraft(trx, draft);
  if (now.state === 'in_review') return 'submitted';
  if (now.state !== 'draft' || now.revision !== revision) return 'changed';
  await trx
    .insertInto('draft_reviews')
    .values({ id, draft_id: draft.id, revision, changes, submitted_by_id: author.id })
    .execute();
  await setState(trx, draft, 'in_review');
  await tellDeed(trx, draft, 'draft.submitted', author);
  return 'submitted';
}

/** Back to its authors, by one of them or by a reviewer who says what is to be changed. Sent twice, it is sent back once. */
export async function returnDraft(
  trx: Transaction<Database>,
  draft: Draft,
  decision: { verdict: 'withdrawn' } | { verdict: 'sent_back'; comment: string },
  person: Somebody,
): Promise<void> {
  const now = await lockDraft(trx, draft);
  if (now.state !== 'in_review') return;
  await decide(trx, draft, decision, person);
  await setState(trx, draft, 'draft');
  await tellDeed(trx, draft, decision.verdict === 'withdrawn' ? 'draft.withdrawn' : 'draft.sent_back', person);
}

/** Within the transaction that makes the version. @throws where who decides has written it, by constraint */
export async function setPublished(
  trx: Transaction<Database>,
  draft: Draft,
  version: { id: string; course_id: string; number: number },
  reviewer: Somebody,
): Promise<void> {
  await decide(trx, draft, { verdict: 'published' }, reviewer);
  await trx
    .updateTable('drafts')
    .set({ state: 'published', version_id: version.id, course_id: version.course_id, changed_at: sql`now()` })
    .where('id', '=', draft.id)
    .execute();
  await tellDeed(trx, draft, 'draft.published', reviewer, { version: version.number });
}

async function decide(
  trx: Transaction<Database>,
  { id }: Draft,
  decision: { verdict: string; comment?: string },
  person: Somebody,
): Promise<void> {
  await trx
    .updateTable('draft_reviews')
    .set({ ...decision, decided_by_id: person.id, decided_at: sql`now()` })
    .where('draft_id', '=', id)
    .where('verdict', 'is', null)
    .execute();
}

async function setState(trx: Transaction<Database>, { id }: Draft, state: 'draft' | 'in_review'): Promise<void> {
  await trx.updateTable('drafts').set({ state, changed_at: sql`now()` }).where('id', '=', id).execute();
}

async function tellDeed(
  trx: Transaction<Database>,
  { slug, organisation_code }: Draft,
  verb: Verb,
  { id }: Somebody,
  more: Record<string, string | number> = {},
): Promise<void> {
  const facts = { course: slug, organisation: organisation_code, ...more };
  await insertAuditEvent(trx, { actor_id: id, subject_id: null, verb, channel: 'web', facts });
}

/** The course of that name as it is now, held while its next version is made. */
export async function lockCourse(trx: Transaction<Database>, slug: string) {
  return trx
    .selectFrom('courses')
    .where('slug', '=', slug)
    .select(['id', 'owner_organisation_id', 'current_version_id'])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The version that readers have now becomes what the draft is compared with. */
export async function setBase(trx: Transaction<Database>, draft: Draft): Promise<void> {
  const now = await lockDraft(trx, draft);
  if (now.state !== 'draft' || draft.current_version_id === null) return;
  await trx
    .updateTable('drafts')
    .set({ base_version_id: draft.current_version_id, changed_at: sql`now()` })
    .where('id', '=', draft.id)
    .execute();
}

/** By a reviewer, for a reason that stays on record. Sent twice, the first reason stays. */
export async function insertWaiver(
  trx: Transaction<Database>,
  draft: Draft,
  waiver: { path: string; code: string; reason: string },
  reviewer: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('draft_waivers')
    .values({ draft_id: draft.id, ...waiver, waived_by_id: reviewer.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  const { path, code } = waiver;
  await tellDeed(trx, draft, 'draft.waived', reviewer, { path, code });
}

export interface NewComment {
  id: string;
  item_key: string | null;
  line: number | null;
  words: string;
}

/** The form sent again makes no second one. */
export async function insertComment(db: Kysely<Database>, draft: Draft, comment: NewComment, author: Somebody) {
  await db
    .insertInto('draft_comments')
    .values({ ...comment, draft_id: draft.id, author_id: author.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @returns what it was about; undefined where there is no such comment */
export async function resolveComment(db: Kysely<Database>, draft: Draft, id: string, person: Somebody) {
  await db
    .updateTable('draft_comments')
    .set({ resolved_by_id: person.id, resolved_at: sql`now()` })
    .where('id', '=', id)
    .where('draft_id', '=', draft.id)
    .where('resolved_at', 'is', null)
    .execute();
  return db
    .selectFrom('draft_comments')
    .select('item_key')
    .where('id', '=', id)
    .where('draft_id', '=', draft.id)
    .executeTakeFirst();
}
