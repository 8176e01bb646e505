import { type Kysely, sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/connection.ts';
import { holdsRole, manageablePersons, ownsSite } from '../organisations/access.ts';
import type { Verb } from './verbs.ts';

export interface AuditEvent {
  /** Who did it; null for the system itself. */
  actor_id: string | null;
  /** For or to whom. */
  subject_id: string | null;
  verb: Verb;
  channel: 'web' | 'command' | 'system';
  /** Ids, numbers and codes; never a name or a text of a person, so that erasing a person needs no search here. */
  facts?: Record<string, string | number | boolean | null>;
}

/** Called in the transaction of the deed itself. */
export async function insertAuditEvent(db: Kysely<Database>, event: AuditEvent): Promise<void> {
  await insertAuditEvents(db, [event]);
}

export async function insertAuditEvents(db: Kysely<Database>, events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db
    .insertInto('audit_events')
    .values(events.map((event) => ({ ...event, id: newId(), facts: JSON.stringify(event.facts ?? {}) })))
    .execute();
}

/** What somebody may do for another, who then sees it. */
const deedsForOthers = [
  'person.registered',
  'one_time_pin.issued',
  'sessions.ended',
  'second_factor.reset',
  'person.merged',
  'person.unmerged',
  'role.granted',
  'role.ended',
  'consent.given',
  'consent.withdrawn',
  'data_request.answered',
  'cohort.words_opened',
] as const;

/** What others did for somebody, an operator by a command too, newest first: theirs to see. */
export async function listDeedsFor(db: Kysely<Database>, person: { id: string }) {
  return db
    .selectFrom('audit_events')
    .leftJoin('person_details as actor', 'actor.person_id', 'audit_events.actor_id')
    .where('subject_id', '=', person.id)
    .where('actor_id', 'is distinct from', (eb) => eb.ref('subject_id'))
    .where('verb', 'in', [...deedsForOthers])
    .select(['audit_events.id', 'verb', 'happened_at', 'actor_id', 'actor.full_name as actor_name'])
    .orderBy('happened_at', 'desc')
    .orderBy('audit_events.id', 'desc')
    .limit(20)
    .execute();
}

export interface AuditFilter {
  /** Of the one who did it or to whom it was done. */
  learner_code: string;
  /** The noun of the verb, such as `role`. */
  noun: string;
  /** YYYY-MM-DD in Vietnam, both included; '' for open. */
  from: string;
  until: string;
  /** Id of the event that the page begins after; '' for the newest. */
  before: string;
}

/**
 * What was done, newest first. The owner reads all of it; a manager what was done to the people and the organisations of their
 * branches.
 * @returns one more than asked for, where there are more
 */
export async function listAuditEvents(db: Kysely<Database>, reader: { id: string }, filter: AuditFilter, most: number) {
  return (
    db
      .selectFrom('audit_events')
      .leftJoin('person_details as actor', 'actor.person_id', 'audit_events.actor_id')
      .leftJoin('person_details as subject', 'subject.person_id', 'audit_events.subject_id')
      .select(['audit_events.id', 'happened_at', 'verb', 'channel', 'facts', 'actor_id', 'subject_id'])
      .select(['actor.full_name as actor_name', 'subject.full_name as subject_name'])
      .select(['actor.learner_code as actor_code', 'subject.learner_code as subject_code'])
      .where(({ or, eb, selectFrom }) =>
        or([
          ownsSite(reader),
          eb('audit_events.subject_id', 'in', managedPersonIds(db, reader)),
          eb(
            sql<string>`facts ->> 'organisation'`,
            'in',
            selectFrom('organisations')
              .where(({ ref }) => holdsRole(reader, ['manager'], ref('organisations.path')))
              .select('organisations.code'),
          ),
        ]),
      )
      .$if(filter.learner_code !== '', (query) =>
        query.where(({ or, eb }) =>
          or([
            eb('actor.learner_code', '=', filter.learner_code),
            eb('subject.learner_code', '=', filter.learner_code),
          ]),
        ),
      )
      .$if(filter.noun !== '', (query) => query.where('verb', 'like', `${filter.noun}.%`))
      .$if(filter.from !== '', (query) =>
        query.where('happened_at', '>=', sql<Date>`${filter.from}::date::timestamp at time zone 'Asia/Ho_Chi_Minh'`),
      )
      .$if(filter.until !== '', (query) =>
        query.where(
          'happened_at',
          '<',
          sql<Date>`(${filter.until}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'`,
        ),
      )
      .$if(filter.before !== '', (query) => query.where('audit_events.id', '<', filter.before))
      // Ids are made of the time.
      .orderBy('audit_events.id', 'desc')
      .limit(most + 1)
      .execute()
  );
}

function managedPersonIds(db: Kysely<Database>, reader: { id: string }) {
  return manageablePersons(db, reader).select('persons.id');
}
