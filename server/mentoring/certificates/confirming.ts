import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import { newCode } from '../../certificates/code.ts';
import { letterheadOf } from '../../certificates/issuing.ts';
import { printMentoring } from '../../certificates/printing.ts';
import { insertMentoringCertificate, lockPerson } from '../../certificates/queries.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../database/connection.ts';
import { queueMailWhereConfirmed } from '../../mail/queries.ts';
import { Forbidden, NotFound } from '../../platform/errors.ts';
import { getMentorRecord } from '../queries.ts';
import { figuresOf } from '../record.ts';
import { getMentoringAchievement } from './queries.ts';
import { type Standing, standingOf } from './standing.ts';

type Somebody = { id: string };

/**
 * Issues the certificate of mentoring a cohort, on a manager's word and where the record says that it is earned. The database holds that there
 * is one of each.
 * @returns how it stood before, and the code of the one that there is
 * @throws NotFound for who may not read the record, Forbidden for who reads it as the mentor
 */
export async function confirmMentoring(
  trx: Transaction<Database>,
  manager: Somebody,
  { mentorId, cohortId }: { mentorId: string; cohortId: string },
  { publicUrl }: Pick<Config, 'publicUrl'>,
): Promise<{ standing: Standing; code: string | null }> {
  const { person_id } = await getMentorRecord(trx, manager, mentorId);
  // Of two managers at once the second reads what the first has issued.
  await lockPerson(trx, person_id);
  const { cohorts } = await getMentorRecord(trx, manager, person_id);
  const cohort = cohorts.find(({ id }) => id === cohortId);
  if (cohort === undefined) throw new NotFound();
  if (!cohort.may_confirm) throw new Forbidden();
  const figures = figuresOf([cohort]);
  const standing = standingOf(cohort, figures);
  if (standing !== 'ready') return { standing, code: cohort.certificate?.code ?? null };

  const achievement = await getMentoringAchievement(trx, manager, { mentor: { id: person_id }, cohort });
  const code = newCode(randomBytes);
  const letterhead = await letterheadOf(trx, achievement.provider);
  const printed = printMentoring(achievement, figures, { code, publicUrl, letterhead });
  if (!(await insertMentoringCertificate(trx, { cohort_id: cohort.id, person_id }, code, printed)))
    throw new Error('the certificate was issued under the lock of its holder');
  await insertAuditEvent(trx, {
    actor_id: manager.id,
    subject_id: person_id,
    verb: 'certificate.confirmed',
    channel: 'web',
    facts: { certificate: code, cohort: cohort.id },
  });
  await queueMailWhereConfirmed(trx, { person_id, letter: 'mentoring_certified', facts: { code } });
  return { standing, code };
}
