import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { PrintedCertificate } from '../certificates/printed.ts';
import { dateAtIssuer } from '../certificates/queries.ts';
import { isAgreed } from '../consents/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import type { Transcript } from '../transcripts/transcript.ts';
import { mostCertificates } from './forms.ts';

type Somebody = { id: string };

/** Links that are over stay on the list for so long. */
const daysOnList = 90;
const mostOnList = 100;

/** One's links, the newest first. The addresses are not there: only their hashes are kept. */
export async function listShareLinks(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('share_links')
    .where('person_id', '=', person.id)
    .select(['id', 'name', 'full_name', 'scores', 'created_at', 'expires_at', 'withdrawn_at', 'opened', 'opened_at'])
    .select(sql<boolean>`transcript is not null`.as('has_transcript'))
    .select(isOpen.as('is_open'))
    .select(({ selectFrom }) =>
      selectFrom('shared_certificates')
        .whereRef('link_id', '=', 'share_links.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('certificate_count'),
    )
    .orderBy('is_open', 'desc')
    .orderBy('created_at', 'desc')
    .limit(mostOnList)
    .execute();
}

const isOpen = sql<boolean>`(withdrawn_at is null and expires_at > now())`;

/** What somebody may choose from: their certificates that hold. */
export async function listShareable(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('certificates')
    .where('person_id', '=', person.id)
    .where('successor_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where('printed', 'is not', null)
    .select(['id', 'issued_at', ({ ref }) => ref('printed').$castTo<PrintedCertificate>().as('printed')])
    .orderBy('issued_at', 'desc')
    .limit(mostCertificates)
    .execute();
}

export interface NewShareLink {
  id: string;
  tokenHash: string;
  name: string;
  full_name: boolean;
  scores: boolean;
  transcript: Transcript | null;
  /** Ids out of `listShareable`. */
  certificates: string[];
  days: number;
}

/** The same form sent twice makes one; whose form it is not makes none. */
export async function insertShareLink(trx: Transaction<Database>, person: Somebody, link: NewShareLink): Promise<void> {
  const { id, tokenHash, name, full_name, scores, transcript, certificates, days } = link;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('share_links')
    .values({
      ...{ id, name, full_name, scores, token_hash: tokenHash, person_id: person.id },
      transcript: transcript === null ? null : JSON.stringify(transcript),
      expires_at: sql<Date>`now() + make_interval(days => ${days})`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n || certificates.length === 0) return;
  await trx
    .insertInto('shared_certificates')
    .values(certificates.map((certificate_id) => ({ link_id: id, certificate_id })))
    .execute();
}

/** A link with all that it may show, and what decides how much of it; undefined: it was never made, or is gone. */
export async function findShareLink(db: Kysely<Database>, tokenHash: string) {
  return db
    .selectFrom('share_links')
    .leftJoin('person_details', 'person_details.person_id', 'share_links.person_id')
    .where('token_hash', '=', tokenHash)
    .select(['share_links.id', 'share_links.person_id', 'share_links.full_name', 'scores', 'expires_at', 'created_at'])
    .select([isOpen.as('is_open'), 'birth_year', 'birth_month'])
    .select(({ ref }) => ref('transcript').$castTo<Transcript | null>().as('transcript'))
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('today'))
    .select(dateAtIssuer(sql<Date>`expires_at`).$notNull().as('expires_on'))
    .select(isAgreed(sql.ref('share_links.person_id'), 'full_name_on_certificates').as('has_consent'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('shared_certificates')
          .innerJoin('certificates', (join) =>
            join
              .onRef('certificates.id', '=', 'shared_certificates.certificate_id')
              // Of a merger that was undone they may be somebody else's again.
              .onRef('certificates.person_id', '=', 'share_links.person_id'),
          )
          .whereRef('link_id', '=', 'share_links.id')
          .where('printed', 'is not', null)
          .select(['certificates.revoked_at', ({ ref }) => ref('printed').$castTo<PrintedCertificate>().as('printed')])
          .orderBy('issued_at', 'desc'),
      ).as('certificates'),
    )
    .executeTakeFirst();
}

export type ShareLink = NonNullable<Awaited<ReturnType<typeof findShareLink>>>;

/** That it was opened, and when last: nothing about who did. */
export async function countOpening(db: Kysely<Database>, { id }: Pick<ShareLink, 'id'>): Promise<void> {
  await db
    .updateTable('share_links')
    .set({ opened: sql`opened + 1`, opened_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** @returns false for what is not one's own; withdrawing twice is withdrawing once */
export async function withdrawShareLink(db: Kysely<Database>, person: Somebody, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('share_links')
    .set({ withdrawn_at: sql`coalesce(withdrawn_at, now())` })
    .where(hasId('id', id))
    .where('person_id', '=', person.id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Links that have been over for a while, with what they held. */
export async function removeOldShareLinks(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('share_links')
    .where(sql<boolean>`least(withdrawn_at, expires_at) < now() - make_interval(days => ${daysOnList})`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
