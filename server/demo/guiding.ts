import type { Kysely } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAnnouncement } from '../announcements/writing/queries.ts';
import { today } from '../check-ins/days.ts';
import { insertCheckIn } from '../check-ins/queries.ts';
import type { Database } from '../database/connection.ts';
import { getRoom } from '../lesson-questions/queries.ts';
import { answer, ask } from '../lesson-questions/writing/queries.ts';
import { insertMeetings } from '../meetings/queries.ts';
import { startOf, weekly } from '../meetings/times.ts';
import { getConversation, send } from '../messages/queries.ts';
import { getCourse, getGuidance } from './queries.ts';
import { announcement, checkIns, meetings, messages, question } from './story.ts';

type Somebody = { id: string };

const day = 86_400_000;

/** What mentors have arranged with their class, told it, noted about it and written. */
export async function guide(
  db: Kysely<Database>,
  cohort: Somebody,
  called: (name: string) => Somebody,
  now = new Date(),
): Promise<void> {
  const { by, weeks, time, ...place } = meetings;
  const telling = { id: newId(), ...announcement.text, pinned_until: null, is_public: false };
  await db.transaction().execute(async (trx) => {
    const starts = weekly(startOf(nextTuesday(now), time), weeks);
    await insertMeetings(trx, cohort, newId(), starts, { ...place, link: null }, called(by));
    await insertAnnouncement(trx, { cohort_id: cohort.id }, telling, called(announcement.by));
  });

  for (const { about, days, ...words } of checkIns) {
    const { member, mentor } = await getGuidance(db, cohort, called(about));
    const met_on = today(now);
    const next_step_on = today(new Date(now.getTime() + days * day));
    const fields = { ...words, met_on, next_step_on, channel: 'call' } as const;
    await db
      .transaction()
      .execute((trx) => insertCheckIn(trx, cohort, member, { id: newId(), revision: 0 }, fields, mentor));
  }

  const asked = newId();
  const { id: course_id } = await getCourse(db, question.course);
  await db.transaction().execute(async (trx) => {
    const { lesson: item_key, words } = question;
    await ask(trx, await getRoom(trx, called(question.by), cohort.id), { id: asked, course_id, item_key, words });
  });
  for (const { by, words } of question.answers)
    await db.transaction().execute(async (trx) => {
      const room = await getRoom(trx, called(by), cohort.id);
      await answer(trx, room, { id: asked }, { id: newId(), words, seen: 0 });
    });

  for (const { with: learner, lines } of messages) {
    const { member, mentor } = await getGuidance(db, cohort, called(learner));
    for (const [number, { from, words }] of lines.entries()) {
      const author = from === 'mentor' ? mentor : called(learner);
      await db.transaction().execute(async (trx) => {
        const conversation = await getConversation(trx, author, cohort.id, member.id, '');
        await send(trx, conversation, { id: newId(), words, seen: number });
      });
    }
  }
}

/** The class is on Tuesdays; today's may be over. */
/** With whom a mentor talked for so long today, and that it went well. */
export async function noteTalk(
  db: Kysely<Database>,
  cohort: Somebody,
  learner: Somebody,
  minutes: number,
  now = new Date(),
): Promise<void> {
  const { member, mentor } = await getGuidance(db, cohort, learner);
  const fields = {
    met_on: today(now),
    channel: 'visit',
    minutes,
    sharing: 'shared',
    note: 'Cùng ôn lại cả khoá.',
  } as const;
  await db
    .transaction()
    .execute((trx) => insertCheckIn(trx, cohort, member, { id: newId(), revision: 0 }, fields, mentor));
}

function nextTuesday(now: Date): string {
  const days = Array.from({ length: 7 }, (_, index) => today(new Date(now.getTime() + (index + 1) * day)));
  return days.find((one) => new Date(`${one}T00:00:00Z`).getUTCDay() === 2) ?? today(now);
}
