import type { FastifyInstance, FastifyReply } from 'fastify';
import { getSiteSecret } from '../../accounts/queries.ts';
import { type Cohort, getGuidedCohort } from '../../cohorts/access.ts';
import { lookUp } from '../../limits/lookups.ts';
import { Forbidden, NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { qrCode } from '../../platform/qr.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type CodeFields, CodeForm } from '../forms.ts';
import { recordMentor } from '../presence/queries.ts';
import { getMeeting } from '../queries.ts';
import { codeNow, isCodeOf, isOpen, minutesBefore, shownUntil } from './codes.ts';
import { getRoster, listOpenMeetings, type Roster, recordMarks, recordPresence } from './queries.ts';
import { countStates, readMarks, type State, states } from './roster.ts';

/** In two parts, as people read it aloud. */
interface ShownCode {
  code: string;
  until: Date;
}

declare module '../../platform/views.ts' {
  interface Views {
    'meetings/roster': {
      cohort: Cohort;
      meeting: Roster;
      states: readonly State[];
      counts: Record<State, number>;
      /** Whoever has no mark yet stands there as present, to be saved so or changed. */
      all_present: boolean;
      /** Null: not the time for it. */
      shown: ShownCode | null;
      minutes_before: number;
    };
    'meetings/code': {
      cohort: Cohort;
      meeting: Awaited<ReturnType<typeof getMeeting>>;
      shown: (ShownCode & { qr: ReturnType<typeof qrCode>; address: string }) | null;
      minutes_before: number;
    };
    'meetings/here': { form: Form<CodeFields>; wait: number };
  }
}

type WithMeeting = { Params: { id: string; meeting: string } };

/** Who is there: on a roster that a mentor fills in, or by a code that learners type. */
export function attendanceRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithMeeting>('/cohorts/:id/meetings/:meeting', async (request, reply) => {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const meeting = await getRoster(db, cohort, request.params.meeting, reader);
    const now = new Date();
    const shown = isShown(meeting, now)
      ? { code: codeNow(await getSiteSecret(db), meeting, now), until: shownUntil(now) }
      : null;
    return reply.page('meetings/roster', {
      cohort,
      meeting,
      states,
      counts: countStates(meeting.people),
      all_present: queryText(request.query, 'all') === 'present',
      shown,
      minutes_before: minutesBefore,
    });
  });

  app.post<WithMeeting>('/cohorts/:id/meetings/:meeting/attendance', async (request, reply) => {
    const recorder = signedIn(request);
    const cohort = await getGuidedCohort(db, recorder, request.params.id);
    const meeting = await getRoster(db, cohort, request.params.meeting, recorder);
    const ids = meeting.people.map(({ id }) => id);
    const marks = readMarks(request.body, ids);
    const channel = queryText(request.body, 'paper') === 'yes' ? 'paper' : 'roster';
    const isDone = await db.transaction().execute(async (trx) => {
      const recorded = await recordMarks(trx, meeting, marks, channel, recorder);
      if (recorded && channel === 'roster')
        await recordMentor(trx, meeting, recorder, { was_there: true, by: 'roster' });
      return recorded;
    });
    if (!isDone) throw new Forbidden();
    return reply.goTo(`/cohorts/${cohort.id}/meetings/${meeting.id}`, 'meetings.recorded');
  });

  app.get<WithMeeting>('/cohorts/:id/meetings/:meeting/code', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    const meeting = await getMeeting(db, cohort, request.params.meeting);
    const now = new Date();
    if (!isShown(meeting, now))
      return reply.page('meetings/code', { cohort, meeting, shown: null, minutes_before: minutesBefore });
    const code = codeNow(await getSiteSecret(db), meeting, now);
    const until = shownUntil(now);
    const link = new URL(`/here/${code}`, config.publicUrl).href;
    const address = new URL('/here', config.publicUrl).href.replace(/^https?:\/\//, '');
    // It stands on a wall while nobody is at the keys.
    reply.header('refresh', String(Math.ceil((until.getTime() - now.getTime()) / 1000) + 1));
    const shown = { code, until, qr: qrCode(link), address };
    return reply.page('meetings/code', { cohort, meeting, shown, minutes_before: minutesBefore });
  });

  app.get('/here', async (_request, reply) => showHere(reply, 200, blankForm(CodeForm)));

  app.get<{ Params: { code: string } }>('/here/:code', async (request, reply) => {
    const form = readForm(CodeForm, request.params);
    return showHere(reply, form.ok ? 200 : 404, form);
  });

  app.post('/here', async (request, reply) => {
    const person = signedIn(request);
    const form = readForm(CodeForm, request.body);
    if (!form.ok) return showHere(reply, 422, form);
    const { wait, found: meeting } = await lookUp(request, 'meeting code', async () => {
      const open = await listOpenMeetings(db, person);
      if (open.length === 0) return undefined;
      const siteSecret = await getSiteSecret(db);
      return open.find((one) => isCodeOf(siteSecret, one, form.data.code, new Date()));
    });
    if (wait > 0) return showHere(reply.header('retry-after', wait), 429, form, wait);
    if (meeting === undefined) return showHere(reply, 422, withErrors(form, { code: 'meetings.error_code_unknown' }));
    const state = await db.transaction().execute((trx) => recordPresence(trx, meeting, person));
    if (state === null) throw new NotFound();
    const isHere = state === 'present' || state === 'late';
    return isHere
      ? reply.goTo(`/cohorts/${meeting.cohort_id}`, 'meetings.is_here')
      : reply.goTo(`/cohorts/${meeting.cohort_id}`, 'meetings.is_otherwise', 'bad');
  });
}

function isShown(meeting: { id: string; starts_at: Date; minutes: number; cancelled_at: Date | null }, now: Date) {
  return meeting.cancelled_at === null && isOpen(meeting, now);
}

function showHere(reply: FastifyReply, status: number, form: Form<CodeFields>, wait = 0) {
  return reply.page('meetings/here', { form, wait }, { status });
}
