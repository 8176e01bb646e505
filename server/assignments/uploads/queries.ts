import { expressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { validate } from 'uuid';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { HttpError } from '../../platform/errors.ts';

type Somebody = { id: string };

/** After so long without a part nobody goes on. */
const hoursToGoOn = 24;
/** Of one person, not handed in: one more takes the place of the one that has lain longest. */
const mostUploads = 10;
/** Of one file; a part of a byte would be a file of its own. */
const mostParts = 2000;

const isOpen = sql<boolean>`submission_id is null and touched_at > now() - make_interval(hours => ${hoursToGoOn})`;
const expires = sql<Date>`touched_at + make_interval(hours => ${sql.lit(hoursToGoOn)})`.as('expires_at');

export interface NewUpload {
  id: string;
  person_id: string;
  enrolment_id: string;
  item_id: string;
  file_name: string;
  metadata: string;
  bytes: number;
}

interface Begun {
  id: string;
  received: number;
  expires_at: Date;
  /** Hashes of parts that nobody needs any more. */
  orphans: string[];
}

/** A new one, or the one that was begun before of the same file, where its sender says what file it is. */
export async function beginUpload(
  trx: Transaction<Database>,
  { isKnown, ...upload }: NewUpload & { isKnown: boolean },
): Promise<Begun> {
  // One of theirs after the other.
  await trx.selectFrom('persons').select('id').where('id', '=', upload.person_id).forNoKeyUpdate().execute();
  const begun = isKnown ? await findBegun(trx, upload) : undefined;
  return begun ? { ...begun, orphans: [] } : insertUpload(trx, upload);
}

async function findBegun(trx: Transaction<Database>, { person_id, enrolment_id, item_id, metadata, bytes }: NewUpload) {
  return trx
    .selectFrom('assignment_uploads')
    .where('person_id', '=', person_id)
    .where('enrolment_id', '=', enrolment_id)
    .where('item_id', '=', item_id)
    .where('metadata', '=', metadata)
    .where('bytes', '=', bytes)
    .where(isOpen)
    .select(['id', 'received', expires])
    .orderBy('touched_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function insertUpload(trx: Transaction<Database>, upload: NewUpload): Promise<Begun> {
  const tooMany = await trx
    .selectFrom('assignment_uploads')
    .where('person_id', '=', upload.person_id)
    .where('submission_id', 'is', null)
    .select('id')
    .orderBy('touched_at', 'desc')
    .orderBy('id', 'desc')
    .offset(mostUploads - 1)
    .execute();
  const orphans = await removeUploads(
    trx,
    tooMany.map(({ id }) => id),
  );
  const { expires_at } = await trx
    .insertInto('assignment_uploads')
    .values(upload)
    .returning(expires)
    .executeTakeFirstOrThrow();
  return { id: upload.id, received: 0, expires_at, orphans };
}

/** Their own alone, while it can go on. */
export async function findUpload(db: Kysely<Database>, person: Somebody, id: string) {
  return db
    .selectFrom('assignment_uploads')
    .where(hasId('id', id))
    .where('person_id', '=', person.id)
    .where(isOpen)
    .select(['id', 'bytes', 'received', 'metadata', expires])
    .executeTakeFirst();
}

export type Upload = NonNullable<Awaited<ReturnType<typeof findUpload>>>;

/** Puts what came behind what is there. @returns null where another part was quicker to that place */
export async function addParts(
  trx: Transaction<Database>,
  { id, received }: Upload,
  { hashes, bytes }: { hashes: string[]; bytes: number },
): Promise<{ received: number; expires_at: Date } | null> {
  const now = await trx
    .updateTable('assignment_uploads')
    .set({ received: received + bytes, touched_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('received', '=', received)
    .where('submission_id', 'is', null)
    .returning(['received', expires])
    .executeTakeFirst();
  if (now === undefined) return null;
  if (hashes.length === 0) return now;
  const { count } = await trx
    .selectFrom('assignment_upload_parts')
    .where('upload_id', '=', id)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  if (Number(count) + hashes.length > mostParts) throw new HttpError(413, 'too many parts');
  const rows = hashes.map((hash, index) => ({ upload_id: id, position: Number(count) + index, hash }));
  await trx.insertInto('assignment_upload_parts').values(rows).execute();
  return now;
}

/** What has come whole for the assignment of the statement around it, and was not handed in; a subquery on `items` and `enrolments`. */
export function uploadsReady() {
  const eb = expressionBuilder<Database, 'items' | 'enrolments'>();
  return jsonArrayFrom(
    eb
      .selectFrom('assignment_uploads')
      .whereRef('assignment_uploads.enrolment_id', '=', 'enrolments.id')
      .whereRef('assignment_uploads.person_id', '=', 'enrolments.person_id')
      .whereRef('assignment_uploads.item_id', '=', 'items.id')
      .whereRef('received', '=', 'bytes')
      .where(isOpen)
      .select(['assignment_uploads.id', 'file_name'])
      .orderBy('assignment_uploads.id'),
  );
}

/** For whom, and for what work. */
export interface Work {
  person_id: string;
  enrolment_id: string;
  id: string;
}

/** Those of them that have come whole for this work and were not handed in, with their parts. */
export async function listReady(db: Kysely<Database>, work: Work, ids: string[]) {
  const known = ids.filter((id) => validate(id));
  if (known.length === 0) return [];
  return ofWork(db, work)
    .where('assignment_uploads.id', 'in', known)
    .select(['assignment_uploads.id', 'file_name'])
    .select((eb) =>
      eb
        .selectFrom('assignment_upload_parts')
        .whereRef('upload_id', '=', 'assignment_uploads.id')
        .select(sql<string[]>`coalesce(array_agg(hash order by position), '{}')`.as('hashes'))
        .$asScalar()
        .$notNull()
        .as('hashes'),
    )
    .execute();
}

/** All that have come whole for this work, held until the end of the transaction: in order, so that two forms at once wait for each other. */
export async function lockReady(trx: Transaction<Database>, work: Work): Promise<string[]> {
  const held = await ofWork(trx, work).select('id').orderBy('id').forUpdate().execute();
  return held.map(({ id }) => id);
}

/**
 * They belong to the submission from now on, and are good for no other. What else had come for this work was left out, and goes.
 * @returns hashes of parts that nobody needs any more
 */
export async function useUploads(
  trx: Transaction<Database>,
  submission: { id: string },
  { uploads, ready }: { uploads: string[]; ready: string[] },
): Promise<string[]> {
  const orphans = await removeUploads(
    trx,
    ready.filter((id) => !uploads.includes(id)),
  );
  if (uploads.length === 0) return orphans;
  await trx
    .updateTable('assignment_uploads')
    .set({ submission_id: submission.id })
    .where('id', 'in', uploads)
    .execute();
  const used = await trx
    .deleteFrom('assignment_upload_parts')
    .where('upload_id', 'in', uploads)
    .returning('hash')
    .execute();
  return [...orphans, ...used.map(({ hash }) => hash)];
}

function ofWork(db: Kysely<Database>, { person_id, enrolment_id, id }: Work) {
  return db
    .selectFrom('assignment_uploads')
    .where('person_id', '=', person_id)
    .where('enrolment_id', '=', enrolment_id)
    .where('item_id', '=', id)
    .where('submission_id', 'is', null)
    .whereRef('received', '=', 'bytes');
}

/** Whether the form was taken already, by this or another request. */
export async function isHandedIn(db: Kysely<Database>, { person_id }: Work, submissionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('assignment_submissions')
    .where('id', '=', submissionId)
    .where('person_id', '=', person_id)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns hashes of parts that nobody needs any more */
export async function removeUploadsOf(trx: Transaction<Database>, personId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('assignment_uploads')
    .where('person_id', '=', personId)
    .select('id')
    .orderBy('id')
    .forUpdate()
    .execute();
  return removeUploads(
    trx,
    rows.map(({ id }) => id),
  );
}

/** Those that nobody has gone on with, and those that were handed in. @returns how many, and the hashes of their parts */
export async function removeOldUploads(trx: Transaction<Database>): Promise<{ removed: number; orphans: string[] }> {
  const rows = await trx
    .selectFrom('assignment_uploads')
    .where('touched_at', '<=', sql<Date>`now() - make_interval(hours => ${hoursToGoOn})`)
    .select('id')
    .orderBy('id')
    .forUpdate()
    .execute();
  const ids = rows.map(({ id }) => id);
  return { removed: ids.length, orphans: await removeUploads(trx, ids) };
}

async function removeUploads(trx: Transaction<Database>, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const parts = await trx
    .deleteFrom('assignment_upload_parts')
    .where('upload_id', 'in', ids)
    .returning('hash')
    .execute();
  await trx.deleteFrom('assignment_uploads').where('id', 'in', ids).execute();
  return parts.map(({ hash }) => hash);
}
