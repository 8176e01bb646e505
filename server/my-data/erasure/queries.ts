import { type Kysely, sql, type Transaction } from 'kysely';
import { byThemselves } from '../../accounts/queries.ts';
import { eraseWork } from '../../assignments/erasing/queries.ts';
import { removeUploadsOf } from '../../assignments/uploads/queries.ts';
import { type AuditEvent, insertAuditEvent } from '../../audit/queries.ts';
import { removeBundlesWith } from '../../certificates/bundles/queries.ts';
import { publicName } from '../../certificates/names.ts';
import { findCertificate } from '../../certificates/queries.ts';
import { forgetCheckIns } from '../../check-ins/queries.ts';
import { stopGuiding } from '../../cohorts/handing-over/queries.ts';
import { leaveAll } from '../../cohorts/members/queries.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { forgetEssayComments } from '../../essays/erasing/queries.ts';
import type { FileStore } from '../../files/store.ts';
import { forgetLessonWords } from '../../lesson-questions/writing/queries.ts';
import { forgetMessages } from '../../messages/queries.ts';
import { forgetSignOffs } from '../../sign-offs/queries.ts';
import { inventory } from '../inventory.ts';

export type CertificateChoice = 'keep' | 'withdraw';

/** Whoever alone owns the site cannot go yet. */
export async function isOnlyOwner(db: Kysely<Database>, personId: string): Promise<boolean> {
  const owners = await db
    .selectFrom('memberships')
    .select('id')
    .where('role', '=', 'owner')
    .where('valid_until', 'is', null)
    .select(sql<boolean>`person_id = ${personId}`.as('is_own'))
    .execute();
  return owners.length > 0 && owners.every(({ is_own }) => is_own);
}

/**
 * Forgets who somebody was: details, secrets, sessions, what they wrote. What remains names a number. Their certificates stay with the
 * name, where an employer may look them up, or are withdrawn and say only that; as they choose.
 * @returns hashes of files that nothing names any more
 */
export async function erasePerson(
  trx: Transaction<Database>,
  personId: string,
  choice: CertificateChoice,
  by: Pick<AuditEvent, 'actor_id' | 'channel'> = byThemselves(personId),
): Promise<string[]> {
  const { numUpdatedRows } = await trx
    .updateTable('persons')
    .set({ erased_at: sql<Date>`now()`, language: null, sign_up_hash: null })
    .where('id', '=', personId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return [];

  // Before the details go: they say how much of the name is public.
  const orphans = await (choice === 'withdraw' ? withdrawCertificates : keepPublicNames)(trx, personId);
  orphans.push(...(await removeBundlesWith(trx, personId)));
  orphans.push(...(await removeUploadsOf(trx, personId)));
  await leaveAll(trx, { id: personId });
  await stopGuiding(trx, { id: personId });
  for (const { table, person, erasing } of inventory) {
    if (erasing !== 'remove') continue;
    await sql`delete from ${sql.table(table)} where ${sql.ref(person)} = ${personId}::uuid`.execute(trx);
  }
  await trx
    .updateTable('memberships')
    .set({ valid_until: thisMoment })
    .where('person_id', '=', personId)
    .where('valid_until', 'is', null)
    .execute();
  await trx
    .updateTable('enrolments')
    .set({ ended_at: sql<Date>`now()` })
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .execute();
  await trx
    .updateTable('answers')
    .set({ response: JSON.stringify({ erased: true }) })
    .where('person_id', '=', personId)
    .where(sql<boolean>`response ? 'text'`)
    .execute();
  orphans.push(...(await eraseWork(trx, personId)));
  await trx.updateTable('help_requests').set({ words: null }).where('person_id', '=', personId).execute();
  await trx.updateTable('help_replies').set({ words: null }).where('author_id', '=', personId).execute();
  await forgetCheckIns(trx, personId);
  await forgetMessages(trx, personId);
  await forgetEssayComments(trx, personId);
  await forgetSignOffs(trx, personId);
  await forgetLessonWords(trx, personId);
  await trx.updateTable('openings').set({ reason: null }).where('person_id', '=', personId).execute();
  await trx.updateTable('data_requests').set({ words: null, answer: null }).where('person_id', '=', personId).execute();
  await insertAuditEvent(trx, {
    ...by,
    subject_id: personId,
    verb: 'person.erased',
    facts: { certificates: choice },
  });
  return orphans;
}

/** People whom somebody else put on a list so many days ago, and who never came in to agree to it. @returns how many */
export async function eraseUnentered(db: Kysely<Database>, days: number): Promise<number> {
  const persons = await db
    .selectFrom('registrations')
    .innerJoin('persons', 'persons.id', 'registrations.person_id')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .select('persons.id')
    .where('first_entered_at', 'is', null)
    .where(sql<boolean>`registered_at < now() - make_interval(days => ${days})`)
    // Somebody who got a role, or a paper, or is known under another record, is no mere line of a list.
    .where('merged_into_id', 'is', null)
    .where('secret_hash', '=', '')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('enrolments').select('id').whereRef('enrolments.person_id', '=', 'persons.id'))),
    )
    .execute();
  for (const { id } of persons) {
    await db.transaction().execute((trx) => erasePerson(trx, id, 'withdraw', { actor_id: null, channel: 'system' }));
  }
  return persons.length;
}

/** After the erasure is durable: a file that a failure leaves here is swept later, as any that nothing names. */
export async function removeFiles(db: Kysely<Database>, files: FileStore, hashes: string[]): Promise<void> {
  for (const hash of hashes) {
    await db.deleteFrom('files').where('hash', '=', hash).execute();
    await files.remove(hash);
  }
}

/** What stays public is what was public: of a child the short name. */
async function keepPublicNames(trx: Transaction<Database>, personId: string): Promise<string[]> {
  const codes = await trx.selectFrom('certificates').select('code').where('person_id', '=', personId).execute();
  const orphans: string[] = [];
  for (const { code } of codes) {
    const certificate = await findCertificate(trx, code);
    if (!certificate?.printed) continue;
    const holder = publicName(certificate.printed.holder, certificate);
    if (holder === certificate.printed.holder) continue;
    const printed = JSON.stringify({ ...certificate.printed, holder });
    await trx.updateTable('certificates').set({ printed }).where('id', '=', certificate.id).execute();
    orphans.push(...(await removeDrawings(trx, personId, certificate.id)));
  }
  return orphans;
}

async function withdrawCertificates(trx: Transaction<Database>, personId: string): Promise<string[]> {
  await trx.updateTable('certificates').set({ printed: null }).where('person_id', '=', personId).execute();
  return removeDrawings(trx, personId);
}

/** They are drawn again when somebody asks for them. */
async function removeDrawings(
  trx: Transaction<Database>,
  personId: string,
  certificateId: string | null = null,
): Promise<string[]> {
  const files = await trx
    .deleteFrom('certificate_files')
    .using('certificates')
    .whereRef('certificates.id', '=', 'certificate_files.certificate_id')
    .where('certificates.person_id', '=', personId)
    .$if(certificateId !== null, (query) => query.where('certificates.id', '=', certificateId))
    .returning('certificate_files.hash')
    .execute();
  return files.map(({ hash }) => hash);
}
