import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { SignInName } from '../contact.ts';

/** A family shares a phone: so many of them can sign in by its number, whoever had it first; a learner code always works. */
export const mostSharing = 5;

export type Candidate = Awaited<ReturnType<typeof listCandidates>>[number];

/** Who may be meant by the name that was typed, and whom this browser has signed in before. */
export async function listCandidates(db: Kysely<Database>, name: SignInName, browserHash: string | null) {
  return selectPersons(db)
    .leftJoin('one_time_pins', (join) =>
      join
        .onRef('one_time_pins.person_id', '=', 'person_details.person_id')
        .on('one_time_pins.expires_at', '>', sql<Date>`now()`),
    )
    .select('one_time_pins.pin_hash')
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('known_browsers')
          .select('token_hash')
          .whereRef('known_browsers.person_id', '=', 'person_details.person_id')
          .where('token_hash', '=', browserHash ?? ''),
      )
        .$castTo<boolean>()
        .as('is_known'),
    )
    .$if(name.kind === 'code', (query) => query.where('person_details.person_id', '=', personOfCode(name.value)))
    .$if(name.kind !== 'code', (query) =>
      query
        .where(name.kind === 'email' ? sql`lower(email)` : 'phone', '=', name.value)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('persons')
                .select('persons.id')
                .whereRef('persons.id', '=', 'person_details.person_id')
                .where('merged_into_id', 'is not', null),
            ),
          ),
        ),
    )
    .orderBy('person_details.person_id')
    .limit(mostSharing)
    .execute();
}

/** The card of a record that was merged into another opens that one. */
function personOfCode(learnerCode: string) {
  return sql<string>`(
    select coalesce(merged_into_id, id) from persons join person_details on person_id = id
    where learner_code = ${learnerCode}
  )`;
}

export async function listPersons(db: Kysely<Database>, ids: string[]) {
  return selectPersons(db).where('person_id', 'in', ids).orderBy('person_id').execute();
}

function selectPersons(db: Kysely<Database>) {
  return db
    .selectFrom('person_details')
    .select(['person_details.person_id', 'full_name', 'learner_code', 'secret_kind', 'secret_hash', 'recovery_hash'])
    .select(['phone', 'birth_year', 'birth_month'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('memberships')
          .select('memberships.id')
          .whereRef('memberships.person_id', '=', 'person_details.person_id')
          .where('role', '<>', 'learner')
          .where('valid_until', 'is', null),
      )
        .$castTo<boolean>()
        .as('has_role'),
    )
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('second_factors')
          .select('second_factors.person_id')
          .whereRef('second_factors.person_id', '=', 'person_details.person_id'),
      )
        .$castTo<boolean>()
        .as('has_second_factor'),
    );
}
