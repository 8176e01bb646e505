import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { bestMentor, type Learner, likenessOf, type Reason, type Terms } from '../matching/matching.ts';
import { whoMayTake } from '../mentors/placing.ts';
import { listMentors, type Mentor } from '../mentors/queries.ts';
import { wishesOf } from '../wishes/queries.ts';

export interface Wish {
  /** Rather this one, whom the learner stands before. */
  preferredId?: string | null;
  /** Rather this one, as was proposed. */
  proposedId?: string | null;
  /** Only this one. */
  chosenId?: string | null;
  /** As they stand, where who places many knows them already; the lock keeps them so. */
  mentors?: Mentor[];
}

interface Place {
  mentorId: string;
  reasons: Reason[];
}

/** Who takes somebody: the one that is wished for, if the ratio lets them; else whom the rule finds. Needs `lockMentors` before. */
export async function findPlace(
  trx: Transaction<Database>,
  cohort: { id: string },
  person: { id: string },
  { preferredId = null, proposedId = null, chosenId = null, mentors: known }: Wish,
): Promise<Place | null> {
  const { wishes, ...terms } = await getTerms(trx, cohort, person);
  const learner: Learner = { id: person.id, wishes };
  const mentors = known ?? (await listMentors(trx, cohort));
  // Nobody guides themselves, though how many they guide counts.
  const able = whoMayTake(mentors, terms.minimum).filter(({ id }) => id !== person.id);
  const wished = able.find(({ id }) => id === (chosenId ?? preferredId));
  if (wished) {
    const { reasons } = likenessOf(wishes, wished.wishes, terms);
    return { mentorId: wished.id, reasons: [{ kind: chosenId === null ? 'accepted' : 'chosen' }, ...reasons] };
  }
  if (chosenId !== null) return null;
  const proposed = able.filter(({ id }) => id === proposedId);
  const best = bestMentor(learner, proposed, terms) ?? bestMentor(learner, mentors, terms);
  return best && { mentorId: best.mentor.id, reasons: best.reasons };
}

/** What somebody is placed by, beside the mentors. */
async function getTerms(
  db: Kysely<Database>,
  cohort: { id: string },
  person: { id: string },
): Promise<Terms & Pick<Learner, 'wishes'>> {
  return db
    .selectNoFrom([
      minimumOf(cohort).as('minimum'),
      topicsOf(cohort).as('topics'),
      wishesOf(sql<string>`${person.id}::uuid`).as('wishes'),
    ])
    .executeTakeFirstOrThrow();
}

/** The fewest mentees that a mentor should have there. */
export function minimumOf(cohort: { id: string }) {
  return sql<number>`minimum_mentees(${cohort.id}::uuid)`;
}

/** What the courses of a cohort are about. */
export function topicsOf(cohort: { id: string }) {
  return sql<string[]>`array(
    select distinct topic from cohort_courses join course_listings using (course_id)
    where cohort_id = ${cohort.id}::uuid order by topic
  )`;
}

export async function beginMentorship(
  trx: Transaction<Database>,
  cohort: { id: string },
  memberId: string,
  { mentorId, reasons }: Place,
): Promise<void> {
  await trx
    .insertInto('mentorships')
    .values({ id: newId(), member_id: memberId, cohort_id: cohort.id, mentor_id: mentorId, valid_from: thisMoment })
    .execute();
  await trx
    .updateTable('cohort_members')
    .set({ mentor_reasons: JSON.stringify(reasons) })
    .where('id', '=', memberId)
    .execute();
}

export async function endMentorship(trx: Transaction<Database>, memberId: string): Promise<void> {
  await trx
    .updateTable('mentorships')
    .set({ valid_until: thisMoment })
    .where('member_id', '=', memberId)
    .where('valid_until', 'is', null)
    .execute();
}

/** Whoever hands the member over waits for who is writing about them. @returns false where somebody else guides them by now */
export async function holdMentorship(
  trx: Transaction<Database>,
  member: { id: string },
  mentor: { id: string },
): Promise<boolean> {
  const held = await trx
    .selectFrom('mentorships')
    .where('member_id', '=', member.id)
    .where('mentor_id', '=', mentor.id)
    .where('valid_until', 'is', null)
    .select('id')
    .forShare()
    .executeTakeFirst();
  return held !== undefined;
}
