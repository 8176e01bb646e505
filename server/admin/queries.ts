import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import { openReports } from '../messages/reports/queries.ts';

/** Up to so many are counted while the owner waits. */
export const mostCounted = 1_000;

/** What there is of each, in the order of the page: rows of a table. */
const counted = {
  persons: sql`persons where erased_at is null`,
  courses: sql`courses where current_version_id is not null`,
  enrolments: sql`enrolments where ended_at is null`,
  certificates: sql`certificates where successor_id is null`,
};
type Counted = keyof typeof counted;
const names = Object.keys(counted) as Counted[];

export interface SiteCount {
  name: Counted;
  number: number;
  /** Null: as of now. */
  counted_at: Date | null;
  /** There are more than this, and nobody has counted them yet. */
  is_more: boolean;
}

export async function countReports(db: Kysely<Database>, manager: { id: string }): Promise<number> {
  const { count } = await openReports(db, manager).executeTakeFirstOrThrow();
  return count;
}

/** What is few as it is now; what is many as it was counted last. */
export async function countSite(
  db: Kysely<Database>,
  owner: { id: string },
): Promise<{ counts: SiteCount[]; reports: number }> {
  const { rows } = await sql<SiteCount & { reports: number }>`
    select known.name, coalesce(kept.number, known.number) as number, kept.counted_at,
      kept.number is null and known.number > ${mostCounted} as is_more, (${openReports(db, owner)}) as reports
    from (${sql.join(names.map(countedUnlessKept), sql` union all `)}) as known
    left join site_counts as kept on kept.name = known.name and known.number is null
    order by place
  `.execute(db);
  const [first] = rows;
  return { counts: rows.map(({ reports: _, ...count }) => count), reports: first?.reports ?? 0 };
}

/** Null where a large number is kept: then nothing is counted. */
function countedUnlessKept(name: Counted, place: number): RawBuilder<unknown> {
  return sql`
    select ${name}::text as name, ${place}::integer as place, case
      when not exists (select from site_counts where name = ${name} and number > ${mostCounted})
      then (select count(*) from (select from ${counted[name]} order by id limit ${mostCounted + 1}) as found)
    end as number
  `;
}

/** @returns how much there is of all */
export async function keepSiteCounts(db: Kysely<Database>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    let sum = 0;
    for (const name of names) {
      const { rows } = await sql<{ number: number }>`
        insert into site_counts (name, number) select ${name}, count(*) from ${counted[name]}
        on conflict (name) do update set number = excluded.number, counted_at = excluded.counted_at
        returning number
      `.execute(trx);
      sum += rows[0]?.number ?? 0;
    }
    return sum;
  });
}
