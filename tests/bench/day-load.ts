import { Agent, request as send } from 'node:http';
import type { Request } from 'autocannon';
import { type LearnerPage, long } from '../budgets/learner.ts';
import { rightResponses } from '../budgets/right-responses.ts';
import type { Target } from '../routes/hostile-targets.ts';
import { type Examinee, handingIn, insertExaminees, savingAnswers } from './examinees.ts';
import type { Twin } from './started.ts';

/** How often each is asked among them all. */
const shares: Record<string, number> = {
  'front, signed out': 2,
  'catalogue, signed out': 3,
  'course, signed out': 3,
  'lesson, signed out': 3,
  'certificate, signed out': 1,
  front: 1,
  'my courses': 3,
  course: 1,
  lesson: 5,
  quiz: 1,
  question: 2,
  result: 1,
  'who needs help': 1,
  drafts: 1,
};
/** Of a minute: so many learners begin a quiz, save answers by turns, and hand it in at its end. */
const examineesAMinute = 20;
/** So many of the requests are such answers. */
const answersAmong = 6;

export interface Tally {
  statuses: Record<number, number>;
  /** Requests that were not sent, since so many others waited for their answers. */
  putOff: number;
  handedIn: number;
}

const mostWaiting = 64;

/** What is asked of a server on a working day, evenly: visitors, lessons, answers, tests handed in, a mentor, an author. */
export function dayLoad(pages: LearnerPage[], { app, db }: Twin, origin: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: mostWaiting });
  const reading = pages.flatMap((page) => Array.from({ length: shares[page.name] ?? 0 }, () => page));
  const tally: Tally = { statuses: {}, putOff: 0, handedIn: 0 };
  let waiting = 0;

  async function ask({ method = 'GET', path = '/', headers = {}, body = '' }: Request): Promise<number> {
    if (waiting >= mostWaiting) {
      tally.putOff += 1;
      return 0;
    }
    waiting += 1;
    const status = await new Promise<number>((resolve) => {
      const sent = send(new URL(path, origin), { method, agent, headers }, (answer) => {
        answer.resume().once('close', () => resolve(answer.statusCode ?? 0));
      });
      sent.once('error', () => resolve(0)).end(body);
    });
    waiting -= 1;
    tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
    return status;
  }

  async function minute(question_id: string, isOver: () => boolean): Promise<void> {
    const examinees = await insertExaminees({ app, db }, long, examineesAMinute);
    const saved = new Map<Examinee, number>();
    const begun = performance.now();
    for (let count = 0; count < perSecond * 60 && !isOver(); count += 1) {
      await until(begun + (count * 1000) / perSecond);
      const examinee = examinees[Math.floor(count / 2) % examinees.length];
      const isAnswer = count % (reading.length + answersAmong) < answersAmong && count % 2 === 0;
      if (isAnswer && examinee !== undefined) {
        const revision = saved.get(examinee) ?? 0;
        saved.set(examinee, revision + 1);
        ask(numbered(savingAnswers(examinee, question_id), revision));
      } else {
        const page = reading[count % reading.length];
        if (page) ask({ path: page.path, headers: { ...page.headers, 'accept-encoding': 'gzip, deflate, br' } });
      }
    }
    for (const status of await Promise.all(examinees.map((examinee) => ask(handingIn(examinee)))))
      if (status === 303) tally.handedIn += 1;
  }

  return {
    tally,
    async run(isOver: () => boolean): Promise<void> {
      const typed = (await rightResponses(db, long)).find(({ type }) => type === 'number');
      if (typed === undefined) throw new Error(`No question of ${long.slug} takes a number`);
      while (!isOver()) await minute(typed.question_id, isOver);
      agent.destroy();
    },
  };
}

/** The same pages for requests that are bent out of shape. */
export function hostileTargets(pages: LearnerPage[]): Target[] {
  return pages.map(({ name, path, headers }) => ({
    ...{ actor: 'stranger', name: `GET ${name}`, method: 'GET', path: path.replace(/\?.*/, ''), fields: [] },
    cookie: headers.cookie ?? '',
  }));
}

function numbered({ body = '', ...request }: Request, revision: number): Request {
  return { ...request, body: body.replaceAll('%n', String(revision)) };
}

function until(moment: number): Promise<unknown> {
  const left = moment - performance.now();
  return left <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, left));
}
