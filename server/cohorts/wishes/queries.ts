import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Wishes } from '../matching/matching.ts';

type Somebody = { id: string };

/** What somebody wishes for; a subquery on whoever `person` is in the statement around it. */
export function wishesOf(person: RawBuilder<string>): RawBuilder<Wishes> {
  return sql<Wishes>`coalesce((
    select json_build_object('languages', languages, 'places', places_around(place_code), 'hours', hours, 'topics', topics)
    from guidance_wishes where person_id = ${person}
  ), '{"languages":[],"places":[],"hours":[],"topics":[]}')`;
}

export interface StatedWishes {
  languages: string[];
  place_code: string | null;
  hours: string[];
  topics: string[];
}

/** As somebody has stated them, for them to change. */
export async function findWishes(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('guidance_wishes')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'guidance_wishes.place_code').on('place.valid_until', 'is', null),
    )
    .where('person_id', '=', person.id)
    .select(['languages', 'hours', 'topics', 'guidance_wishes.place_code', 'place.name as place_name'])
    .executeTakeFirst();
}

/** What is not given stays as it was. */
export async function setWishes(
  trx: Transaction<Database>,
  person: Somebody,
  wishes: Partial<StatedWishes>,
): Promise<void> {
  await trx
    .insertInto('guidance_wishes')
    .values({ person_id: person.id, ...wishes })
    .onConflict((conflict) =>
      conflict.column('person_id').doUpdateSet(({ fn }) => ({ ...wishes, updated_at: fn<Date>('now') })),
    )
    .execute();
}
