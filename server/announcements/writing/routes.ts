import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../../cohorts/access.ts';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { formats } from '../../platform/i18n.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Announcement, getOwnAnnouncement } from '../access.ts';
import { codeOf } from '../code.ts';
import { type AnnouncementFields, BranchAnnouncementForm, type ChangeFields, ChangeForm } from '../forms.ts';
import { digestOf } from './digest.ts';
import {
  insertAnnouncement,
  listOwnCourses,
  listTold,
  listWeek,
  type Told,
  updateAnnouncement,
  withdraw,
} from './queries.ts';

/** From where somebody writes: a cohort, or a branch with its courses. */
interface Desk {
  home: string;
  name: string;
  isClosed: boolean;
  cohort: Cohort | null;
  branch: Branch | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'announcements/desk': { desk: Desk; page_number: number } & Awaited<ReturnType<typeof listTold>>;
    'announcements/new': {
      desk: Desk;
      id: string;
      form: Form<AnnouncementFields>;
      courses: Awaited<ReturnType<typeof listOwnCourses>>;
    };
    'announcements/settings': { announcement: Announcement; form: Form<ChangeFields> };
    'announcements/digest': { cohort: Cohort; count: number; text: string };
  }
}

type WithId = { Params: { id: string } };
type WithCode = { Params: { code: string } };

/** What mentors and managers tell a cohort; and what becomes of anything that was told. */
export function announcementWritingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithId>('/cohorts/:id/announcements', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    return showDesk(reply, ofCohort(cohort), { id: cohort.id, isBranch: false });
  });

  app.get<WithId>('/cohorts/:id/announcements/new', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    return showNew(reply, 200, ofCohort(cohort), newId(), blankForm(BranchAnnouncementForm, { readers: 'members' }));
  });

  app.post<WithId>('/cohorts/:id/announcements', async (request, reply) => {
    const writer = signedIn(request);
    const cohort = await getGuidedCohort(db, writer, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(BranchAnnouncementForm, { ...(request.body as object), readers: 'members' });
    if (!form.ok) return showNew(reply, 422, ofCohort(cohort), id, form);
    const told = { id, ...toldIn(form.data) };
    await db.transaction().execute((trx) => insertAnnouncement(trx, { cohort_id: cohort.id }, told, writer));
    return reply.goTo(`/announcements/${codeOf(id)}`, 'announcements.published');
  });

  app.get<WithId>('/cohorts/:id/announcements/digest', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    const told = await listWeek(db, cohort);
    const today = formats[request.language].date(new Date());
    const heading = request.t('announcements.digest_heading', { name: cohort.name, date: today });
    const text = digestOf(heading, told, config.publicUrl);
    return reply.page('announcements/digest', { cohort, count: told.length, text });
  });

  app.get<WithCode>('/announcements/:code/settings', async (request, reply) => {
    const announcement = await getOwnAnnouncement(db, signedIn(request), request.params.code);
    const { title, words, pinned_until, is_public, revision } = announcement;
    const form = blankForm(ChangeForm, {
      title,
      words,
      pinned_until: pinned_until ?? '',
      readers: is_public ? 'everyone' : 'members',
      revision: String(revision),
    });
    return reply.page('announcements/settings', { announcement, form });
  });

  app.post<WithCode>('/announcements/:code/settings', async (request, reply) => {
    const writer = signedIn(request);
    const announcement = await getOwnAnnouncement(db, writer, request.params.code);
    const { withdrawn_at, cohort_id, code } = announcement;
    if (withdrawn_at !== null) throw new Forbidden();
    const fields = request.body as object;
    const form = readForm(ChangeForm, cohort_id === null ? fields : { ...fields, readers: 'members' });
    if (!form.ok) return reply.page('announcements/settings', { announcement, form }, { status: 422 });
    const { revision, ask_again } = form.data;
    const isDone = await db
      .transaction()
      .execute((trx) => updateAnnouncement(trx, announcement, revision, toldIn(form.data), ask_again, writer));
    if (isDone) return reply.goTo(`/announcements/${code}`, 'announcements.saved');
    // What was typed stays, on top of what is there now: saving again is the writer's decision.
    const { values, ...refused } = withErrors(form, { words: 'announcements.error_changed' });
    const again = { ...refused, values: { ...values, revision: String(announcement.revision) } };
    return reply.page('announcements/settings', { announcement, form: again as typeof form }, { status: 422 });
  });

  app.post<WithCode>('/announcements/:code/withdrawal', async (request, reply) => {
    const writer = signedIn(request);
    const announcement = await getOwnAnnouncement(db, writer, request.params.code);
    await db.transaction().execute((trx) => withdraw(trx, announcement, writer));
    return reply.goTo(`/announcements/${announcement.code}`, 'announcements.withdrawn');
  });
}

/** What managers tell a branch and all below it, or the learners of its courses. */
export function branchAnnouncementRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/announcements', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    return showDesk(reply, ofBranch(branch), { id: branch.id, isBranch: true });
  });

  app.get<WithCode>('/admin/organisations/:code/announcements/new', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    return showNew(reply, 200, ofBranch(branch), newId(), blankForm(BranchAnnouncementForm, { readers: 'members' }));
  });

  app.post<WithCode>('/admin/organisations/:code/announcements', async (request, reply) => {
    const writer = signedIn(request);
    const branch = await getBranch(db, writer, request.params.code);
    if (branch.closed_at !== null) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(BranchAnnouncementForm, request.body);
    if (queryText(request.body, 'find') !== '') {
      const blank = blankForm(BranchAnnouncementForm, form.values);
      return showNew(reply, 200, ofBranch(branch), id, blank, queryText(request.body, 'q'));
    }
    if (!form.ok) return showNew(reply, 422, ofBranch(branch), id, form);
    const courses = await listOwnCourses(db, branch, { q: '', chosen: form.data.course ?? '' });
    const course = courses.rows.find((one) => one.id === form.data.course);
    const target = course === undefined ? { organisation_id: branch.id } : { course_id: course.id };
    if (course === undefined && form.data.course !== undefined)
      return showNew(reply, 422, ofBranch(branch), id, withErrors(form, { course: 'announcements.error_course' }));
    await db.transaction().execute((trx) => insertAnnouncement(trx, target, { id, ...toldIn(form.data) }, writer));
    return reply.goTo(`/announcements/${codeOf(id)}`, 'announcements.published');
  });
}

function ofCohort(cohort: Cohort): Desk {
  const { id, name, closed_at } = cohort;
  return { home: `/cohorts/${id}/announcements`, name, isClosed: closed_at !== null, cohort, branch: null };
}

function ofBranch(branch: Branch): Desk {
  const { code, name, closed_at } = branch;
  const home = `/admin/organisations/${code}/announcements`;
  return { home, name, isClosed: closed_at !== null, cohort: null, branch };
}

async function showDesk(reply: FastifyReply, desk: Desk, target: { id: string; isBranch: boolean }) {
  const { server, query } = reply.request;
  const page_number = pageNumber(queryText(query, 'page'));
  const told = await listTold(server.db, target, page_number);
  if (told.rows.length === 0 && page_number > 1) return reply.goTo(desk.home);
  return reply.page('announcements/desk', { desk, page_number, ...told });
}

async function showNew(
  reply: FastifyReply,
  status: number,
  desk: Desk,
  id: string,
  form: Form<AnnouncementFields>,
  q = '',
) {
  const none = { rows: [], q: '', is_searched: false };
  const asked = { q, chosen: form.values.course ?? '' };
  const courses = desk.branch === null ? none : await listOwnCourses(reply.server.db, desk.branch, asked);
  return reply.page('announcements/new', { desk, id, form, courses }, { status });
}

function toldIn({ title, words, pinned_until, readers }: AnnouncementFields): Told {
  return { title, words, pinned_until: pinned_until ?? null, is_public: readers === 'everyone' };
}
