import { type Kysely, sql, type Transaction } from 'kysely';
import type { Fault } from '../../courses/fault.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Note } from '../../moving-in/draft.ts';
import { holdsRole } from '../../organisations/access.ts';

type Somebody = { id: string };
type State = 'waiting' | 'reading' | 'keeping' | 'done' | 'refused';

/** Why a file became no draft. */
export type Refusal =
  /** It cannot be read at all: the message `moving.<code>`. */
  | { kind: 'unreadable'; place: string; code: string; values: Record<string, string | number> }
  /** A package of ours of which not everything could be taken: all that is wrong with it. */
  | { kind: 'faults'; faults: Fault[] }
  /** Nothing in it can be part of a course. */
  | { kind: 'nothing'; notes: Note[] }
  /** Somebody is writing that course already. */
  | { kind: 'open'; draft_id: string }
  | { kind: 'full' }
  /** Whoever brought it is no author there any more. */
  | { kind: 'not_author' };

/** Days that somebody can look up what became of a file. */
const daysToLook = 30;
/** Of one person, not read yet. */
const mostWaiting = 5;
/** After so many, whoever was at it has died. */
const secondsOfSilence = 30;

export interface NewUpload {
  id: string;
  organisation_id: string;
  file_name: string;
  bytes: number;
  language: string | null;
  parts: string[];
}

/** Sent again it is there once. */
export async function insertUpload(
  trx: Transaction<Database>,
  { parts, ...upload }: NewUpload,
  author: Somebody,
): Promise<'inserted' | 'there' | 'too_many'> {
  // One form of theirs after the other.
  await trx.selectFrom('persons').select('id').where('id', '=', author.id).forNoKeyUpdate().execute();
  const { known, waiting } = await trx
    .selectFrom('course_uploads')
    .where('made_by_id', '=', author.id)
    .select(({ fn }) => [
      fn.countAll<number>().filterWhere('id', '=', upload.id).as('known'),
      fn.countAll<number>().filterWhere('ended_at', 'is', null).as('waiting'),
    ])
    .executeTakeFirstOrThrow();
  if (Number(known) > 0) return 'there';
  if (Number(waiting) >= mostWaiting) return 'too_many';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('course_uploads')
    .values({ ...upload, made_by_id: author.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return 'there';
  await trx
    .insertInto('course_upload_parts')
    .values(parts.map((hash, position) => ({ upload_id: upload.id, position, hash })))
    .execute();
  return 'inserted';
}

/** Their own alone. */
export async function findUpload(db: Kysely<Database>, author: Somebody, id: string) {
  return db
    .selectFrom('course_uploads')
    .where(hasId('id', id))
    .where('made_by_id', '=', author.id)
    .select(['id', 'file_name', 'bytes', 'draft_id', 'made_at', 'ended_at'])
    .select((eb) => [
      eb.ref('state').$castTo<State>().as('state'),
      eb.ref('outcome').$castTo<Refusal | null>().as('outcome'),
    ])
    .executeTakeFirst();
}

export type Upload = NonNullable<Awaited<ReturnType<typeof findUpload>>>;

/** Their newest. */
export async function listUploads(db: Kysely<Database>, author: Somebody) {
  return db
    .selectFrom('course_uploads')
    .where('made_by_id', '=', author.id)
    .select(['id', 'file_name', 'made_at'])
    .select((eb) => eb.ref('state').$castTo<State>().as('state'))
    .orderBy('made_at', 'desc')
    .orderBy('id')
    .limit(20)
    .execute();
}

/** The one that waits the longest, also one that a process which has ended was at. Nobody else takes it meanwhile. */
export async function claimUpload(db: Kysely<Database>) {
  return db
    .updateTable('course_uploads')
    .set((eb) => ({ state: 'reading', touched_at: sql<Date>`now()`, tries: eb('tries', '+', 1) }))
    .where('id', '=', ({ selectFrom }) =>
      selectFrom('course_uploads')
        .where('ended_at', 'is', null)
        .where(sql<boolean>`coalesce(touched_at < now() - make_interval(secs => ${secondsOfSilence}), true)`)
        .orderBy('made_at')
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .select('id'),
    )
    .returning(['id', 'organisation_id', 'made_by_id', 'file_name', 'language', 'tries'])
    .executeTakeFirst();
}

export type Claimed = NonNullable<Awaited<ReturnType<typeof claimUpload>>>;

/** Somebody is at it still. */
export async function touchUpload(db: Kysely<Database>, { id }: { id: string }, state?: 'keeping'): Promise<void> {
  await db
    .updateTable('course_uploads')
    .set({ touched_at: sql<Date>`now()`, ...(state && { state }) })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

export async function listParts(db: Kysely<Database>, { id }: { id: string }): Promise<string[]> {
  const parts = await db
    .selectFrom('course_upload_parts')
    .where('upload_id', '=', id)
    .select('hash')
    .orderBy('position')
    .execute();
  return parts.map(({ hash }) => hash);
}

/** Nobody needs the file any more. */
export async function endUpload(
  trx: Transaction<Database>,
  { id }: { id: string },
  end: { draft_id: string } | { outcome: Refusal },
): Promise<void> {
  const set =
    'draft_id' in end
      ? { state: 'done', draft_id: end.draft_id }
      : { state: 'refused', outcome: JSON.stringify(end.outcome) };
  await trx
    .updateTable('course_uploads')
    .set({ ...set, ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
  await trx.deleteFrom('course_upload_parts').where('upload_id', '=', id).execute();
}

/** What has that name already: a published course, a draft that is open, and what their author may do with them. */
export async function findNamesakes(db: Kysely<Database>, author: Somebody, slug: string) {
  const course = await db
    .selectFrom('courses')
    .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
    .where('slug', '=', slug)
    .select(['courses.id', 'current_version_id', 'organisations.id as organisation_id', 'organisations.code'])
    .select(({ ref }) => holdsRole(author, ['author'], ref('organisations.path')).as('may_write'))
    .executeTakeFirst();
  const draft = await db
    .selectFrom('drafts')
    .innerJoin('organisations', 'organisations.id', 'drafts.organisation_id')
    .where('slug', '=', slug)
    .where('state', 'in', ['draft', 'in_review'])
    .select('drafts.id')
    .select(({ ref }) => holdsRole(author, ['author'], ref('organisations.path')).as('may_write'))
    .executeTakeFirst();
  return { course, draft };
}

/** Of courses and of drafts that are open, those that begin so. */
export async function listSlugsLike(db: Kysely<Database>, start: string): Promise<string[]> {
  const like = `${start}%`;
  const rows = await db
    .selectFrom('courses')
    .where('slug', 'like', like)
    .select('slug')
    .union((eb) =>
      eb.selectFrom('drafts').where('slug', 'like', like).where('state', 'in', ['draft', 'in_review']).select('slug'),
    )
    .execute();
  return rows.map(({ slug }) => slug);
}

/** The drafts and their reports stay. */
export async function removeOldUploads(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('course_uploads')
    .where('ended_at', '<', sql<Date>`now() - make_interval(days => ${daysToLook})`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
