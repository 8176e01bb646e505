import { finished } from 'node:stream/promises';
import type { Transaction } from 'kysely';
import type { PoolConfig } from 'pg';
import type { Hasher } from '../accounts/secrets/hashing.ts';
import { consentTextVersion } from '../accounts/sign-up/queries.ts';
import { analyse, copyIn, hasPeople, settle as settleSession } from '../backups/queries.ts';
import type { Database } from '../database/connection.ts';
import { connectOnce, type Single } from '../database/single.ts';
import { findProvider } from '../imports/queries.ts';
import { rootCode } from '../organisations/queries.ts';
import { orNotFound } from '../platform/errors.ts';
import { PlainError } from '../platform/plain-error.ts';
import type { Progress } from '../platform/progress.ts';
import type { Question, Response } from '../quizzes/question.ts';
import { insertVersion } from '../versions/inserting/queries.ts';
import { type Chance, chance } from './chance.ts';
import { coursePackage } from './course-packages.ts';
import { type Settled, settle } from './neighbours.ts';
import { checkSoFar, getOutline, listProvinces, sizeOfDatabase } from './queries.ts';
import { type Counts, Rows } from './rows.ts';
import { drawCentre, drawCourse, groupsOf, type Spread, spreadOf } from './spread.ts';
import type { Course, QuizQuestion } from './studies.ts';
import { type Ground, plantTree, type Tree } from './tree.ts';

export const pin = '290817';
export const password = 'đom đóm thắp sáng bản làng';

export interface Wanted {
  learners: number;
  /** The same seed makes the same people and courses. */
  seed: string;
  now: Date;
  publicUrl: URL;
  /** Other numbers than such a site has of itself. */
  spread?: Partial<Spread>;
}

export interface Simulated {
  counts: Counts & { courses: number };
  bytes: number;
  /** Some who can sign in, by learner code. */
  people: { owner: string; manager: string; mentor: string; learner: string };
}

/** Groups that are written at once: what is in memory at a time, whatever the number of learners. */
const groupsAtOnce = 10;

/**
 * Fills a database in which nobody is, in one transaction: it is either whole or as before. Every rule of the database holds all the way;
 * nothing is lifted.
 */
export async function simulate(
  connection: PoolConfig,
  hasher: Hasher,
  wanted: Wanted,
  startProgress: (label: string, total: number) => Progress,
): Promise<Simulated> {
  const secrets = { pin: await hasher.hash(pin), password: await hasher.hash(password), recovery: '' };
  const spread = spreadOf(wanted.learners, wanted.spread);
  const single = await connectOnce(connection);
  try {
    return await single.transaction(async (trx) => {
      await settleSession(trx);
      if (await hasPeople(trx)) {
        throw new PlainError('The database has people in it. Nobody is simulated beside them: name an empty one.');
      }
      let number = spread.learners;
      const ground: Ground = {
        root: { ...orNotFound(await findProvider(trx, rootCode)), code: rootCode },
        places: await listProvinces(trx),
        secrets,
        consent: consentTextVersion,
        nextNumber: () => number++,
      };
      const rows = new Rows();
      const tree = plantTree(rows, chance(wanted.seed, 'tree'), spread, ground, wanted.now.getTime());
      await write(single, rows);
      const courses = await publishCourses(trx, spread, tree, wanted, startProgress);
      await analyse(trx);
      const first = await writeLearners(single, trx, { rows, spread, ground, tree, courses, wanted, startProgress });
      await analyse(trx);
      return {
        counts: { ...rows.counts, courses: courses.length },
        bytes: await sizeOfDatabase(trx),
        people: {
          owner: tree.owner.learner_code,
          manager: first.centre.manager.learner_code,
          mentor: first.mentor?.learner_code ?? '',
          learner: first.learner.learner_code,
        },
      };
    });
  } finally {
    await single.close();
  }
}

type StartProgress = (label: string, total: number) => Progress;

/** By the way that every course goes, so that whatever publishing makes is there. */
async function publishCourses(
  trx: Transaction<Database>,
  spread: Spread,
  { networks }: Tree,
  { seed, now }: Wanted,
  startProgress: StartProgress,
): Promise<Course[]> {
  const bar = startProgress('Courses', spread.courses);
  const courses: Course[] = [];
  for (let number = 0; number < spread.courses; number += 1) {
    const random = chance(seed, 'publication', number);
    const code = number % 3 === 0 ? rootCode : random.pick(networks).code;
    const provider = orNotFound(await findProvider(trx, code));
    const source = coursePackage(seed, number, code);
    const published_at = now.getTime() - random.whole(730, 1_000) * 86_400_000;
    const { id } = await insertVersion(trx, {
      package: source,
      provider,
      sources: new Map(),
      copies: new Map(),
      publishedAt: new Date(published_at),
    });
    const { course_id, items, questions } = await getOutline(trx, { id });
    const quiz = orNotFound(items.find(({ kind }) => kind === 'quiz'));
    courses.push({
      id: course_id,
      version_id: id,
      title: source.texts.vi?.title ?? '',
      hours: source.settings.hours,
      valid_months: source.settings.validMonths,
      skills: source.settings.skills,
      provider: { code, name: provider.name },
      lessons: items.filter(({ kind }) => kind === 'lesson').map((item) => item.id),
      quiz: { id: quiz.id, pass: 60, questions: questions.map(answersTo) },
    });
    bar.advance(1);
  }
  bar.end();
  return courses;
}

function answersTo({ id, body }: { id: string; body: Question }): QuizQuestion {
  if (body.type === 'truefalse')
    return { id, right: { truefalse: body.correct }, wrong: [{ truefalse: !body.correct }] };
  if (body.type !== 'choice') throw new Error(`no answer to ${body.type}`);
  const choices = body.options.map(({ weight }, choice): { response: Response; isRight: boolean } => ({
    response: { choice },
    isRight: weight === 100,
  }));
  const [right] = choices.filter(({ isRight }) => isRight);
  return {
    id,
    right: orNotFound(right).response,
    wrong: choices.filter(({ isRight }) => !isRight).map(({ response }) => response),
  };
}

interface Filling {
  rows: Rows;
  spread: Spread;
  ground: Ground;
  tree: Tree;
  courses: Course[];
  wanted: Wanted;
  startProgress: StartProgress;
}

/** @returns whom the first group has in it */
async function writeLearners(single: Single, trx: Transaction<Database>, filling: Filling): Promise<Settled> {
  const { rows, spread, ground, tree, courses, wanted, startProgress } = filling;
  const world = {
    ...ground,
    spread,
    courses,
    centres: tree.centres,
    drawCourse: drawCourse(spread),
    drawCentre: drawCentre(spread),
    publicUrl: wanted.publicUrl,
    now: wanted.now.getTime(),
  };
  const randomOf = (group: number): Chance => chance(wanted.seed, 'group', group);
  const bar = startProgress('Learners', groupsOf(spread));
  const first = settle(rows, randomOf(0), world, 0);
  let plannedAt = 0;
  for (let group = 1; group < groupsOf(spread); group += 1) {
    settle(rows, randomOf(group), world, group);
    bar.advance(1);
    if (group % groupsAtOnce !== 0) continue;
    await write(single, rows);
    await checkSoFar(trx);
    // The rules are planned for tables of some size: as these double, they are planned anew.
    if (group < 2 * plannedAt) continue;
    await analyse(trx);
    plannedAt = group;
  }
  await write(single, rows);
  await checkSoFar(trx);
  bar.end();
  return first;
}

async function write(single: Single, rows: Rows): Promise<void> {
  for (const { name, columns, text } of rows.take()) {
    const stream = copyIn(single, { name, columns });
    const ended = finished(stream);
    stream.end(text);
    await ended;
  }
}
