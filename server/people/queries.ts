import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { issueOneTimePin } from '../accounts/one-time-pins/queries.ts';
import { resetSecondSteps } from '../accounts/second-factor/queries.ts';
import { removeAccess } from '../accounts/sessions/queries.ts';
import { insertAuditEvent } from '../audit/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { containsFolded, searchWords } from '../database/search.ts';
import { progress } from '../enrolments/queries.ts';
import { manageablePersons, outranks } from '../organisations/access.ts';
import { hasMoreThan } from '../organisations/counting/queries.ts';
import type { Branch } from '../organisations/managing/queries.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

const pageSize = 50;
/** So many of a large branch are gone through page by page; whoever is further down is searched for. */
export const mostListed = 1_000;
/** Up to so many are sorted, and up to a fiftieth of the site: going through all of it in order would take longer to find a page of them. */
const mostSorted = sql<number>`greatest(500, (select reltuples::bigint / 50 from pg_class where oid = 'persons'::regclass))`;

/** `new`: they have not been in yet. */
export const states = ['all', 'new', 'entered'] as const;
export interface PeopleFilter {
  q: string;
  state: (typeof states)[number];
  page: number;
}

/** Everybody in an organisation or below it, as class lists are sorted: by given name. */
export async function listPeople(db: Kysely<Database>, branch: Branch, manager: Somebody, filter: PeopleFilter) {
  const is_large = await isLarge(db, branch);
  const page = is_large ? Math.min(filter.page, mostListed / pageSize) : filter.page;
  const found = await peopleIn(db, branch, filter, is_large)
    .select(['persons.id', 'full_name', 'learner_code', 'registrations.registered_at', 'first_entered_at'])
    .select(sql<boolean>`${outranks(manager, sql.ref('persons.id'))}`.as('may_help'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('memberships')
          .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
          .whereRef('memberships.person_id', '=', 'persons.id')
          .where('valid_until', 'is', null)
          .where(sql<boolean>`organisations.path <@ ${branch.path}::ltree`)
          .select(['role', 'organisations.name'])
          .orderBy('role')
          .limit(5),
      ).as('roles'),
    )
    .select((is_large ? sql<number>`0` : sql<number>`count(*) over ()`).as('total'))
    .orderBy(sql`${givenName} collate "vi-x-icu"`)
    .orderBy(sql`full_name collate "vi-x-icu"`)
    .orderBy('persons.id')
    .limit(pageSize + 1)
    .offset((page - 1) * pageSize)
    .execute();
  const rows = found.slice(0, pageSize);
  const before = (page - 1) * pageSize;
  if (!is_large) {
    const total = found[0]?.total ?? 0;
    return { rows, total, has_more: false, page, pages: Math.ceil(total / pageSize) };
  }
  const has_more = found.length > pageSize;
  const pages = Math.min(has_more ? page + 1 : page, mostListed / pageSize);
  return { rows, total: before + rows.length, has_more, page, pages };
}

async function isLarge(db: Kysely<Database>, branch: Branch): Promise<boolean> {
  const { is_large } = await db
    .selectNoFrom(hasMoreThan(mostSorted, branch, null).as('is_large'))
    .executeTakeFirstOrThrow();
  return is_large;
}

/** For cards: names and codes, in the order of the list. */
export async function listCardHolders(db: Kysely<Database>, branch: Branch, filter: PeopleFilter, most: number) {
  return peopleIn(db, branch, filter, await isLarge(db, branch))
    .select(['full_name', 'learner_code'])
    .orderBy(sql`${givenName} collate "vi-x-icu"`)
    .orderBy(sql`full_name collate "vi-x-icu"`)
    .orderBy('persons.id')
    .limit(most)
    .offset((filter.page - 1) * most)
    .execute();
}

/** The last word of a full name. */
const givenName = sql`regexp_replace(full_name, '^.* ', '')`;

/** @param isLarge then one after the other in the order of the names is asked whether they are there, else all who are there are sorted */
function peopleIn(db: Kysely<Database>, { path }: Branch, { q, state }: PeopleFilter, isLarge: boolean) {
  const digits = q.replace(/\D/g, '');
  return db
    .selectFrom('persons')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .leftJoin('registrations', 'registrations.person_id', 'persons.id')
    .where(({ exists, eb, selectFrom }) => {
      const there = selectFrom('memberships')
        .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
        .where('valid_until', 'is', null)
        .where(sql<boolean>`organisations.path <@ ${path}::ltree`)
        .select('memberships.person_id');
      return isLarge
        ? exists(there.whereRef('memberships.person_id', '=', 'persons.id').offset(sql.lit(0)))
        : eb('persons.id', 'in', there);
    })
    .$if(digits.length === 10, (query) => query.where('learner_code', '=', digits))
    .$if(digits.length !== 10, (query) =>
      query.where((eb) => eb.and(searchWords(q).map((word) => containsFolded(sql`fold(full_name)`, word)))),
    )
    .$if(state === 'new', (query) => query.where('registered_at', 'is not', null).where('first_entered_at', 'is', null))
    .$if(state === 'entered', (query) =>
      query.where(({ eb, or }) => or([eb('registered_at', 'is', null), eb('first_entered_at', 'is not', null)])),
    );
}

/** Somebody whom a manager may know about, with what may be done for them. @throws NotFound */
export async function getManagedPerson(db: Kysely<Database>, manager: Somebody, id: string) {
  const person = await manageablePersons(db, manager)
    .leftJoin('registrations', 'registrations.person_id', 'persons.id')
    .leftJoin('person_details as registrar', 'registrar.person_id', 'registrations.registered_by_id')
    .where(hasId('persons.id', id))
    .where('persons.merged_into_id', 'is', null)
    .select(['persons.id', 'person_details.full_name', 'person_details.learner_code', 'persons.created_at'])
    .select(['person_details.birth_year', 'person_details.birth_month', 'person_details.phone', 'person_details.email'])
    .select(['registered_at', 'channel', 'first_entered_at', 'registrar.full_name as registered_by'])
    .select(sql<boolean>`person_details.secret_hash = ''`.as('is_new'))
    .select(sql<boolean>`${outranks(manager, sql.ref('persons.id'))}`.as('may_help'))
    .select(
      sql<boolean>`exists (select from second_factors where second_factors.person_id = persons.id)
        or exists (select from passkeys where passkeys.person_id = persons.id)`.as('has_second_step'),
    )
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('memberships')
          .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
          .whereRef('memberships.person_id', '=', 'persons.id')
          .where('memberships.valid_until', 'is', null)
          .select(['memberships.role', 'organisations.name', 'organisations.code', 'memberships.valid_from'])
          .orderBy('memberships.valid_from'),
      ).as('roles'),
      jsonArrayFrom(
        eb
          .selectFrom('enrolments')
          .innerJoin('courses', 'courses.id', 'enrolments.course_id')
          .innerJoin('course_listings', (join) =>
            join.onRef('course_listings.course_id', '=', 'courses.id').on('course_listings.original', '=', true),
          )
          .whereRef('enrolments.person_id', '=', 'persons.id')
          .select(['courses.slug', 'course_listings.title', 'course_listings.language', 'enrolled_at', 'ended_at'])
          .select(progress.as('progress'))
          .orderBy('enrolled_at'),
      ).as('courses'),
      jsonArrayFrom(
        eb
          .selectFrom('certificates')
          .whereRef('certificates.person_id', '=', 'persons.id')
          .select(['code', 'issued_at'])
          .orderBy('issued_at'),
      ).as('certificates'),
      jsonArrayFrom(
        eb
          .selectFrom('person_mergers')
          .whereRef('person_mergers.kept_id', '=', 'persons.id')
          .where('undone_at', 'is', null)
          .where('merged_at', '>', sql<Date>`now() - interval '30 days'`)
          .select(['person_mergers.id', 'merged_at'])
          .orderBy('merged_at'),
      ).as('mergers'),
    ])
    .executeTakeFirst();
  return orNotFound(person);
}

export type ManagedPerson = Awaited<ReturnType<typeof getManagedPerson>>;

/**
 * A way in for somebody who stands before the manager: once, within a day. It shuts out whoever knows the old secret only when it is
 * used. The person finds it among what was done for them.
 */
export async function openDoor(trx: Transaction<Database>, manager: Somebody, person: ManagedPerson): Promise<string> {
  if (!person.may_help) throw new Forbidden();
  const pin = await issueOneTimePin(trx, person.id, manager.id);
  await insertAuditEvent(trx, {
    actor_id: manager.id,
    subject_id: person.id,
    verb: 'one_time_pin.issued',
    channel: 'web',
  });
  return pin;
}

/** @returns false when there was nothing to take away */
export async function takeSecondStepsAway(
  trx: Transaction<Database>,
  manager: Somebody,
  person: ManagedPerson,
): Promise<boolean> {
  if (!person.may_help) throw new Forbidden();
  return resetSecondSteps(trx, person.id, { actor_id: manager.id, channel: 'web' });
}

/** Ends every session of somebody: their phone was stolen. */
export async function closeDoors(trx: Transaction<Database>, manager: Somebody, person: ManagedPerson): Promise<void> {
  if (!person.may_help) throw new Forbidden();
  await removeAccess(trx, person.id);
  await insertAuditEvent(trx, { actor_id: manager.id, subject_id: person.id, verb: 'sessions.ended', channel: 'web' });
}
