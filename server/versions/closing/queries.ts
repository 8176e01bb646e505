import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import type { Language } from '../../platform/i18n.ts';
import { getVersion } from '../reading.ts';

type Somebody = { id: string };

/** A course with its newest version, for who manages or reviews it: they may close it to new enrolments. */
export async function findClosable(db: Kysely<Database>, person: Somebody, slug: string, language: Language) {
  const course = await db
    .selectFrom('courses')
    .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
    .leftJoin('closed_versions', 'closed_versions.version_id', 'courses.current_version_id')
    .where('courses.slug', '=', slug)
    .where('courses.current_version_id', 'is not', null)
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .select(['courses.slug', sql<string>`courses.current_version_id`.as('version_id'), 'closed_versions.closed_at'])
    .select(({ ref }) => holdsRole(person, ['reviewer', 'manager'], ref('organisations.path')).as('may_close'))
    .select(({ ref }) => holdsRole(person, ['reviewer'], ref('organisations.path')).as('may_correct'))
    .executeTakeFirst();
  if (course === undefined) return undefined;
  const { title, language: of, number, items } = await getVersion(db, course.version_id, language);
  return { ...course, title, language: of, number, quizzes: items.filter(({ kind }) => kind === 'quiz') };
}

export type Closable = NonNullable<Awaited<ReturnType<typeof findClosable>>>;

/** Closing what is closed changes nothing. */
export async function closeVersion(trx: Transaction<Database>, actor: Somebody, course: Closable): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('closed_versions')
    .values({ version_id: course.version_id, closed_by_id: actor.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) await record(trx, actor, course, 'course.closed');
}

export async function reopenVersion(trx: Transaction<Database>, actor: Somebody, course: Closable): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('closed_versions')
    .where('version_id', '=', course.version_id)
    .executeTakeFirst();
  if (numDeletedRows === 1n) await record(trx, actor, course, 'course.reopened');
}

async function record(
  trx: Transaction<Database>,
  actor: Somebody,
  { slug, number }: Closable,
  verb: 'course.closed' | 'course.reopened',
): Promise<void> {
  const facts = { course: slug, version: number };
  await insertAuditEvent(trx, { actor_id: actor.id, subject_id: null, verb, channel: 'web', facts });
}
