import { type Kysely, sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { targetsOf } from '../announcements/access.ts';
import type { Database } from '../database/connection.ts';
import { inBatches } from '../platform/batches.ts';
import { afterQuietHours } from './quiet-hours.ts';

/** The letters there are; `letters.ts` has how each is written. */
export const letterNames = [
  'confirm_email',
  'recover',
  'data_request_answered',
  'message_waiting',
  'passkey_added',
  'second_factor_reset',
  'certificate_ending',
  'key_corrected',
  'announcement',
  'mentoring_certified',
  'mentoring_offer_answered',
] as const;
export type LetterName = (typeof letterNames)[number];

/** What somebody has asked for this minute and waits for, or must hear at once if it was not they; all else keeps quiet at night. */
const urgent: ReadonlySet<LetterName> = new Set(['confirm_email', 'recover', 'passkey_added', 'second_factor_reset']);

/** So long a mail under way is left to whoever sends it; if that process dies, another sends it again under the same id. */
const leaseMinutes = 5;

export interface Mail {
  id: string;
  person_id: string;
  letter: LetterName;
  facts: Record<string, string>;
  queued_at: Date;
  tries: number;
  full_name: string;
  learner_code: string;
  language: string | null;
  email: string | null;
  email_refused_at: Date | null;
  secret_hash: string;
  /** Null where a letter tells of none; and of one that was withdrawn, is not for them any more, or that they want no letters of. */
  announcement: { code: string; title: string; words: string; told_by: string } | null;
}

interface NewMail {
  person_id: string;
  letter: LetterName;
  facts?: Record<string, string>;
}

/** Called in the transaction of the deed that it tells of. Wake the postman after it. */
export async function queueMail(db: Kysely<Database>, mail: NewMail, now = new Date()): Promise<void> {
  await queueMails(db, [mail], now);
}

/** As above, for what its reader finds on their own pages as well: a letter where they have an address that is theirs, and else none. */
export async function queueMailWhereConfirmed(db: Kysely<Database>, mail: NewMail): Promise<void> {
  const address = await db
    .selectFrom('person_details')
    .where('person_id', '=', mail.person_id)
    .where('email_confirmed_at', 'is not', null)
    .select('person_id')
    .executeTakeFirst();
  if (address !== undefined) await queueMail(db, mail);
}

export async function queueMails(db: Kysely<Database>, mails: NewMail[], now = new Date()): Promise<void> {
  if (mails.length === 0) return;
  const rows = mails.map(({ person_id, letter, facts = {} }) => ({
    id: newId(),
    person_id,
    letter,
    facts: JSON.stringify(facts),
    due_at: urgent.has(letter) ? now : afterQuietHours(now),
  }));
  await db.insertInto('mails').values(rows).execute();
}

/** The next mail that is due, taken so that no other process takes it too. */
export async function takeMail(db: Kysely<Database>, now: Date): Promise<Mail | undefined> {
  return db
    .updateTable('mails')
    .from('person_details')
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .set(({ eb }) => ({
      tries: eb('mails.tries', '+', 1),
      due_at: new Date(now.getTime() + leaseMinutes * 60_000),
    }))
    .where('mails.id', '=', (eb) =>
      eb
        .selectFrom('mails as next')
        .select('next.id')
        .where('next.sent_at', 'is', null)
        .where('next.given_up_at', 'is', null)
        .where('next.due_at', '<=', now)
        .orderBy('next.due_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .whereRef('person_details.person_id', '=', 'mails.person_id')
    .returning(['mails.id', 'mails.person_id', 'mails.queued_at', 'mails.tries'])
    .returning(sql<LetterName>`mails.letter`.as('letter'))
    .returning(sql<Record<string, string>>`mails.facts`.as('facts'))
    .returning(['full_name', 'learner_code', 'language', 'email', 'email_refused_at', 'secret_hash'])
    .returning(announcementOf.as('announcement'))
    .executeTakeFirst();
}

/** What the `mails` row of the statement around it tells of, as it is now. */
const announcementOf = sql<Mail['announcement']>`(
  select json_build_object(
    'code', announcements.code, 'title', announcements.title, 'words', announcements.words,
    'told_by', coalesce(cohorts.name, course_listings.title, told.name, '')
  )
  from announcements
  left join cohorts on cohorts.id = cohort_id
  left join course_listings on course_listings.course_id = announcements.course_id and original
  left join organisations as told on told.id = announcements.organisation_id
  where mails.letter = 'announcement' and announcements.id::text = mails.facts ->> 'announcement'
    and withdrawn_at is null and announcements_by_mail and target_id = any(${targetsOf(sql`mails.person_id`)})
)`;

export async function recordSent(db: Kysely<Database>, mail: Mail, now: Date): Promise<void> {
  await db.updateTable('mails').set({ sent_at: now, failure: null }).where('id', '=', mail.id).execute();
}

/** @param again when to try the next time; null: never */
export async function recordFailure(
  db: Kysely<Database>,
  mail: Mail,
  failure: string,
  again: Date | null,
  now: Date,
): Promise<void> {
  await db
    .updateTable('mails')
    .set(again === null ? { failure, given_up_at: now } : { failure, due_at: again })
    .where('id', '=', mail.id)
    .execute();
}

/** The address takes no mail, says its server: an account page tells so, and nothing more is sent there. */
export async function recordRefusedAddress(db: Kysely<Database>, mail: Mail, now: Date): Promise<void> {
  await db
    .updateTable('person_details')
    .set({ email_refused_at: now })
    .where('person_id', '=', mail.person_id)
    .where('email', '=', mail.email)
    .execute();
}

/** That a letter went is of use while somebody may still ask where it is. */
export async function removeOldMails(db: Kysely<Database>, days: number): Promise<number> {
  return inBatches((limit) =>
    db
      .deleteFrom('mails')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('mails')
          .select('id')
          .where(sql<boolean>`coalesce(sent_at, given_up_at) < now() - make_interval(days => ${days})`)
          .limit(limit),
      )
      .executeTakeFirst(),
  );
}
