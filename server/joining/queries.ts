import { type Kysely, sql, type Transaction } from 'kysely';
import type { Joined } from '../cohorts/admitting/queries.ts';
import { askToJoin } from '../cohorts/requests/queries.ts';
import type { Answer, Question } from '../cohorts/requests/questions.ts';
import { type StatedWishes, setWishes } from '../cohorts/wishes/queries.ts';
import type { Database } from '../database/connection.ts';
import { joinOrganisation } from './requests/queries.ts';

type Somebody = { id: string };

/** What a code leads to, for who wants to join: nothing, once the code or the organisation is closed. */
export async function findJoinTarget(db: Kysely<Database>, code: string, person: Somebody | null) {
  return openJoinCodes(db, code)
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'organisations.place_code').on('place.valid_until', 'is', null),
    )
    .select(['join_codes.code', 'join_codes.is_open', 'organisations.name', 'organisations.kind'])
    .select(['organisations.code as organisation_code', 'organisations.logo_hash', 'join_codes.cohort_id'])
    .select(['place.name as place_name', 'place.kind as place_kind'])
    .select((eb) => [
      eb
        .exists(
          eb
            .selectFrom('memberships')
            .select('memberships.id')
            .where('memberships.person_id', '=', person?.id ?? null)
            .whereRef('memberships.organisation_id', '=', 'organisations.id')
            .where('memberships.role', '=', 'learner')
            .where('memberships.valid_until', 'is', null),
        )
        .as('is_member'),
      eb
        .selectFrom('join_requests')
        .where('join_requests.person_id', '=', person?.id ?? null)
        .whereRef('join_requests.organisation_id', '=', 'organisations.id')
        .where('join_requests.outcome', 'is', null)
        .select('join_requests.created_at')
        .as('waiting_since'),
    ])
    .executeTakeFirst();
}

function openJoinCodes(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('join_codes')
    .leftJoin('cohorts', 'cohorts.id', 'join_codes.cohort_id')
    .innerJoin('organisations', (join) =>
      join.on(({ eb, fn, ref }) =>
        eb('organisations.id', '=', fn.coalesce(ref('join_codes.organisation_id'), ref('cohorts.organisation_id'))),
      ),
    )
    .where('join_codes.code', '=', code)
    .where('join_codes.closed_at', 'is', null)
    .where('cohorts.closed_at', 'is', null)
    .where('organisations.closed_at', 'is', null)
    .where('organisations.merged_into_id', 'is', null);
}

export interface Joining {
  /** `unanswered`: a question that must be answered is not, and nothing has changed. */
  joined: Joined | 'unanswered';
  /** Null: it was an organisation. */
  cohort_id: string | null;
}

/** What somebody says of themselves who asks to join a cohort. */
export interface Said {
  wishes: Partial<StatedWishes> | null;
  /** To the questions that the cohort has now. */
  answer: (questions: Question[]) => { answers: Answer[]; error: string | null };
}

/** @returns null when the code leads nowhere (any more) */
export async function join(
  trx: Transaction<Database>,
  code: string,
  person: Somebody,
  said: Said,
): Promise<Joining | null> {
  // Held until the end: a merger or the closing of the code waits, or is seen. First the organisation, as a merger does: otherwise
  // each could hold what the other waits for.
  await openJoinCodes(trx, code).select('organisations.id').forShare('organisations').execute();
  const target = await openJoinCodes(trx, code)
    .select(['join_codes.id', 'join_codes.is_open', 'organisations.id as organisation_id', 'organisations.code'])
    .select(['cohorts.id as cohort_id', 'cohorts.is_open as cohort_is_open'])
    .select(({ ref }) => ref('cohorts.questions').$castTo<Question[] | null>().as('questions'))
    .forShare(['join_codes', 'organisations'])
    .executeTakeFirst();
  if (target === undefined) return null;
  const { cohort_id } = target;
  if (cohort_id === null) return { joined: await joinOrganisation(trx, target, person), cohort_id };
  const { answers, error } = said.answer(target.questions ?? []);
  if (error !== null) return { joined: 'unanswered', cohort_id };
  // Before they are placed: it says with whom.
  if (said.wishes !== null) await setWishes(trx, person, said.wishes);
  const cohort = { id: cohort_id, is_open: target.cohort_is_open === true };
  return { joined: await askToJoin(trx, cohort, person, { joinCodeId: target.id, answers }), cohort_id };
}

/** Everything somebody is, and wherever they wait or waited. */
export async function listOwnMemberships(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .where('memberships.person_id', '=', person.id)
    .where('memberships.valid_until', 'is', null)
    .select(['memberships.id', 'memberships.role', 'memberships.valid_from'])
    .select(['organisations.code', 'organisations.name', 'organisations.closed_at'])
    .select(({ selectFrom }) =>
      selectFrom('join_requests')
        .innerJoin('organisations as below', 'below.id', 'join_requests.organisation_id')
        .where('join_requests.outcome', 'is', null)
        .where(sql<boolean>`memberships.role in ('mentor', 'manager', 'owner')`)
        .where(sql<boolean>`below.path <@ organisations.path`)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('waiting'),
    )
    .orderBy('memberships.valid_from', 'desc')
    .limit(100)
    .execute();
}

export async function findOwnMembership(db: Kysely<Database>, person: Somebody, membershipId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .where('memberships.id', '=', membershipId)
    .where('memberships.person_id', '=', person.id)
    .select(['memberships.id', 'memberships.person_id', 'memberships.role', 'organisations.code'])
    .executeTakeFirst();
}
