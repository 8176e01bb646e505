import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';

export type Counts = Awaited<ReturnType<typeof countSite>>;

export async function countSite(db: Kysely<Database>) {
  return db
    .selectNoFrom(({ selectFrom }) => [
      selectFrom('persons')
        .where('erased_at', 'is', null)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .$asScalar()
        .$notNull()
        .as('persons'),
      selectFrom('courses')
        .where('current_version_id', 'is not', null)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .$asScalar()
        .$notNull()
        .as('courses'),
      selectFrom('enrolments')
        .where('ended_at', 'is', null)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .$asScalar()
        .$notNull()
        .as('enrolments'),
      selectFrom('certificates')
        .where('successor_id', 'is', null)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .$asScalar()
        .$notNull()
        .as('certificates'),
    ])
    .executeTakeFirstOrThrow();
}
