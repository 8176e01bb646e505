import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { PrintedCertificate } from '../printed.ts';

type Somebody = { id: string };

/** A certificate that its reader may revoke or correct. */
export type ManagedCertificate = Awaited<ReturnType<typeof getManagedCertificate>>;

/** @throws NotFound for who is no manager at or above the organisation that issued it */
export async function getManagedCertificate(db: Kysely<Database>, manager: Somebody, code: string) {
  return orNotFound(await managedCertificates(db, manager, code).executeTakeFirst());
}

/** Until the end of the transaction nobody else changes it. Read anew under the lock, since its successor is another row. */
export async function lockManagedCertificate(trx: Transaction<Database>, manager: Somebody, code: string) {
  const { id } = await getManagedCertificate(trx, manager, code);
  await trx.selectFrom('certificates').select('id').where('id', '=', id).forUpdate().execute();
  return getManagedCertificate(trx, manager, code);
}

export async function mayManage(db: Kysely<Database>, manager: Somebody, { code }: { code: string }): Promise<boolean> {
  return (await managedCertificates(db, manager, code).executeTakeFirst()) !== undefined;
}

function managedCertificates(db: Kysely<Database>, manager: Somebody, code: string) {
  return db
    .selectFrom('certificates')
    .innerJoin('organisations as provider', (join) =>
      join.on(sql<boolean>`provider.code = certificates.printed -> 'provider' ->> 'code'`),
    )
    .leftJoin('certificates as successor', 'successor.id', 'certificates.successor_id')
    .where('certificates.code', '=', code)
    .where(({ ref }) => holdsRole(manager, ['manager'], ref('provider.path')))
    .select(['certificates.id', 'certificates.code', 'certificates.person_id', 'certificates.achievement'])
    .select(['certificates.enrolment_id', 'certificates.path_id', 'certificates.cohort_id', 'certificates.term'])
    .select(['certificates.issued_at', 'certificates.reminded_at'])
    .select(['certificates.revoked_at', 'certificates.revocation_reason', 'successor.code as successor_code'])
    .select((eb) => eb.ref('certificates.printed').$castTo<PrintedCertificate>().as('printed'));
}

/** For all to see from now on. */
export async function revoke(
  trx: Transaction<Database>,
  certificate: ManagedCertificate,
  manager: Somebody,
  reason: string,
): Promise<void> {
  await trx
    .updateTable('certificates')
    .set({ revoked_at: sql`now()`, revocation_reason: reason })
    .where('id', '=', certificate.id)
    .execute();
  await told(trx, 'certificate.revoked', certificate, manager);
}

/** The one before is revoked and leads to the new one, which is for the same achievement of the same day. */
export async function succeed(
  trx: Transaction<Database>,
  before: ManagedCertificate,
  manager: Somebody,
  { printed, reason }: { printed: PrintedCertificate; reason: string },
): Promise<void> {
  const id = newId();
  const { person_id, achievement, enrolment_id, path_id, cohort_id, term, issued_at, reminded_at } = before;
  // First, so that there are never two that stand.
  await trx
    .updateTable('certificates')
    .set({ successor_id: id, revoked_at: sql`now()`, revocation_reason: reason })
    .where('id', '=', before.id)
    .execute();
  await trx
    .insertInto('certificates')
    .values({
      ...{ id, person_id, achievement, enrolment_id, path_id, cohort_id, term, issued_at, reminded_at },
      predecessor_id: before.id,
      code: printed.code,
      printed: JSON.stringify(printed),
    })
    .execute();
  await told(trx, 'certificate.corrected', before, manager);
}

async function told(trx: Transaction<Database>, verb: Verb, certificate: ManagedCertificate, manager: Somebody) {
  await insertAuditEvent(trx, {
    actor_id: manager.id,
    subject_id: certificate.person_id,
    verb,
    channel: 'web',
    facts: { certificate: certificate.code },
  });
}
