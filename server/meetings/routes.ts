import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../cohorts/access.ts';
import { Forbidden } from '../platform/errors.ts';
import { blankForm, type Form, readForm, withErrors } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { type MeetingFields, MeetingForm, type NewMeetingFields, NewMeetingForm } from './forms.ts';
import { cancelMeeting, type Description, getMeeting, insertMeetings, listMeetings, updateMeeting } from './queries.ts';
import { startOf, wallClock, weekly } from './times.ts';

type Meeting = Awaited<ReturnType<typeof getMeeting>>;
type Listed = Awaited<ReturnType<typeof listMeetings>>;

declare module '../platform/views.ts' {
  interface Views {
    'meetings/index': {
      cohort: Cohort;
      /** The next one first. */
      coming: Listed;
      /** The last one first. */
      past: Listed;
    };
    'meetings/new': { cohort: Cohort; id: string; form: Form<NewMeetingFields> };
    'meetings/settings': { cohort: Cohort; meeting: Meeting; form: Form<MeetingFields> };
  }
}

type WithId = { Params: { id: string } };
type WithMeeting = { Params: { id: string; meeting: string } };

/** The meetings of a cohort, for its mentors and managers. */
export function meetingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/meetings', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    const meetings = await listMeetings(db, cohort);
    return reply.page('meetings/index', {
      cohort,
      coming: meetings.filter(({ has_ended }) => !has_ended).reverse(),
      past: meetings.filter(({ has_ended }) => has_ended),
    });
  });

  app.get<WithId>('/cohorts/:id/meetings/new', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    return showNew(reply, 200, cohort, newId(), blankForm(NewMeetingForm, { minutes: '90', weeks: '1' }));
  });

  app.post<WithId>('/cohorts/:id/meetings', async (request, reply) => {
    const actor = signedIn(request);
    const cohort = await getGuidedCohort(db, actor, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(NewMeetingForm, request.body);
    if (!form.ok) return showNew(reply, 422, cohort, id, form);
    if (isNowhere(form.data)) return showNew(reply, 422, cohort, id, withErrors(form, nowhere));
    const starts = weekly(startOf(form.data.day, form.data.time), form.data.weeks);
    await db.transaction().execute((trx) => insertMeetings(trx, cohort, id, starts, descriptionIn(form.data), actor));
    return reply.goTo(`/cohorts/${cohort.id}/meetings`, 'meetings.created');
  });

  app.get<WithMeeting>('/cohorts/:id/meetings/:meeting/settings', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    const meeting = await getMeeting(db, cohort, request.params.meeting);
    const form = blankForm(MeetingForm, {
      ...wallClock(meeting.starts_at),
      minutes: String(meeting.minutes),
      where: meeting.place ?? '',
      link: meeting.link ?? '',
      note: meeting.note ?? '',
    });
    return showSettings(reply, 200, cohort, meeting, form);
  });

  app.post<WithMeeting>('/cohorts/:id/meetings/:meeting/settings', async (request, reply) => {
    const actor = signedIn(request);
    const cohort = await getGuidedCohort(db, actor, request.params.id);
    const meeting = await getMeeting(db, cohort, request.params.meeting);
    if (meeting.cancelled_at !== null) throw new Forbidden();
    const form = readForm(MeetingForm, request.body);
    if (!form.ok) return showSettings(reply, 422, cohort, meeting, form);
    if (isNowhere(form.data)) return showSettings(reply, 422, cohort, meeting, withErrors(form, nowhere));
    const change = { starts_at: startOf(form.data.day, form.data.time), ...descriptionIn(form.data) };
    await db.transaction().execute((trx) => updateMeeting(trx, cohort, meeting, change, actor));
    return reply.goTo(`/cohorts/${cohort.id}/meetings/${meeting.id}`, 'meetings.saved');
  });

  app.post<WithMeeting>('/cohorts/:id/meetings/:meeting/cancellation', async (request, reply) => {
    const actor = signedIn(request);
    const cohort = await getGuidedCohort(db, actor, request.params.id);
    const meeting = await getMeeting(db, cohort, request.params.meeting);
    await db.transaction().execute((trx) => cancelMeeting(trx, cohort, meeting, actor));
    return reply.goTo(`/cohorts/${cohort.id}/meetings`, 'meetings.cancelled');
  });
}

const nowhere = { where: 'meetings.error_nowhere' };

function isNowhere({ where, link }: MeetingFields): boolean {
  return where === undefined && link === undefined;
}

function descriptionIn({ minutes, where, link, note }: MeetingFields): Description {
  return { minutes, place: where ?? null, link: link ?? null, note: note ?? null };
}

function showNew(reply: FastifyReply, status: number, cohort: Cohort, id: string, form: Form<NewMeetingFields>) {
  return reply.page('meetings/new', { cohort, id, form }, { status });
}

function showSettings(
  reply: FastifyReply,
  status: number,
  cohort: Cohort,
  meeting: Meeting,
  form: Form<MeetingFields>,
) {
  return reply.page('meetings/settings', { cohort, meeting, form }, { status });
}
