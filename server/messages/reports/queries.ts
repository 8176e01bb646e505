import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { ClosingFields } from '../forms.ts';
import { forgetMessages } from '../queries.ts';

type Somebody = { id: string };

const pageSize = 20;

/** Of the other one, in a thread that one reads. @throws NotFound for every other message */
export async function getReportable(db: Kysely<Database>, reader: Somebody, id: string) {
  const message = await db
    .selectFrom('messages')
    .innerJoin('message_threads as thread', 'thread.id', 'messages.thread_id')
    .innerJoin('cohorts', 'cohorts.id', 'thread.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .leftJoin('mentorships', (join) =>
      join
        .onRef('mentorships.member_id', '=', 'thread.member_id')
        .onRef('mentorships.mentor_id', '=', 'thread.mentor_id')
        .on('mentorships.valid_until', 'is', null),
    )
    .where(hasId('messages.id', id))
    .where('messages.person_id', '<>', reader.id)
    .where('messages.words', 'is not', null)
    .where(({ or, and, eb, ref }) =>
      or([
        eb('thread.person_id', '=', reader.id),
        and([
          eb('thread.mentor_id', '=', reader.id),
          eb('mentorships.id', 'is not', null),
          holdsRole(reader, ['mentor', 'manager'], ref('organisations.path')),
        ]),
      ]),
    )
    .where(
      sql<boolean>`not exists (
        select from message_reports where message_reports.message_id = messages.id and outcome = 'hidden'
      )`,
    )
    .select(['messages.id', 'messages.words', 'messages.sent_at', 'thread.id as thread_id', 'thread.person_id'])
    .select(['thread.cohort_id', 'thread.member_id'])
    .executeTakeFirst();
  return orNotFound(message);
}

export type Reportable = Awaited<ReturnType<typeof getReportable>>;

/** Each of the two reports a message once. */
export async function insertReport(
  trx: Transaction<Database>,
  message: Reportable,
  report: { id: string; reason: string },
  person: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('message_reports')
    .values({ ...report, message_id: message.id, person_id: person.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await insertAuditEvent(trx, {
    actor_id: person.id,
    subject_id: message.person_id,
    verb: 'message.reported',
    channel: 'web',
    facts: { cohort: message.cohort_id, report: report.id },
  });
}

/** Of the manager's branches, open ones first; but nobody looks into what they wrote or read themselves. */
function managedReports(db: Kysely<Database>, manager: Somebody) {
  return db
    .selectFrom('message_reports')
    .innerJoin('messages', 'messages.id', 'message_reports.message_id')
    .innerJoin('message_threads as thread', 'thread.id', 'messages.thread_id')
    .innerJoin('cohorts', 'cohorts.id', 'thread.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where(({ ref }) => holdsRole(manager, ['manager'], ref('organisations.path')))
    .where('thread.mentor_id', '<>', manager.id)
    .where('thread.person_id', '<>', manager.id);
}

/** How many of them nobody has closed yet: one row with `count`. */
export function openReports(db: Kysely<Database>, manager: Somebody) {
  return managedReports(db, manager)
    .where('message_reports.closed_at', 'is', null)
    .select(({ fn }) => fn.countAll<number>().as('count'));
}

export async function listReports(db: Kysely<Database>, manager: Somebody, page: number) {
  const rows = await managedReports(db, manager)
    .leftJoin('person_details as author', 'author.person_id', 'messages.person_id')
    .leftJoin('person_details as reporter', 'reporter.person_id', 'message_reports.person_id')
    .leftJoin('person_details as closer', 'closer.person_id', 'message_reports.closed_by_id')
    .select(['message_reports.id', 'reason', 'reported_at', 'message_reports.closed_at', 'outcome', 'closing_note'])
    .select(['messages.words', 'messages.sent_at', 'thread.id as thread_id', 'thread.member_id', 'thread.cohort_id'])
    .select(['cohorts.name as cohort_name', 'author.full_name as author_name'])
    .select(['reporter.full_name as reporter_name', 'closer.full_name as closer_name'])
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy(sql`message_reports.closed_at is not null`)
    .orderBy(sql`case when message_reports.closed_at is null then reported_at end`)
    .orderBy('message_reports.closed_at', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

/** @throws NotFound for a report that is not theirs to look into */
export async function getReport(db: Kysely<Database>, manager: Somebody, id: string) {
  const report = await managedReports(db, manager)
    .where(hasId('message_reports.id', id))
    .select(['message_reports.id', 'messages.person_id as author_id', 'thread.person_id', 'thread.cohort_id'])
    .executeTakeFirst();
  return orNotFound(report);
}

/** What was closed stays so. @returns false when somebody closed it before */
export async function closeReport(
  trx: Transaction<Database>,
  report: Awaited<ReturnType<typeof getReport>>,
  { outcome, note }: ClosingFields,
  manager: Somebody,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('message_reports')
    .set({ outcome, closing_note: note, closed_at: sql<Date>`now()`, closed_by_id: manager.id })
    .where('id', '=', report.id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertAuditEvent(trx, {
    actor_id: manager.id,
    subject_id: report.person_id,
    verb: 'message.report_closed',
    channel: 'web',
    facts: { cohort: report.cohort_id, report: report.id, outcome },
  });
  if (await isErased(trx, report.author_id)) await forgetMessages(trx, report.author_id);
  return true;
}

/** Their words stood only as evidence. */
async function isErased(trx: Transaction<Database>, personId: string): Promise<boolean> {
  const { erased_at } = await trx
    .selectFrom('persons')
    .where('id', '=', personId)
    .select('erased_at')
    .executeTakeFirstOrThrow();
  return erased_at !== null;
}
