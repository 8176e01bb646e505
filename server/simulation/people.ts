import { newDigitCode } from '../platform/digit-code.ts';
import { type Chance, scattered } from './chance.ts';
import { fullName } from './names.ts';
import type { Rows } from './rows.ts';

export interface Secrets {
  /** Of learners, all the same. */
  pin: string;
  /** Of everybody else. */
  password: string;
  /** Of a code that nobody has. */
  recovery: string;
}

export interface Person {
  id: string;
  full_name: string;
  learner_code: string;
  phone: string | null;
  language: 'vi' | 'en';
  joinedAt: number;
}

export interface Newcomer {
  /** Nobody else's. */
  number: number;
  joinedAt: number;
  kind: 'learner' | 'staff';
}

/** Somebody who has signed up. Nobody is a child: for a child others would have to agree. */
export function arrive(
  rows: Rows,
  random: Chance,
  { number, joinedAt, kind }: Newcomer,
  { secrets, consent }: { secrets: Secrets; consent: string },
): Person {
  const id = random.id(joinedAt);
  const created_at = new Date(joinedAt);
  const person = {
    id,
    full_name: fullName(random),
    learner_code: learnerCode(number),
    phone: kind === 'staff' || random.happens(0.6) ? `+849${random.whole(10_000_000, 99_999_999)}` : null,
    language: random.happens(0.97) ? ('vi' as const) : ('en' as const),
    joinedAt,
  };
  const age = kind === 'staff' ? random.whole(22, 60) : ageOfLearner(random);
  rows.add('persons', { id, language: person.language, created_at });
  rows.add('person_details', {
    person_id: id,
    full_name: person.full_name,
    learner_code: person.learner_code,
    phone: person.phone,
    birth_year: created_at.getUTCFullYear() - age,
    birth_month: random.whole(1, 12),
    secret_kind: kind === 'staff' ? 'password' : 'pin',
    secret_hash: kind === 'staff' ? secrets.password : secrets.pin,
    recovery_hash: secrets.recovery,
    updated_at: created_at,
  });
  rows.add('consents', {
    id: random.id(joinedAt),
    person_id: id,
    purpose: 'learning',
    text_version: consent,
    granted: true,
    given_at: created_at,
    channel: 'web',
    given_by: 'self',
  });
  rows.add('audit_events', {
    id: random.id(joinedAt),
    happened_at: created_at,
    actor_id: id,
    subject_id: id,
    verb: 'person.signed_up',
    channel: 'web',
    facts: {},
  });
  return person;
}

function ageOfLearner(random: Chance): number {
  if (random.happens(0.6)) return random.whole(17, 25);
  return random.happens(0.6) ? random.whole(26, 45) : random.whole(46, 75);
}

/** One of nine hundred million, which as a number no other person has. */
function learnerCode(number: number): string {
  const digits = String(100_000_000 + scattered(number, 900_000_000n, 610_612_417n));
  return newDigitCode(10, () => Uint8Array.from([...digits, '0'].map(Number)));
}

export interface Held {
  organisation: { id: string; code: string };
  role: 'manager' | 'mentor' | 'learner';
  by: { id: string };
  at: number;
}

export function giveRole(rows: Rows, random: Chance, person: Person, { organisation, role, by, at }: Held): void {
  insertRole(rows, random, person, { organisation, role, by: by.id, at });
  rows.add('audit_events', {
    id: random.id(at),
    happened_at: new Date(at),
    actor_id: by.id,
    subject_id: person.id,
    verb: 'role.granted',
    channel: 'web',
    facts: { organisation: organisation.code, role, by: 'manager' },
  });
}

/** By a one-time link, so that nobody has given the role. */
export function makeOwner(rows: Rows, random: Chance, person: Person, root: { id: string }): void {
  insertRole(rows, random, person, { organisation: root, role: 'owner', by: null, at: person.joinedAt });
  rows.add('audit_events', {
    id: random.id(person.joinedAt),
    happened_at: new Date(person.joinedAt),
    actor_id: person.id,
    subject_id: person.id,
    verb: 'owner.created',
    channel: 'web',
    facts: {},
  });
}

function insertRole(
  rows: Rows,
  random: Chance,
  person: Person,
  { organisation, role, by, at }: { organisation: { id: string }; role: string; by: string | null; at: number },
): void {
  rows.add('memberships', {
    id: random.id(at),
    person_id: person.id,
    organisation_id: organisation.id,
    role,
    valid_from: new Date(at),
    granted_by_id: by,
  });
}
