import pg from 'pg';

/** A statement as a page has sent it. */
export interface Sent {
  sql: string;
  values: readonly unknown[];
}

export interface Reading {
  /** Rows that the statement has looked at, whether it could use them or not. */
  rows: number;
  /** Tables that it has read from end to end, functions that it calls included, though it was told to use an index wherever there is one. */
  scanned: string[];
}

interface Plan {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

/** Asks the planner of a database: as if each table were so large that reading all of it is the last resort. */
export async function openPlanner(url: string) {
  const client = new pg.Client(url);
  await client.connect();
  // Joins that read a whole table to find a few rows of it pay while tables are small. No workers: the same rows each time.
  for (const way of ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit'])
    await client.query(`set ${way} = off`);
  await client.query('set max_parallel_workers_per_gather = 0');

  /** What this transaction and those shortly before it have read, by table: functions do not show in a plan, but here. */
  async function readSoFar(): Promise<Map<string, { scans: number; rows: number }>> {
    const { rows } = await client.query(
      `select relname, seq_scan as scans, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows
       from pg_stat_xact_user_tables where schemaname = 'public'`,
    );
    return new Map(rows.map(({ relname, scans, rows }) => [relname, { scans: Number(scans), rows: Number(rows) }]));
  }

  async function explain({ sql, values }: Sent): Promise<Reading> {
    await client.query('begin');
    try {
      const before = await readSoFar();
      const { rows } = await client.query(`explain (analyze, timing off, format json) ${sql}`, [...values]);
      const tables = [...(await readSoFar())].map(([name, { scans, rows }]) => ({
        name,
        scans: scans - (before.get(name)?.scans ?? 0),
        rows: rows - (before.get(name)?.rows ?? 0),
      }));
      return {
        // What an index alone could answer does not show in the count, functions do not show in the plan.
        rows: Math.max(
          rowsOf(rows[0]['QUERY PLAN'][0].Plan),
          tables.reduce((sum, table) => sum + table.rows, 0),
        ),
        scanned: tables.filter(({ scans }) => scans > 0).map(({ name }) => name),
      };
    } finally {
      await client.query('rollback');
    }
  }
  return { explain, close: () => client.end() };
}

function rowsOf(plan: Plan): number {
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Index Recheck': rechecked = 0 } = plan;
  const own = 'Relation Name' in plan ? (plan['Actual Rows'] + filtered + rechecked) * plan['Actual Loops'] : 0;
  return (plan.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), own);
}

/** The rows of every table, as the planner knows them. */
export async function sizesOf(url: string): Promise<Map<string, number>> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    `select relname, reltuples from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  await client.end();
  return new Map(rows.map(({ relname, reltuples }) => [relname, Number(reltuples)]));
}
