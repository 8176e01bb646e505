import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { isComplete } from '../enrolments/completion.ts';
import type { Enrolment } from '../enrolments/queries.ts';
import { holdFiles } from '../files/queries.ts';
import { findLetterhead } from '../organisations/signatories/queries.ts';
import { findPathAchievement, listPathGraduates } from '../paths/graduates/queries.ts';
import { lockPaths } from '../paths/queries.ts';
import { newCode } from './code.ts';
import { type Letterhead, printCourse, printLetterhead, printPath } from './printing.ts';
import { findAchievement, insertCertificate, insertPathCertificate, lockPerson } from './queries.ts';

/**
 * Issues the certificate when the completion rule is met, and that of each path which it completes. Called under the enrolment's lock after
 * each completion; the database holds that there is one of each.
 * @returns the code of the course's certificate, when this call issued it
 */
export async function issueWhenComplete(
  trx: Transaction<Database>,
  enrolment: Enrolment,
  config: Pick<Config, 'publicUrl'>,
): Promise<string | null> {
  const achievement = await findAchievement(trx, enrolment);
  if (achievement === undefined || !isComplete(achievement.progress)) return null;
  // Of two last courses at once, the second to finish must see the certificate of the first.
  await lockPerson(trx, enrolment.person_id);
  const code = newCode(randomBytes);
  const letterhead = await letterheadOf(trx, achievement.provider);
  const printed = printCourse(achievement, code, config.publicUrl, letterhead);
  const isNew = await insertCertificate(trx, enrolment, { code, term: achievement.term, printed });
  if (!isNew) return null;
  await insertAuditEvent(trx, {
    actor_id: null,
    subject_id: enrolment.person_id,
    verb: 'certificate.issued',
    channel: 'system',
    facts: { enrolment_id: enrolment.id },
  });
  await lockPaths(trx, 'shared');
  await issuePaths(trx, { enrolment }, config);
  return code;
}

/**
 * Issues the certificates of a path, or of those which an enrolment has its course in, to all who have completed its courses and do not have
 * one yet. Called under the lock of the paths.
 * @returns how many
 */
export async function issuePaths(
  trx: Transaction<Database>,
  wanted: { path_id: string } | { enrolment: Enrolment },
  { publicUrl }: Pick<Config, 'publicUrl'>,
): Promise<number> {
  let count = 0;
  for (const graduate of await listPathGraduates(trx, wanted)) {
    const achievement = await findPathAchievement(trx, graduate);
    if (achievement === undefined) continue;
    const code = newCode(randomBytes);
    const letterhead = await letterheadOf(trx, achievement.provider);
    const printed = printPath(achievement, code, publicUrl, letterhead);
    if (!(await insertPathCertificate(trx, graduate, code, printed))) continue;
    count++;
    await insertAuditEvent(trx, {
      actor_id: null,
      subject_id: graduate.person_id,
      verb: 'certificate.issued',
      channel: 'system',
      facts: { path_id: graduate.path_id },
    });
  }
  return count;
}

/** The logo and the signatory of an organisation as they are today. */
export async function letterheadOf(trx: Transaction<Database>, { code }: { code: string }): Promise<Letterhead> {
  // Its pictures are not swept away before the certificate names them, whatever a manager does meanwhile.
  await holdFiles(trx);
  return printLetterhead(await findLetterhead(trx, code));
}
