import type { Request } from 'autocannon';
import { type LearnerPage, long } from '../budgets/learner.ts';
import { type RightResponse, rightResponses } from '../budgets/right-responses.ts';
import type { TestApp } from '../support/app.ts';
import { handingIn, insertExaminees, savingAnswers } from './examinees.ts';
import { connections, type Load, sameForAll } from './load.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

const reading = [
  'catalogue, signed out',
  'course, signed out',
  'lesson',
  'my courses',
  'question',
  'who needs help',
  'drafts',
];

/**
 * What a server is asked all day.
 * @param handIns of each connection in a run: an attempt can be handed in but once
 */
export async function learnerLoads(
  pages: LearnerPage[],
  site: Site,
  { handIns }: { handIns: number },
): Promise<Load[]> {
  const responses = await rightResponses(site.db, long);
  return [
    ...pages.filter(({ name }) => reading.includes(name)).map(readingLoad),
    savingLoad(site, responses),
    handingInLoad(site, responses, handIns),
  ];
}

function readingLoad({ name, path, headers }: LearnerPage): Load {
  const request = { path, headers: { ...headers, 'accept-encoding': 'gzip, deflate, br' } };
  return { name, status: 200, lanes: async () => sameForAll(request) };
}

function savingLoad(site: Site, responses: RightResponse[]): Load {
  const typed = responses.find(({ type }) => type === 'number');
  if (typed === undefined) throw new Error(`No question of ${long.slug} takes a number`);
  let before = 0;
  return {
    name: 'save an answer',
    status: 303,
    async lanes() {
      const examinees = await insertExaminees(site, long, connections);
      before = await countRows(site, 'answers');
      return examinees.map((examinee) => [savingAnswers(examinee, typed.question_id)]);
    },
    async check({ count }) {
      const saved = (await countRows(site, 'answers')) - before;
      if (saved < count) throw new Error(`Of ${count} answers ${saved} were saved`);
    },
  };
}

function handingInLoad(site: Site, responses: RightResponse[], each: number): Load {
  let before = 0;
  return {
    name: 'hand in',
    status: 303,
    once: true,
    async lanes() {
      const requests = (await insertExaminees(site, long, connections * each, responses)).map(handingIn);
      before = await countRows(site, 'submissions');
      return Array.from({ length: connections }, (_, lane): Request[] =>
        requests.slice(lane * each, (lane + 1) * each),
      );
    },
    async check({ count }) {
      const handedIn = (await countRows(site, 'submissions')) - before;
      if (handedIn !== count) throw new Error(`Of ${count} attempts ${handedIn} were handed in`);
    },
  };
}

async function countRows({ db }: Site, table: 'answers' | 'submissions'): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
