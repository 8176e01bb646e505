import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Note } from '../moving-in/draft.ts';
import { holdsRole } from '../organisations/access.ts';
import { Forbidden, NotFound, orNotFound } from '../platform/errors.ts';
import { type Content, saveDraftFiles } from './files/queries.ts';
import { takeOverMarks } from './translation/queries.ts';

type Somebody = { id: string };

/** A draft with what its reader may do to it. */
export type Draft = Awaited<ReturnType<typeof getDraft>>;

type State = 'draft' | 'in_review' | 'published' | 'discarded';

/** @throws NotFound for who is neither author nor reviewer nor manager at or above the organisation it belongs to */
export async function getDraft(db: Kysely<Database>, person: Somebody, id: string) {
  const draft = await db
    .selectFrom('drafts')
    .innerJoin('organisations', 'organisations.id', 'drafts.organisation_id')
    .leftJoin('courses', 'courses.id', 'drafts.course_id')
    .leftJoin('course_versions as base', 'base.id', 'drafts.base_version_id')
    .where('drafts.id', '=', id)
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .select(['drafts.id', 'drafts.slug', 'drafts.course_id', 'drafts.organisation_id', 'drafts.base_version_id'])
    .select([
      'drafts.revision',
      'drafts.made_at',
      'drafts.changed_at',
      'drafts.version_id',
      'base.number as base_number',
    ])
    .select(['organisations.code as organisation_code', 'organisations.name as organisation_name'])
    .select(['organisations.trusted', 'courses.current_version_id'])
    .select((eb) => [
      eb.ref('drafts.state').$castTo<State>().as('state'),
      eb('drafts.report', 'is not', null).$castTo<boolean>().as('has_report'),
      holdsRole(person, ['author'], eb.ref('organisations.path')).as('may_write'),
      holdsRole(person, ['reviewer'], eb.ref('organisations.path')).as('may_review'),
      eb
        .exists(
          eb
            .selectFrom('draft_editors')
            .innerJoin('persons', 'persons.id', 'draft_editors.person_id')
            .whereRef('draft_id', '=', 'drafts.id')
            .where(sql<boolean>`${person.id} in (persons.id, persons.merged_into_id)`),
        )
        .$castTo<boolean>()
        .as('wrote'),
    ])
    .executeTakeFirst();
  const { may_write, may_review, ...found } = orNotFound(draft);
  return { ...found, may_write: may_write === true, may_review: may_review === true };
}

/** To change it. @throws Forbidden for who sees it and is no author there */
export async function getOwnDraft(db: Kysely<Database>, author: Somebody, id: string): Promise<Draft> {
  const draft = await getDraft(db, author, id);
  if (!draft.may_write) throw new Forbidden();
  // What is gone is gone, but for the page that brings it back.
  if (draft.state === 'published') throw new NotFound();
  return draft;
}

/** What came, was changed and left out, where it was made from a file. */
export async function findReport(db: Kysely<Database>, { id }: Draft): Promise<Note[] | undefined> {
  const found = await db
    .selectFrom('drafts')
    .where('id', '=', id)
    .where('report', 'is not', null)
    .select(({ ref }) => ref('report').$castTo<Note[]>().as('report'))
    .executeTakeFirst();
  return found?.report;
}

const pageSize = 20;

/** Of the branches where somebody may see them: the newest first, but what waits for a reviewer the oldest first. */
export async function listDrafts(db: Kysely<Database>, person: Somebody, state: State | 'open', page: number) {
  const rows = await db
    .selectFrom('drafts')
    .innerJoin('organisations', 'organisations.id', 'drafts.organisation_id')
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .where('state', 'in', state === 'open' ? ['draft', 'in_review'] : [state])
    .select(['drafts.id', 'slug', 'drafts.changed_at', 'organisations.name as organisation_name', 'course_id'])
    .select((eb) => [
      eb.ref('state').$castTo<State>().as('state'),
      titleIn(sql`drafts.id`).as('source'),
      sql<number>`(
        select count(*) from draft_comments where draft_id = drafts.id and resolved_at is null
      )`.as('comments'),
      sql<number>`count(*) over ()`.as('total'),
    ])
    .orderBy('drafts.changed_at', state === 'in_review' ? 'asc' : 'desc')
    .orderBy('drafts.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

/** The description that it was written in first: its title stands there. */
function titleIn(draftId: RawBuilder<string>): RawBuilder<string | null> {
  return sql<string | null>`(
    select left(content, 2000) from draft_files
    where draft_id = ${draftId} and path like '%/course.md' and removed_at is null
    order by path <> 'vi/course.md', path limit 1
  )`;
}

export interface NewDraft {
  id: string;
  slug: string;
  organisation_id: string;
  course: { id: string; version_id: string } | null;
  report?: Note[];
}

/**
 * Sent again it makes no second one.
 * @returns `taken`: there is a course of that name, or somebody is writing one
 */
export async function insertDraft(
  trx: Transaction<Database>,
  { id, slug, organisation_id, course, report }: NewDraft,
  files: { path: string; content: Content }[],
  author: Somebody,
): Promise<'made' | 'taken' | 'full'> {
  const taken = await trx.selectFrom('courses').select('id').where('slug', '=', slug).executeTakeFirst();
  if (taken !== undefined && taken.id !== course?.id) return 'taken';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('drafts')
    .values({
      ...{ id, slug, organisation_id, made_by_id: author.id },
      ...{ course_id: course?.id ?? null, base_version_id: course?.version_id ?? null },
      report: report ? JSON.stringify(report) : null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    const again = await trx
      .selectFrom('drafts')
      .where('id', '=', id)
      .where('made_by_id', '=', author.id)
      .select('id')
      .executeTakeFirst();
    return again ? 'made' : 'taken';
  }
  const changes = files.map((file) => ({ ...file, revision: 0 }));
  const { outcome } = await saveDraftFiles(trx, { id }, changes, author);
  if (course !== null) await takeOverMarks(trx, { id }, course);
  return outcome === 'full' ? 'full' : 'made';
}

/** Out of the way, and back again: nothing of it is lost. @returns false where another stands in its place */
export async function setDiscarded(trx: Transaction<Database>, { id }: Draft, isDiscarded: boolean): Promise<boolean> {
  const [from, to] = isDiscarded ? (['draft', 'discarded'] as const) : (['discarded', 'draft'] as const);
  const { numUpdatedRows } = await trx
    .updateTable('drafts as own')
    .set({ state: to, changed_at: sql`now()` })
    .where('id', '=', id)
    .where('state', '=', from)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('drafts')
            .whereRef('drafts.slug', '=', 'own.slug')
            .whereRef('drafts.id', '<>', 'own.id')
            .where('drafts.state', 'in', ['draft', 'in_review'])
            .select('drafts.id'),
        ),
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
