import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { orNotFound } from '../../platform/errors.ts';
import { blankForm, type Form, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { cleanLine } from '../../platform/text.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { saveDraftFile } from '../files/queries.ts';
import { DescriptionForm } from '../forms.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { showConflict } from '../texts/conflict.ts';
import { type Description, descriptionIn, withDescription } from './front-matter.ts';

type Fields = Static<typeof DescriptionForm>;

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/description': {
      draft: Draft;
      title: string;
      language: string;
      path: string;
      form: Form<Fields>;
      refusal: string | null;
    };
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string> };

/** Of a form whose one field may be as long as a text: three bytes for each letter with a mark, encoded. */
const bodyLimit = 4_000_000;
const most = { outcomes: 20, letters: 300 };

/** What a course is, in one language, without a line of YAML. */
export function draftDescriptionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/description', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const { checked, path, language } = await fileOf(draft, queryText(request.query, 'language'));
    const source = textOf(checked.folder, path);
    const said = source === '' ? { title: '', summary: '', outcomes: [], about: '' } : descriptionIn(source);
    if (said === null) return toText(reply, draft, path);
    const revision = String(checked.folder.revisions.get(path) ?? 0);
    const form = blankForm(DescriptionForm, { ...said, outcomes: said.outcomes.join('\n'), language, revision });
    return show(reply, draft, checked, { path, language, form, refusal: null }, 200);
  });

  app.post<WithId>('/publishing/:id/description', { bodyLimit }, async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const { checked, path, language } = await fileOf(draft, String(request.body?.language ?? ''));
    const read = readForm(DescriptionForm, request.body);
    const outcomes = linesOf(read.values.outcomes);
    const isTooMuch = outcomes.length > most.outcomes || outcomes.some((line) => line.length > most.letters);
    const form = isTooMuch ? withErrors(read, { outcomes: 'descriptions.error_outcomes' }) : read;
    if (!form.ok) {
      // A page that does not say what it began from is an old one: no field mends that.
      const { revision: isOld, ...errors } = form.errors;
      const told = { form: { ...form, errors }, refusal: isOld ? 'changed' : null };
      return show(reply, draft, checked, { path, language, ...told }, 422);
    }
    const { title, summary = '', about = '', revision } = form.data;
    const content = withDescription(textOf(checked.folder, path), { title, summary, outcomes, about });
    if (content === null) return toText(reply, draft, path);
    const saved = await db
      .transaction()
      .execute((trx) => saveDraftFile(trx, draft, { path, content, revision }, author));
    if (saved.outcome === 'changed') return showConflict(db, reply, draft, { path, mine: content });
    if (saved.outcome !== 'saved')
      return show(reply, draft, checked, { path, language, form, refusal: saved.outcome }, 409);
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.saved');
  });

  async function fileOf(draft: Draft, asked: string) {
    const checked = await checkDraft(app, draft);
    const language = orNotFound(checked.outline.languages.find((one) => one === asked));
    return { checked, language, path: `${language}/course.md` };
  }
}

function show(
  reply: FastifyReply,
  draft: Draft,
  { titles, outline }: Checked,
  shown: { path: string; language: string; form: Form<Fields>; refusal: string | null },
  status: number,
) {
  const title = outline.languages.map((one) => titles.get(`${one}/course.md`)).find(Boolean) ?? draft.slug;
  return reply.page('publishing/description', { draft, title, ...shown }, { status });
}

/** What no form can show is mended as text, where the faults are told by their lines. */
function toText(reply: FastifyReply, draft: Draft, path: string) {
  return reply.goTo(`/publishing/${draft.id}/text?path=${path}`, 'descriptions.unreadable', 'bad');
}

/** One a line, whatever sign people put before it. */
function linesOf(typed: string): Description['outcomes'] {
  return typed
    .split('\n')
    .map((line) => cleanLine(line.replace(/^\s*(?:[-*•–]|\d{1,2}[.)])\s+/, '')))
    .filter((line) => line !== '');
}
