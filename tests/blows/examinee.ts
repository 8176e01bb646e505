import type { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { asFields, type RightResponse } from '../budgets/right-responses.ts';
import { type Fields, formFields, type HTMLElement, parse } from '../support/html.ts';
import { type Answer, ask, keptForm } from './asking.ts';

/** What the site has said to all learners. */
export interface Record {
  /** Answers of which a redirect has said that they are on record. */
  saved: { attempt: string; question: string; revision: number; text: string }[];
  attempts: string[];
  handedIn: string[];
  /** Pages that said "try again", and connections that broke off. */
  refusals: number;
  breaks: number;
  /** What no blow excuses. */
  faults: string[];
  /** Requests that were answered well. */
  served: number;
  /** When each server has last answered well, by origin. */
  servedAt: Map<string, number>;
}

interface Circumstances {
  origins: string[];
  agent: Agent;
  record: Record;
  isOver: () => boolean;
  /** The longest that somebody thinks between two answers, in milliseconds. */
  thinking: number;
  responses: RightResponse[];
}

/** So often in a row may a form be sent in vain: by then something is broken that no blow explains. */
const mostTries = 500;

/** One learner: reads, answers again and again while blows come down, then answers everything right and hands in. */
export async function takeQuiz(cookie: string, circumstances: Circumstances): Promise<void> {
  const { record, isOver, thinking, responses } = circumstances;
  const send = (path: string, fields?: Fields) => insist(cookie, circumstances, path, fields);

  // They do not all come in the same moment.
  await delay(Math.random() * 4 * thinking);
  await send('/courses/small/enrolment', []);
  for (const lesson of ['first', 'second']) await send(`/courses/small/lessons/${lesson}/completion`, []);
  const path = (await send('/courses/small/quizzes/final/attempts', [])).location;
  const attempt = path.replace('/attempts/', '');
  record.attempts.push(attempt);
  const questions = responses.flatMap(({ response, question_id }) => ('text' in response ? [question_id] : []));

  for (let turn = 0; turn === 0 || !isOver(); turn += 1) {
    const question = questions[turn % questions.length] ?? '';
    const revision = Math.floor(turn / questions.length);
    const text = `${turn}`;
    const fields: Fields = [
      ['place', '1'],
      ['go', 'next'],
      [`r_${question}`, `${revision}`],
      [`q_${question}`, text],
    ];
    const { status } = await send(`${path}/answers`, fields);
    if (status === 303) record.saved.push({ attempt, question, revision: revision + 1, text });
    await delay(Math.random() * thinking);
  }

  const page = await send(`${path}?question=all`);
  await send(`${path}/answers`, rightFields(page, attempt, responses));
  // A double tap: both at once.
  await Promise.all([send(`${path}/submission`, []), send(`${path}/submission`, [])]);
  record.handedIn.push(attempt);
  const result = await send(`${path}/result`);
  if (!/href="\/certificates\/[\w-]+"/.test(result.body)) record.faults.push(`no certificate on ${path}/result`);
}

/** As somebody does who wants to get on: presses again what said "try again", and loads again what broke off, at either server. */
async function insist(
  cookie: string,
  { origins, agent, record, thinking }: Circumstances,
  path: string,
  fields?: Fields,
): Promise<Answer> {
  let sending = fields;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const origin = origins[Math.floor(Math.random() * origins.length)] ?? '';
    let answer: Answer;
    try {
      answer = await ask(origin, { agent, cookie, path, fields: sending });
    } catch (error) {
      record.breaks += 1;
      if (error instanceof Error && error.message.endsWith('did not answer')) record.faults.push(error.message);
      await delay(100 + Math.random() * 300);
      continue;
    }
    if (answer.status === 200 || answer.status === 303) {
      record.served += 1;
      record.servedAt.set(origin, performance.now());
      return answer;
    }
    if (answer.status !== 503) {
      record.faults.push(`${answer.status} from ${path}`);
      return answer;
    }
    record.refusals += 1;
    const form = sending === undefined ? null : keptForm(answer);
    const fault = faultOf(answer, path, form, sending);
    if (fault !== null) record.faults.push(fault);
    sending = form === null ? sending : formFields(form);
    await delay(200 + Math.random() * thinking);
  }
  throw new Error(`${path} was sent ${mostTries} times in vain`);
}

/** What is wrong with a page that says "try again". */
function faultOf(answer: Answer, path: string, form: HTMLElement | null, sent: Fields | undefined): string | null {
  if (answer.retryAfter !== '10') return `no Retry-After from ${path}`;
  if (!answer.body.includes('Máy chủ đang bận') || !answer.body.includes('Thử lại')) return `no sentence on ${path}`;
  if (sent === undefined) return null;
  const isKept = form?.getAttribute('action') === path && JSON.stringify(formFields(form)) === JSON.stringify(sent);
  return isKept ? null : `${path} has lost what was typed`;
}

/** The whole form, with every question answered right. */
function rightFields({ body }: Answer, attempt: string, responses: RightResponse[]): Fields {
  const form = parse(body).querySelector('main form[action$="/answers"]');
  const hidden = form === null ? [] : formFields(form).filter(([name]) => !name.startsWith('q_'));
  const given = Object.entries(asFields(responses, attempt)).flatMap(([name, value]) =>
    [value].flat().map((one): Fields[number] => [name, one]),
  );
  return [...hidden, ...given, ['go', 'review']];
}
