import type { Pool } from 'pg';

/** Work that no visitor waits for, done by the clock, by one process at a time however many there are. */
export interface Job {
  /** Names its queue. */
  name: string;
  /** When, as cron writes it, at the place where the site is. What was missed while no server ran is done once at the next start. */
  schedule: string;
  /** @returns what it has done, in words */
  run(): Promise<string>;
}

export interface Jobs {
  /** Has it done now, unless it is under way or waiting already. */
  order(name: string): Promise<void>;
  /** Waits for what is under way, for a while. */
  stop(): Promise<void>;
}

interface Options {
  /** Seconds between two looks at a queue: more make an idle server quieter. */
  pollSeconds?: number;
  /** Told of what hinders the queues themselves; how a job ends stands in its queue. */
  report(error: unknown): void;
}

const schema = 'pgboss';
const day = 24 * 60 * 60;

/** Keeps the queues in a schema of their own, through the pool of the server: a few statements a minute, and no LISTEN. */
export async function startJobs(pool: Pool, jobs: Job[], { pollSeconds = 60, report }: Options): Promise<Jobs> {
  // Here, since it takes a tenth of a second and no visitor needs it.
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema,
    cronMonitorIntervalSeconds: 45,
    cronWorkerIntervalSeconds: 45,
    superviseIntervalSeconds: 10 * 60,
    maintenanceIntervalSeconds: day,
    monitorIntervalSeconds: 60 * 60,
    queueCacheIntervalSeconds: 60 * 60,
    clockMonitorIntervalSeconds: 10 * 60,
    bamIntervalSeconds: 60 * 60,
    flowIntervalSeconds: 60 * 60,
    monitorVacuum: false,
    reindex: false,
  });
  boss.on('error', report);
  await boss.start();
  for (const { name, schedule, run } of jobs) {
    // Exclusive: one waits or is at work, never two. Whoever dies at it is noticed by the missing heartbeat, and it is done again.
    const settings = { retryLimit: 2, retryDelay: 10 * 60, expireInSeconds: day, heartbeatSeconds: 120 };
    await boss.createQueue(name, { policy: 'exclusive', deleteAfterSeconds: 30 * day, ...settings });
    await boss.work(name, { pollingIntervalSeconds: pollSeconds }, async () => ({ said: await run() }));
    await boss.schedule(name, schedule, {}, { tz: 'Asia/Ho_Chi_Minh', missed: 'once' });
  }
  return {
    async order(name) {
      await boss.send(name, {});
    },
    stop: () => boss.stop({ graceful: true, close: false, timeout: 10_000 }),
  };
}
