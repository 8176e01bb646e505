import type { Kysely } from 'kysely';
import { attemptQuestions } from '../../attempts/contents.ts';
import type { Marking } from '../../attempts/marking.ts';
import { insertMarking } from '../../attempts/markings/queries.ts';
import { issueWhenComplete } from '../../certificates/issuing.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../database/connection.ts';
import { complete, lockEnrolment } from '../../enrolments/queries.ts';
import { listQuestions } from '../../versions/reading.ts';
import {
  advance,
  findRun,
  isStillNewest,
  listMarked,
  type MarkedAttempt,
  type Run,
  type RunItem,
  tellOfCorrection,
} from './queries.ts';
import { remark } from './remark.ts';

interface Site {
  db: Kysely<Database>;
  config: Pick<Config, 'publicUrl'>;
}

const partSize = 200;

/** Marks all attempts again that a correction concerns, also what a process that ended has left. @returns how many changed */
export async function markAllAgain(site: Site): Promise<number> {
  let count = 0;
  for (let part = await markPartAgain(site); part !== null; part = await markPartAgain(site)) count += part;
  return count;
}

/**
 * The next part of the earliest correction that is under way. What a process has done before it ended stays done, and doing it once more
 * changes nothing.
 * @returns how many attempts changed; null when nothing is left
 */
export async function markPartAgain(site: Site): Promise<number | null> {
  const { db } = site;
  const run = await findRun(db);
  if (run === undefined) return null;
  const attempts = await listMarked(db, run, partSize);
  let changed = 0;
  for (const attempt of attempts) {
    const item = run.items.find(({ id }) => id === attempt.item_id);
    if (item && (await markAgain(site, run, item, attempt))) changed++;
  }
  await advance(db, run, attempts.at(-1), changed);
  return changed;
}

/** An attempt, its completion and its certificate in one transaction, like handing in. */
async function markAgain({ db, config }: Site, run: Run, item: RunItem, attempt: MarkedAttempt): Promise<boolean> {
  const { number } = item;
  // By this correction and those before it: a later one has a run of its own.
  const corrections = item.corrections.filter((one) => one.number <= number);
  const questions = await listQuestions(db, item);
  const [language = ''] = Object.keys(questions[0]?.bodies ?? {});
  const contents = {
    settings: item.settings,
    questions: attemptQuestions(questions, { ...attempt, corrections }, language),
  };
  const marking = remark(contents, attempt, run.may_fail);
  if (marking === null) return false;
  return db.transaction().execute(async (trx) => {
    await lockEnrolment(trx, attempt.enrolment_id);
    if (!(await isStillNewest(trx, attempt))) return false;
    const place = { number: attempt.number + 1, key_number: number, correction_id: run.correction_id };
    await insertMarking(trx, attempt, marking, place);
    await tellOfCorrection(trx, run, attempt);
    if (isNewPass(marking, attempt)) {
      const enrolment = { id: attempt.enrolment_id, person_id: attempt.person_id };
      await complete(trx, enrolment, { id: attempt.item_id }, 'passed');
      await issueWhenComplete(trx, enrolment, config);
    }
    return true;
  });
}

function isNewPass(now: Marking, before: Marking): boolean {
  return now.passed && !before.passed;
}
