import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Kysely, sql } from 'kysely';
import { type Adapter, Lucia, type Session, TimeSpan, type User } from 'lucia';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { isLanguage, type Language } from './i18n.ts';
import { givenName } from './text.ts';

/** Whoever is signed in, as every page knows them. */
export interface Person {
  id: string;
  full_name: string;
  given_name: string;
  language: Language | null;
  roles: string[];
  session_id: string;
  shared_phone: boolean;
}

interface SessionAttributes {
  shared_phone: boolean;
  device: string;
}
interface PersonAttributes {
  full_name: string;
  language: string | null;
  roles: string[];
}

declare module 'lucia' {
  interface Register {
    Lucia: Sessions;
    DatabaseSessionAttributes: SessionAttributes;
    DatabaseUserAttributes: PersonAttributes;
  }
}
declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions;
  }
  interface FastifyRequest {
    person: Person | null;
  }
}

type Sessions = ReturnType<typeof createSessions>;

const lifetime = new TimeSpan(30, 'd');
/** A session on a shared phone ends after this much idleness, and its clock is written at most once a minute. */
const sharedIdle = new TimeSpan(30, 'm');
const sharedRenewal = new TimeSpan(1, 'm');

/** The only file that knows Lucia. Its adapter is ours: the database holds a hash of the session id, never the id. */
export function addSessions(app: FastifyInstance, db: Kysely<Database>, publicUrl: URL): void {
  const sessions = createSessions(db, publicUrl.protocol === 'https:');
  app.decorate('sessions', sessions);
  app.decorateRequest('person', null);
}

/** One statement; nothing at all for a visitor without the cookie. */
export async function readSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { sessions } = request.server;
  const id = sessionIdOf(request);
  if (id === null) return;
  const { session, user } = await sessions.validateSession(id);
  if (session === null) return;
  request.person = personOf(session, user);
  if (session.fresh && !session.shared_phone) reply.header('set-cookie', sessions.createSessionCookie(id).serialize());
}

/** Not by Lucia, which reads all cookies of the host and throws at one with broken escapes, whoever has set it. */
function sessionIdOf({ cookies, server }: FastifyRequest): string | null {
  return cookies[server.sessions.sessionCookieName] || null;
}

function personOf(session: Session, { id, full_name, language, roles }: User): Person {
  return {
    id,
    full_name,
    given_name: givenName(full_name),
    language: isLanguage(language) ? language : null,
    roles,
    session_id: hashed(session.id),
    shared_phone: session.shared_phone,
  };
}

/** From here on the request is that person's, so that a page sent as its answer is drawn for them. */
export async function startSession(
  reply: FastifyReply,
  personId: string,
  options: { sharedPhone: boolean; device: string },
): Promise<void> {
  const { sessions } = reply.server;
  const session = await sessions.createSession(personId, {
    shared_phone: options.sharedPhone,
    device: options.device,
  });
  const cookie = sessions.createSessionCookie(session.id);
  // Without an age the browser forgets it when it closes.
  if (options.sharedPhone) delete cookie.attributes.maxAge;
  reply.header('set-cookie', cookie.serialize());
  const { user } = await sessions.validateSession(session.id);
  if (user !== null) reply.request.person = personOf(session, user);
}

export async function endSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { sessions } = request.server;
  const id = sessionIdOf(request);
  if (id !== null) await sessions.invalidateSession(id);
  reply.header('set-cookie', sessions.createBlankSessionCookie().serialize());
}

/** Whose session the cookie was before it ran out; so that what was typed then is offered to nobody else. */
export async function findExpiredPerson(request: FastifyRequest, db: Kysely<Database>): Promise<string | null> {
  const id = sessionIdOf(request);
  if (id === null) return null;
  const row = await db.selectFrom('sessions').select('person_id').where('id', '=', hashed(id)).executeTakeFirst();
  return row?.person_id ?? null;
}

function createSessions(db: Kysely<Database>, https: boolean) {
  return new Lucia(adapter(db), {
    sessionExpiresIn: lifetime,
    // Secure and its prefix follow PUBLIC_URL: a village server on plain http works too.
    sessionCookie: { name: https ? '__Host-session' : 'session', attributes: { secure: https, sameSite: 'lax' } },
    getSessionAttributes: ({ shared_phone }) => ({ shared_phone }),
    getUserAttributes: (attributes) => attributes,
  });
}

const sessionById = gathered({ id: 'text' }, (db, { id }) =>
  db
    .selectFrom('sessions')
    .innerJoin('persons', 'persons.id', 'sessions.person_id')
    .innerJoin('person_details', 'person_details.person_id', 'sessions.person_id')
    .select(['sessions.person_id', 'expires_at', 'shared_phone', 'device', 'full_name', 'language'])
    .select(({ selectFrom }) =>
      selectFrom('memberships')
        .select(sql<string[]>`coalesce(array_agg(distinct role), '{}')`.as('roles'))
        .whereRef('memberships.person_id', '=', 'sessions.person_id')
        .where('valid_until', 'is', null)
        .as('roles'),
    )
    .where('sessions.id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`),
);

function adapter(db: Kysely<Database>): Adapter {
  return {
    async getSessionAndUser(id) {
      const row = await sessionById(db, { id: hashed(id) });
      if (row === undefined) return [null, null];
      const { shared_phone, device, full_name, language } = row;
      return [
        {
          id,
          userId: row.person_id,
          expiresAt: renewalDate(row.expires_at, shared_phone),
          attributes: { shared_phone, device },
        },
        { id: row.person_id, attributes: { full_name, language, roles: row.roles ?? [] } },
      ];
    },
    async setSession({ id, userId, attributes }) {
      await db
        .insertInto('sessions')
        .values({
          id: hashed(id),
          person_id: userId,
          expires_at: inFuture(attributes.shared_phone ? sharedIdle : lifetime),
          shared_phone: attributes.shared_phone,
          device: attributes.device,
        })
        .execute();
    },
    async updateSessionExpiration(id) {
      await db
        .updateTable('sessions')
        .set({
          expires_at: sql<Date>`case when shared_phone then ${inFuture(sharedIdle)}::timestamptz else ${inFuture(lifetime)} end`,
        })
        .where('id', '=', hashed(id))
        .execute();
    },
    async deleteSession(id) {
      await db.deleteFrom('sessions').where('id', '=', hashed(id)).execute();
    },
    async deleteUserSessions(personId) {
      await db.deleteFrom('sessions').where('person_id', '=', personId).execute();
    },
    async deleteExpiredSessions() {
      throw new Error('ended sessions are removed by a job: accounts/sessions/queries.ts');
    },
    async getUserSessions() {
      throw new Error('sessions are listed in accounts/queries.ts: their ids are hashes');
    },
  };
}

/**
 * Lucia knows one lifetime and renews a session in its second half. For a shared phone the date told to it says only
 * whether a renewal is due; the true end stands in the statement above.
 */
function renewalDate(expiresAt: Date, sharedPhone: boolean): Date {
  if (!sharedPhone) return expiresAt;
  const idle = sharedIdle.milliseconds() - (expiresAt.getTime() - Date.now());
  return idle < sharedRenewal.milliseconds() ? inFuture(lifetime) : expiresAt;
}

function inFuture(span: TimeSpan): Date {
  return new Date(Date.now() + span.milliseconds());
}

function hashed(id: string): string {
  return hash('sha256', id);
}
