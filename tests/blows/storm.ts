import { setTimeout as delay } from 'node:timers/promises';
import { browsers } from './asking.ts';
import { type Record, takeQuiz } from './examinee.ts';
import { type BlowSite, openSite } from './site.ts';

export interface Blow {
  name: string;
  /** Until it is over: from then on the site has to come back by itself. */
  strike(site: BlowSite): Promise<void>;
}

const killing = (which: number): Blow => ({
  name: `server ${which + 1} killed`,
  async strike({ servers }) {
    await servers[which]?.kill();
    // As systemd does.
    await servers[which]?.start();
  },
});

/** One after the other. PostgreSQL is started anew after each crash, so that no two crashes follow each other under one supervisor. */
export const blows: Blow[] = [
  killing(0),
  { name: 'connections ended', strike: ({ postgres }) => postgres.endConnections() },
  { name: 'PostgreSQL killed', strike: ({ postgres }) => postgres.crash() },
  { name: 'network cut', strike: async ({ network }) => network.cut() },
  killing(1),
  { name: 'PostgreSQL restarted', strike: ({ postgres }) => postgres.restart() },
  {
    name: 'network down for 2 s',
    async strike({ network }) {
      network.isDown = true;
      network.cut();
      await delay(2_000);
      network.isDown = false;
    },
  },
  {
    name: 'both servers killed',
    async strike({ servers }) {
      await Promise.all(servers.map((server) => server.kill()));
      await Promise.all(servers.map((server) => server.start()));
    },
  },
];

export interface Damage {
  learners: number;
  acknowledged: number;
  refusals: number;
  breaks: number;
  /** Milliseconds from the end of each blow until every server had answered well. */
  recoveries: { blow: string; took: number }[];
  /** What was said to be saved, and is not on record as it was said. */
  lost: number;
  /** Attempts, submissions, completions of the quiz and certificates on record, each for as many people. */
  onRecord: { table: string; rows: number; people: number }[];
  /** What no blow excuses. */
  faults: string[];
}

interface Options {
  learners: number;
  blows: Blow[];
  thinking: number;
  /** Milliseconds for people to answer between two blows. */
  pause: number;
  tell?: (words: string) => void;
  /** What ends all that was started, for who has to do it from outside. */
  endings?: (() => unknown)[];
}

/** So long may nothing at all be served before the storm is given up: milliseconds. Blows take less, and so does the slowest machine. */
const patience = 120_000;

/** Many learners take a quiz at once while blows come down; then looks at what is on record. Leaves nothing behind. */
export async function storm({
  learners,
  blows,
  thinking,
  pause,
  tell = () => {},
  endings = [],
}: Options): Promise<Damage> {
  const agent = browsers();
  endings.push(() => agent.destroy());
  try {
    const site = await openSite(learners, endings);
    const record: Record = {
      ...{ saved: [], attempts: [], handedIn: [], refusals: 0, breaks: 0, served: 0, faults: [] },
      servedAt: new Map(),
    };
    const origins = site.servers.map(({ origin }) => origin);
    let isOver = false;
    const circumstances = { origins, agent, record, isOver: () => isOver, thinking, responses: site.responses };
    const everybody = Promise.allSettled(site.cookies.map((cookie) => takeQuiz(cookie, circumstances)));
    const until = (what: string, holds: () => boolean) => whileServing(record, what, holds);
    await until('the first answers', () => new Set(record.attempts).size >= learners);

    const recoveries: Damage['recoveries'] = [];
    for (const blow of blows) {
      await delay(pause);
      tell(blow.name);
      await blow.strike(site);
      const begun = performance.now();
      await until(`coming back: ${blow.name}`, () =>
        origins.every((origin) => (record.servedAt.get(origin) ?? 0) > begun),
      );
      const served = origins.map((origin) => record.servedAt.get(origin) ?? 0);
      recoveries.push({ blow: blow.name, took: Math.max(...served) - begun });
    }
    tell('handing in');
    isOver = true;
    await until('handing in', () => record.handedIn.length + record.faults.length >= learners);
    for (const end of await everybody) if (end.status === 'rejected') record.faults.push(String(end.reason));
    return { learners, acknowledged: record.saved.length, recoveries, ...(await damage(site, record)) };
  } finally {
    await endAll(endings);
  }
}

export async function endAll(endings: (() => unknown)[]): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
}

async function whileServing(record: Record, what: string, holds: () => boolean): Promise<void> {
  for (let [served, since] = [-1, 0]; !holds(); await delay(5)) {
    if (record.served !== served) [served, since] = [record.served, performance.now()];
    else if (performance.now() - since > patience)
      throw new Error(`${what}: nothing was served for ${patience / 1000} s; so far ${told(record)}`);
  }
}

function told({ served, attempts, refusals, breaks, faults }: Record): string {
  return `${served} served, ${attempts.length} began, ${refusals} refused, ${breaks} broken off; ${faults.slice(0, 5).join('; ')}`;
}

async function damage(site: BlowSite, { saved, refusals, breaks, faults }: Record) {
  return site.look(async (db) => {
    const answers = await db
      .selectFrom('answers')
      .select(['attempt_id', 'question_id', 'revision', 'response'])
      .execute();
    const key = (...parts: unknown[]) => parts.join(' ');
    const onDisk = new Map(
      answers.map(({ attempt_id, question_id, revision, response }) => [
        key(attempt_id, question_id, revision),
        JSON.stringify(response),
      ]),
    );
    const lost = saved.filter(
      ({ attempt, question, revision, text }) =>
        onDisk.get(key(attempt, question, revision)) !== JSON.stringify({ text }),
    ).length;
    const attempts = await db.selectFrom('attempts').select('person_id').execute();
    const submissions = await db
      .selectFrom('submissions')
      .innerJoin('attempts', 'attempts.id', 'submissions.attempt_id')
      .select('person_id')
      .execute();
    const certificates = await db.selectFrom('certificates').select('person_id').execute();
    const onRecord = Object.entries({ attempts, submissions, certificates }).map(([table, rows]) => ({
      table,
      rows: rows.length,
      people: new Set(rows.map(({ person_id }) => person_id)).size,
    }));
    return { refusals, breaks, lost, onRecord, faults: [...new Set(faults)].slice(0, 20) };
  });
}
