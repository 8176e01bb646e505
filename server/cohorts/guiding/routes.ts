import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { NextStep } from '../../check-ins/own/queries.ts';
import type { ReplyTimes } from '../../help/queries.ts';
import { itemPath } from '../../lessons/paths.ts';
import { placeWords } from '../../places/words.ts';
import { orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { givenName } from '../../platform/text.ts';
import { listVersions } from '../../versions/reading.ts';
import { type Cohort, getCohort, getGuidedCohort } from '../access.ts';
import { reasonWords } from '../matching/words.ts';
import { type MenteeFacts, type Need, needsOf, orderByNeed, type Place, type Thresholds } from '../needs.ts';
import { type CourseProgress, factsOf, placeOfKey, progressOf, type Versions } from './facts.ts';
import { getGuidingDay, getMemberDay, getMenteeDay, type MenteeRow } from './queries.ts';

interface Mentee {
  id: string;
  full_name: string;
  given_name: string;
  mentor_name: string | null;
  needs: Need[];
  progress: CourseProgress[];
  facts: MenteeFacts;
  /** The day of the last check-in. */
  checked_in_on: string | null;
  /** Messages that their mentor has not read. */
  unread: number;
}

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/day': {
      cohort: Cohort;
      place: string | null;
      needing: Mentee[];
      mentees: Mentee[];
      overdue: { id: string; full_name: string | null; asked_at: string; place: Place }[];
      waiting: number;
      /** Null: nothing that is handed in is learnt here. */
      to_mark: number | null;
      /** Under lessons: without an answer; with a report that nobody has looked into. */
      questions: { unanswered: number; reported: number };
      reply_times: ReplyTimes;
      path: typeof itemPath;
    };
    'cohorts/mentee': {
      cohort: Cohort;
      mentee: Mentee;
      /** Why their mentor was chosen. */
      reasons: string[];
      thresholds: Thresholds;
      /** The reader has put them on the list, and they have not been in yet. */
      awaits_entry: boolean;
      path: typeof itemPath;
    };
    'cohorts/member': {
      cohort: Cohort;
      place: string | null;
      mentor_name: string | null;
      /** Why it is this one. */
      reasons: string[];
      /** What they agreed on with their mentor, until it is done. */
      step: NextStep | null;
      unread: number;
      /** Answers to their own that they have not read. */
      questions: number;
      progress: CourseProgress[];
      next: Place | null;
      fellows: string[];
      requests: {
        id: string;
        asked_at: string;
        state: 'waiting' | 'answered' | 'closed';
        due_at: string;
        place: Place;
      }[];
      hours: number;
      reply_times: ReplyTimes;
      /** With what is on record about the member alone. */
      coming: MemberDay['meetings'];
      past: MemberDay['meetings'];
      path: typeof itemPath;
    };
  }
}

type MemberDay = Awaited<ReturnType<typeof getMemberDay>>;

type WithId = { Params: { id: string } };
type WithMember = { Params: { id: string; member: string } };

/** A cohort as its mentor sees it today, and as its member does. */
export function guidingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id', async (request, reply) => {
    const person = signedIn(request);
    const cohort = await getCohort(db, person, request.params.id);
    const { member_id, is_manager, mentor_row_id } = cohort;
    const isGuide = is_manager || mentor_row_id !== null;
    const asMember = !isGuide || queryText(request.query, 'as') === 'member';
    return member_id !== null && asMember
      ? showMember(request, reply, cohort, member_id)
      : showDay(request, reply, cohort);
  });

  app.get<WithMember>('/cohorts/:id/members/:member', async (request, reply) => {
    const person = signedIn(request);
    const cohort = await getGuidedCohort(db, person, request.params.id);
    const { mentees, thresholds, awaits_entry } = await getMenteeDay(db, cohort, person, request.params.member);
    const versions = await versionsOf(request, mentees);
    const mentee = orNotFound(mentees.map((row) => menteeOf(row, versions, thresholds))[0]);
    return reply.page('cohorts/mentee', {
      cohort,
      mentee,
      reasons: reasonsOf(request, mentees),
      thresholds,
      awaits_entry,
      path: itemPath,
    });
  });
}

async function showDay(request: FastifyRequest, reply: FastifyReply, cohort: Cohort) {
  const { db } = request.server;
  const day = await getGuidingDay(db, cohort, signedIn(request));
  const versions = await versionsOf(request, day.mentees);
  const mentees = day.mentees.map((row) => menteeOf(row, versions, day.thresholds));
  const courses = day.mentees.flatMap((row) => row.courses);
  return reply.page('cohorts/day', {
    cohort,
    place: placeOf(request, cohort),
    needing: orderByNeed(mentees),
    mentees,
    overdue: day.overdue.map(({ slug, item_key, ...one }) => ({
      ...one,
      place: placeOfKey(courses, versions, slug, item_key),
    })),
    waiting: day.waiting,
    to_mark: day.to_mark,
    questions: { unanswered: day.unanswered, reported: day.reported },
    reply_times: day.reply_times,
    path: itemPath,
  });
}

async function showMember(request: FastifyRequest, reply: FastifyReply, cohort: Cohort, memberId: string) {
  const { db } = request.server;
  const day = await getMemberDay(db, cohort, memberId);
  const versions = await versionsOf(request, day.own);
  const courses = day.own.flatMap((row) => row.courses);
  const progress = progressOf({ courses }, versions);
  return reply.page('cohorts/member', {
    cohort,
    place: placeOf(request, cohort),
    mentor_name: day.own[0]?.mentor_name ?? null,
    reasons: reasonsOf(request, day.own),
    step: day.step,
    unread: day.unread,
    questions: day.questions,
    progress,
    next: progress.find(({ next }) => next !== null)?.next ?? null,
    fellows: day.fellows.map(({ given_name }) => given_name),
    requests: day.requests.map(({ slug, item_key, closed_at, is_answered, ...one }) => ({
      ...one,
      state: is_answered ? ('answered' as const) : closed_at === null ? ('waiting' as const) : ('closed' as const),
      place: placeOfKey(courses, versions, slug, item_key),
    })),
    hours: day.thresholds.hours_to_reply,
    reply_times: day.reply_times,
    coming: day.meetings.filter(({ has_ended }) => !has_ended).slice(0, 3),
    past: day.meetings.filter(({ has_ended }) => has_ended).reverse(),
    path: itemPath,
  });
}

function menteeOf(row: MenteeRow, versions: Versions, thresholds: Thresholds): Mentee {
  const facts = factsOf(row, versions);
  const full_name = row.full_name ?? '';
  return {
    id: row.id,
    full_name,
    given_name: givenName(full_name),
    mentor_name: row.mentor_name,
    checked_in_on: row.checked_in_on,
    unread: row.unread,
    needs: needsOf(facts, thresholds, new Date()),
    progress: progressOf(row, versions),
    facts,
  };
}

/** Why the mentor of the one whom a page is about was chosen. */
function reasonsOf({ t }: FastifyRequest, [row]: Pick<MenteeRow, 'mentor_reasons'>[]): string[] {
  return (row?.mentor_reasons ?? []).map((reason) => reasonWords(t, reason));
}

async function versionsOf({ server, language }: FastifyRequest, rows: Pick<MenteeRow, 'courses'>[]): Promise<Versions> {
  const ids = new Set(rows.flatMap(({ courses }) => courses.map(({ version_id }) => version_id)));
  return listVersions(server.db, [...ids], language);
}

function placeOf({ t }: FastifyRequest, { place_name, place_kind }: Cohort): string | null {
  return place_name && place_kind ? placeWords(t, { name: place_name, kind: place_kind }) : null;
}
