/** When a branch wants to hear of somebody. */
export interface Thresholds {
  days_to_start: number;
  days_quiet: number;
  quiz_failures: number;
  days_stuck: number;
  meetings_missed: number;
}

/** What is on record about one mentee in the courses of the cohort. */
export interface MenteeFacts {
  joined_at: Date;
  /** The last thing recorded: an answer, an attempt, a lesson done; null: nothing yet. */
  active_at: Date | null;
  /** The last lesson or quiz that they completed. */
  completed_at: Date | null;
  /** What comes next for them in the first course that is not finished; null: all is done. */
  next: Place | null;
  /** Courses in which all is done but the mentor's sign-off. */
  awaiting: (Place & { enrolment_id: string; since: Date })[];
  /** Handed in without passing, and not passed since. */
  failed: (Place & { failures: number; failed_at: Date })[];
  /** Asked and not answered yet, oldest first. */
  asked: (Place & { id: string; words: string | null; asked_at: Date; due_at: Date })[];
  /** The last meetings that are over and have something on record about them, the newest first; as many as any rule asks about. */
  meetings: MeetingFact[];
}

interface MeetingFact {
  id: string;
  starts_at: Date;
  state: string;
}

/** More in a row no rule asks about. */
export const mostMeetingsMissed = 6;

export interface Place {
  slug: string;
  key: string;
  kind: string;
  title: string;
  language: string;
}

export type Need =
  | { kind: 'asked'; at: Date; request: MenteeFacts['asked'][number]; isLate: boolean }
  | { kind: 'sign_off'; at: Date; place: MenteeFacts['awaiting'][number] }
  | { kind: 'not_started'; at: Date; days: number }
  | { kind: 'quiet'; at: Date; days: number }
  | { kind: 'failed'; at: Date; place: Place; failures: number }
  | { kind: 'stuck'; at: Date; place: Place; days: number }
  | { kind: 'missed'; at: Date; before: Date; meetings: number };

/** In this order a mentor reads them. */
const needKinds = ['asked', 'sign_off', 'not_started', 'quiet', 'failed', 'stuck', 'missed'] as const;

/** Why somebody needs their mentor today; nothing when all is well. The same rules from the first day, and no others. */
export function needsOf(facts: MenteeFacts, thresholds: Thresholds, now: Date): Need[] {
  const needs: Need[] = facts.asked.map((request) => ({
    kind: 'asked',
    at: request.asked_at,
    request,
    isLate: request.due_at < now,
  }));
  for (const place of facts.awaiting) needs.push({ kind: 'sign_off', at: place.since, place });
  // What is finished asks for nothing, however long ago it was.
  if (facts.next !== null)
    needs.push(...learningNeeds(facts, facts.next, thresholds, now), ...meetingNeeds(facts, thresholds));
  return needs;
}

function learningNeeds(facts: MenteeFacts, next: Place, thresholds: Thresholds, now: Date): Need[] {
  const { active_at, joined_at } = facts;
  const needs: Need[] = [];
  if (active_at === null) {
    const days = wholeDays(joined_at, now);
    if (days >= thresholds.days_to_start) needs.push({ kind: 'not_started', at: joined_at, days });
    return needs;
  }
  const quiet = wholeDays(later(active_at, joined_at), now);
  if (quiet >= thresholds.days_quiet) needs.push({ kind: 'quiet', at: active_at, days: quiet });
  for (const { failures, failed_at, ...place } of facts.failed) {
    if (failures >= thresholds.quiz_failures) needs.push({ kind: 'failed', at: failed_at, place, failures });
  }
  const since = later(facts.completed_at ?? joined_at, joined_at);
  const stuck = wholeDays(since, now);
  // Whoever is quiet altogether has been named already.
  if (next.kind === 'lesson' && quiet < thresholds.days_quiet && stuck >= thresholds.days_stuck)
    needs.push({ kind: 'stuck', at: since, place: next, days: stuck });
  return needs;
}

/** So many missed one after the other, without an excuse, are no accident. */
function meetingNeeds({ meetings }: MenteeFacts, { meetings_missed }: Thresholds): Need[] {
  const last = meetings.slice(0, meetings_missed);
  const [newest, oldest] = [last[0], last.at(-1)];
  if (last.length < meetings_missed || newest === undefined || oldest === undefined) return [];
  return last.every(({ state }) => state === 'absent')
    ? [{ kind: 'missed', at: newest.starts_at, before: oldest.starts_at, meetings: meetings_missed }]
    : [];
}

/** Those who need somebody, the most pressing first: by kind of reason, then by who has waited longest. */
export function orderByNeed<Mentee extends { needs: Need[] }>(mentees: Mentee[]): Mentee[] {
  return mentees.filter(({ needs }) => needs.length > 0).sort((a, b) => compare(a.needs[0], b.needs[0]));
}

function compare(a: Need | undefined, b: Need | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return needKinds.indexOf(a.kind) - needKinds.indexOf(b.kind) || a.at.getTime() - b.at.getTime();
}

function wholeDays(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / 86_400_000);
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
