import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../cohorts/access.ts';
import { showDoor } from '../cohorts/openings/routes.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { today } from './days.ts';
import { type CheckInFields, CheckInForm, channels, faultsOf, type Withdrawal, WithdrawalForm } from './forms.ts';
import {
  type CheckIn,
  getCheckIn,
  getMenteeRecord,
  insertCheckIn,
  type Mentee,
  type MenteeRecord,
  withdrawCheckIn,
} from './queries.ts';

type Channels = typeof channels;

declare module '../platform/views.ts' {
  interface Views {
    'check-ins/index': { cohort: Cohort; mentee: MenteeRecord; page_number: number };
    'check-ins/new': {
      cohort: Cohort;
      mentee: Pick<Mentee, 'id' | 'full_name'>;
      id: string;
      form: Form<CheckInFields>;
      today: string;
      channels: Channels;
    };
    'check-ins/show': {
      cohort: Cohort;
      mentee: Mentee;
      newest: CheckIn;
      /** The newest first. */
      revisions: CheckIn[];
      form: Form<CheckInFields>;
      withdrawal: Form<Withdrawal>;
      today: string;
      channels: Channels;
    };
  }
}

type WithMember = { Params: { id: string; member: string } };
type WithEntry = { Params: { id: string; member: string; entry: string } };

/** What a mentor notes of a talk with somebody they guide. Whoever guides them next reads it; a manager says why first. */
export function checkInRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithMember>('/cohorts/:id/members/:member/check-ins', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const { cohort, mentee } = await loadMentee(request, page_number);
    if (!mentee.may_read) return showClosed(reply, cohort, mentee);
    return reply.page('check-ins/index', { cohort, mentee, page_number });
  });

  app.get<WithMember>('/cohorts/:id/members/:member/check-ins/new', async (request, reply) => {
    const { cohort, mentee } = await loadMentee(request);
    if (!mentee.is_guide) throw new Forbidden();
    const form = blankForm(CheckInForm, { met_on: today(), channel: 'call', sharing: 'private' });
    return showNew(reply, 200, { cohort, mentee, id: newId(), form });
  });

  app.post<WithMember>('/cohorts/:id/members/:member/check-ins', async (request, reply) => {
    const { cohort, mentee } = await loadMentee(request);
    if (!mentee.is_guide) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readCheckIn(request.body);
    if (!form.ok) return showNew(reply, 422, { cohort, mentee, id, form });
    const entry = { id, revision: 0 };
    await db.transaction().execute((trx) => insertCheckIn(trx, cohort, mentee, entry, form.data, signedIn(request)));
    return reply.goTo(pathOf(cohort, mentee), 'check_ins.recorded');
  });

  app.get<WithEntry>('/cohorts/:id/members/:member/check-ins/:entry', async (request, reply) => {
    const { cohort, mentee, revisions } = await loadEntry(request);
    if (!mentee.may_read) return showClosed(reply, cohort, mentee);
    const page = { cohort, mentee, revisions, newest: orNotFound(revisions[0]) };
    return showEntry(reply, 200, { ...page, form: filled(page.newest), withdrawal: blankForm(WithdrawalForm) });
  });

  app.post<WithEntry>('/cohorts/:id/members/:member/check-ins/:entry/correction', async (request, reply) => {
    const page = await loadOwnEntry(request);
    const { cohort, mentee, newest } = page;
    const form = readCheckIn(request.body);
    if (!form.ok) return showEntry(reply, 422, { ...page, form, withdrawal: blankForm(WithdrawalForm) });
    const entry = { id: newest.id, revision: drawnFrom(request.body, newest) + 1 };
    const isNext = await db
      .transaction()
      .execute((trx) => insertCheckIn(trx, cohort, mentee, entry, form.data, signedIn(request)));
    return isNext
      ? reply.goTo(pathOf(cohort, mentee), 'check_ins.corrected')
      : reply.goTo(`${pathOf(cohort, mentee)}/${newest.id}`, 'check_ins.corrected_before', 'bad');
  });

  app.post<WithEntry>('/cohorts/:id/members/:member/check-ins/:entry/withdrawal', async (request, reply) => {
    const page = await loadOwnEntry(request);
    const { cohort, mentee, newest } = page;
    const withdrawal = readForm(WithdrawalForm, request.body);
    if (!withdrawal.ok) return showEntry(reply, 422, { ...page, form: filled(newest), withdrawal });
    await db
      .transaction()
      .execute((trx) => withdrawCheckIn(trx, cohort, mentee, newest, withdrawal.data.reason, signedIn(request)));
    return reply.goTo(pathOf(cohort, mentee), 'check_ins.withdrawn');
  });

  async function loadMentee(request: FastifyRequest<WithMember>, page = 1) {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    return { cohort, mentee: await getMenteeRecord(db, cohort, reader, request.params.member, page) };
  }

  async function loadEntry(request: FastifyRequest<WithEntry>) {
    const reader = signedIn(request);
    const { id, member, entry } = request.params;
    const cohort = await getGuidedCohort(db, reader, id);
    return { cohort, ...(await getCheckIn(db, cohort, reader, member, entry)) };
  }

  /** To change it. What was withdrawn stays withdrawn. */
  async function loadOwnEntry(request: FastifyRequest<WithEntry>) {
    const page = await loadEntry(request);
    if (!page.mentee.is_guide) throw new Forbidden();
    const newest = orNotFound(page.revisions[0]);
    if (newest.is_withdrawn) throw new Forbidden();
    return { ...page, newest };
  }
}

function pathOf(cohort: { id: string }, mentee: { id: string }): string {
  return `/cohorts/${cohort.id}/members/${mentee.id}/check-ins`;
}

function readCheckIn(body: unknown): Form<CheckInFields> {
  const form = readForm(CheckInForm, body);
  const faults = form.ok ? faultsOf(form.data, today()) : {};
  return Object.keys(faults).length === 0 ? form : withErrors(form, faults);
}

/** The revision that the form showed; one that cannot be counts as the newest. */
function drawnFrom(body: unknown, { revision }: CheckIn): number {
  const typed = hiddenField(body, 'drawn_from');
  return /^\d{1,6}$/.test(typed) ? Math.min(Number(typed), revision) : revision;
}

function filled({ met_on, channel, minutes, note, is_private, next_step, next_step_on }: CheckIn) {
  return blankForm(CheckInForm, {
    met_on,
    channel,
    minutes: minutes === null ? '' : String(minutes),
    note: note ?? '',
    sharing: is_private ? 'private' : 'shared',
    next_step: next_step ?? '',
    next_step_on: next_step_on ?? '',
  });
}

function showClosed(reply: FastifyReply, cohort: Cohort, mentee: { id: string }) {
  return showDoor(reply, { cohort_id: cohort.id, member_id: mentee.id, thread_id: '', opens: 'check-ins' });
}

function showNew(
  reply: FastifyReply,
  status: number,
  page: { cohort: Cohort; mentee: MenteeRecord; id: string; form: Form<CheckInFields> },
) {
  return reply.page('check-ins/new', { ...page, today: today(), channels }, { status });
}

function showEntry(
  reply: FastifyReply,
  status: number,
  page: {
    cohort: Cohort;
    mentee: Mentee;
    newest: CheckIn;
    revisions: CheckIn[];
    form: Form<CheckInFields>;
    withdrawal: Form<Withdrawal>;
  },
) {
  return reply.page('check-ins/show', { ...page, today: today(), channels }, { status });
}
