import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { openReports } from '../messages/reports/queries.ts';

export type Counts = Omit<Awaited<ReturnType<typeof countSite>>, 'reports'>;

export async function countReports(db: Kysely<Database>, manager: { id: string }): Promise<number> {
  const { count } = await openReports(db, manager).executeTakeFirstOrThrow();
  return count;
}

export async function countSite(db: Kysely<Database>, owner: { id: string }) {
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
      openReports(db, owner).$asScalar().$notNull().as('reports'),
    ])
    .executeTakeFirstOrThrow();
}
