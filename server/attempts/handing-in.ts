import type { Kysely } from 'kysely';
import { issueWhenComplete } from '../certificates/issuing.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { complete, lockEnrolment } from '../enrolments/queries.ts';
import { orNotFound } from '../platform/errors.ts';
import type { Language } from '../platform/i18n.ts';
import { markAttempt, waitsForMarker } from './marking.ts';
import { askToMark, closeAttempt, insertMarking } from './markings/queries.ts';
import { type Attempt, findAttempt } from './queries.ts';

interface Site {
  db: Kysely<Database>;
  config: Pick<Config, 'publicUrl'>;
}

type Handed = Pick<Attempt, 'id' | 'person_id' | 'enrolment_id' | 'item_id'>;

/**
 * Marks, records, completes and certifies in one transaction; handing in twice is handing in once. With an essay in it all but the handing in
 * waits for who marks that.
 */
export async function handIn({ db, config }: Site, attempt: Handed, language: Language): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockEnrolment(trx, attempt.enrolment_id);
    const submitted_at = await closeAttempt(trx, attempt);
    if (submitted_at === null) return;
    // Read again now that no answer can come in any more.
    const { questions, settings, key_number } = orNotFound(
      await findAttempt(trx, { id: attempt.person_id }, attempt.id, language),
    );
    if (questions.some(waitsForMarker)) return askToMark(trx, attempt);
    const marking = markAttempt({ questions, settings });
    await insertMarking(trx, attempt, marking, { number: 1, key_number, correction_id: null });
    if (!marking.passed) return;
    const enrolment = { id: attempt.enrolment_id, person_id: attempt.person_id };
    await complete(trx, enrolment, { id: attempt.item_id }, 'passed', submitted_at);
    await issueWhenComplete(trx, enrolment, config);
  });
}
