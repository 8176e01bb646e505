import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { levels, topics } from '../courses/topics.ts';
import { freeKey } from '../moving-in/keys.ts';
import { type Choices, findChoice, listChoices } from '../organisations/choices/queries.ts';
import { blankForm, type Errors, type Form, pageNumber, queryText, readForm, withErrors } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { checkDraft } from './checking.ts';
import { type DeskPage, deskOf } from './desk.ts';
import { courseLanguages, NewCourseForm } from './forms.ts';
import { newCourseText, newCourseYaml } from './outline.ts';
import { getDraft, getOwnDraft, insertDraft, listDrafts, setDiscarded } from './queries.ts';
import { getReviewing } from './review/queries.ts';
import { titleOf } from './titles.ts';

type NewCourse = Static<typeof NewCourseForm>;

const shelves = ['open', 'in_review', 'discarded', 'published'] as const;
type Shelf = (typeof shelves)[number];
type DraftRow = Omit<Awaited<ReturnType<typeof listDrafts>>['rows'][number], 'source'> & { title: string };

declare module '../platform/views.ts' {
  interface Views {
    'publishing/index': { rows: DraftRow[]; pages: number; page_number: number; shelf: Shelf; shelves: typeof shelves };
    'publishing/new': {
      id: string;
      form: Form<NewCourse>;
      picked: string[];
      choices: Choices;
      topics: typeof topics;
      levels: typeof levels;
      languages: typeof courseLanguages;
    };
    'publishing/desk': DeskPage & { status?: string };
  }
}

type WithId = { Params: { id: string } };

/** The courses that somebody writes: what there is, a new one, and the desk of each. */
export function publishingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/publishing', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const asked = queryText(request.query, 'state');
    const shelf = shelves.find((one) => one === asked) ?? 'open';
    const { rows, pages } = await listDrafts(db, signedIn(request), shelf, page_number);
    if (rows.length === 0 && page_number > 1)
      return reply.goTo(shelf === 'open' ? '/publishing' : `/publishing?state=${shelf}`);
    const titled = rows.map(({ source, ...row }) => ({
      ...row,
      title: titleOf('vi/course.md', source ?? '') || row.slug,
    }));
    return reply.page('publishing/index', { rows: titled, pages, page_number, shelf, shelves });
  });

  app.get('/publishing/new', async (_request, reply) => {
    const form = blankForm(NewCourseForm, { level: 'basic' });
    return showNew(reply, 200, newId(), form, ['vi']);
  });

  app.post<{ Body: Record<string, string | string[]> }>('/publishing', async (request, reply) => {
    const author = signedIn(request);
    const body = request.body ?? {};
    const id = rowId(String(body.id ?? ''));
    const form = readForm(NewCourseForm, body);
    const picked = courseLanguages.filter((language) => [body.languages ?? []].flat().includes(language));
    if (body.find) return showNew(reply, 200, id, blankForm(NewCourseForm, form.values), picked, queryText(body, 'q'));
    const organisation = await findChoice(db, author, 'author', queryText(body, 'organisation'));
    const errors: Errors = {
      ...(picked.length === 0 && { languages: 'publishing.error_languages' }),
      ...(organisation === undefined && { organisation: 'publishing.error_organisation' }),
    };
    if (!form.ok || organisation === undefined || picked.length === 0)
      return showNew(reply, 422, id, withErrors(form, errors), picked);
    const { title, topic, level } = form.data;
    const slug = form.data.slug ?? freeKey(title, new Set(), 'khoa-hoc');
    const settings = { slug, topic, level, languages: picked, provider: organisation.code };
    const written = [
      { path: 'course.yaml', content: newCourseYaml(settings) },
      ...picked.map((language) => ({ path: `${language}/course.md`, content: newCourseText(title) })),
    ];
    const draft = { id, slug, organisation_id: organisation.id, course: null };
    const outcome = await db.transaction().execute((trx) => insertDraft(trx, draft, written, author));
    if (outcome !== 'made') {
      const taken = withErrors({ ...form, values: { ...form.values, slug } }, { slug: 'publishing.error_slug_taken' });
      return showNew(reply, 422, id, taken, picked);
    }
    return reply.goTo(`/publishing/${id}`, 'publishing.made');
  });

  app.get<WithId>('/publishing/:id', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const reviewing = await getReviewing(db, draft);
    return reply.page('publishing/desk', deskOf(draft, await checkDraft(app, draft), reviewing, request.language));
  });

  app.post<WithId>('/publishing/:id/removal', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const isDone = await db.transaction().execute((trx) => setDiscarded(trx, draft, true));
    const again = draft.state === 'discarded';
    if (!isDone && !again) return reply.goTo(`/publishing/${draft.id}`, 'publishing.not_discarded', 'bad');
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.discarded');
  });

  app.post<WithId>('/publishing/:id/restoration', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const isDone = await db.transaction().execute((trx) => setDiscarded(trx, draft, false));
    if (!isDone && draft.state === 'discarded')
      return reply.goTo(`/publishing/${draft.id}`, 'publishing.draft_there_already', 'bad');
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.restored');
  });

  async function showNew(
    reply: FastifyReply,
    status: number,
    id: string,
    form: Form<NewCourse>,
    picked: string[],
    q = '',
  ) {
    const chosen = form.values.organisation;
    const choices = await listChoices(db, signedIn(reply.request), 'author', { q, chosen });
    const page = { id, form, picked, choices, topics, levels, languages: courseLanguages };
    return reply.page('publishing/new', page, { status });
  }
}
