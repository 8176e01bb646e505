import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import type { Fault } from '../../courses/fault.ts';
import { fileOf } from '../../courses/package-desk.ts';
import { type Preview, previewText } from '../../courses/package-preview.ts';
import type { Outline } from '../../courses/package-settings.ts';
import { orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { wantsFragment } from '../../platform/views.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { isText, typedText } from '../files/content.ts';
import { type Saved, saveDraftFile } from '../files/queries.ts';
import { writingPath } from '../paths.ts';
import { glance } from '../pictures/drawing.ts';
import { withDraftPictures } from '../preview.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { titleOf } from '../titles.ts';
import { showConflict } from './conflict.ts';

interface TextPage {
  draft: Draft;
  course_title: string;
  path: string;
  title: string;
  /** '' for course.yaml */
  language: string;
  content: string;
  revision: number;
  /** Of the page: what it saves by itself it may save over. */
  editor: string;
  /** Told at the top, the one that a link led to first. */
  faults: (Fault & { excerpt: string })[];
  rendered: Preview | null;
  /** The same text in other languages, to look at beside it. */
  others: { language: string; path: string; content: string | null }[];
  kind: 'lesson' | 'quiz' | 'course' | 'other';
  /** Where a quiz, an assignment or a description can be written in forms as well. */
  forms: string | null;
  error: string | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/text': TextPage;
    'publishing/_saved': { revision: number; state: 'saved' | 'changed' | 'closed' | 'full'; at: Date };
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string> };

/** In characters, of one text. */
export const longestText = 400_000;
/** Of a form: three for each letter with a mark, and as many again for its encoding. */
const bodyLimit = 4_000_000;

/** One text of a draft: read, looked at as learners will see it, saved. */
export function draftTextRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/text', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const path = pathIn(checked, queryText(request.query, 'path'));
    const beside = queryText(request.query, 'beside');
    const page = pageOf(draft, checked, path, beside);
    const line = Number(queryText(request.query, 'line')) || null;
    const faults = [...page.faults].sort((one, other) => Number(other.line === line) - Number(one.line === line));
    return reply.page('publishing/text', { ...page, faults });
  });

  app.post<WithId>('/publishing/:id/text', { bodyLimit }, async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const { path, content, revision, editor } = typedIn(checked, request.body);
    const isAutomatic = wantsFragment(request);
    if (content.length > longestText)
      return showAgain(reply, draft, checked, request.body, 'publishing.error_text_long');
    const change = { path, content, revision, editor: { id: editor, isAutomatic } };
    const saved = await db.transaction().execute((trx) => saveDraftFile(trx, draft, change, author));
    if (isAutomatic) return showSaved(reply, saved, revision);
    if (saved.outcome === 'changed') return showConflict(db, reply, draft, { path, mine: content });
    if (saved.outcome !== 'saved')
      return showAgain(reply, draft, checked, request.body, `publishing.not_saved_${saved.outcome}`);
    const encoded = encodeURIComponent(path);
    if (request.body?.next === 'picture') return reply.goTo(`/publishing/${draft.id}/picture/new?text=${encoded}`);
    return reply.goTo(`/publishing/${draft.id}/text?path=${encoded}`, 'publishing.saved');
  });

  // Nothing is written.
  app.post<WithId>('/publishing/:id/text/preview', { bodyLimit }, async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    return showAgain(reply, draft, checked, request.body, null);
  });

  async function showAgain(
    reply: FastifyReply,
    draft: Draft,
    checked: Checked,
    body: WithId['Body'] | undefined,
    error: string | null,
  ) {
    const { path, content, revision, editor } = typedIn(checked, body);
    const page = pageOf(draft, checked, path, '');
    const { source } = checked.folder;
    const files = new Map(source.files).set(path, Buffer.from(content));
    const preview = error === null ? await previewText({ ...source, files }, path, glance) : null;
    const faults = withExcerpts(preview?.faults ?? [], content);
    const shown = preview && withDraftPictures(preview, draft);
    return reply.page(
      'publishing/text',
      { ...page, content, revision, editor, rendered: shown, faults, error },
      { status: error === null ? 200 : 422 },
    );
  }
}

function showSaved(reply: FastifyReply, saved: Saved, before: number) {
  const revision = saved.outcome === 'saved' ? saved.revision : before;
  return reply.page(
    'publishing/_saved',
    { revision, state: saved.outcome, at: new Date() },
    { status: saved.outcome === 'saved' ? 200 : 409 },
  );
}

/** One of the texts that the course has, or should have. @throws NotFound */
function pathIn({ folder, outline }: Checked, asked: string): string {
  const isOwn = folder.revisions.has(asked) && isText(asked);
  const [language = ''] = asked.split('/');
  const isWanted = outline.languages.includes(language) && /^[A-Za-z-]+\/[a-z0-9-]+\.(?:md|gift|yaml)$/.test(asked);
  return orNotFound(isOwn || isWanted || asked === 'course.yaml' ? asked : undefined);
}

function typedIn(checked: Checked, body: WithId['Body'] | undefined) {
  return {
    path: pathIn(checked, String(body?.path ?? '')),
    content: typedText(body?.content),
    revision: Number(body?.revision) || 0,
    editor: rowId(String(body?.editor ?? '')),
  };
}

function pageOf(draft: Draft, checked: Checked, path: string, beside: string): TextPage {
  const { folder, outline, titles, faults } = checked;
  const content = textOf(folder, path);
  const [language = '', file = ''] = path.includes('/') ? path.split('/') : ['', path];
  const form = outline.items.find((item) => item.kind !== 'lesson' && fileOf(item) === file);
  const others = language === '' ? [] : outline.languages.filter((one) => one !== language);
  const course = outline.languages.map((one) => titles.get(`${one}/course.md`)).find(Boolean);
  return {
    ...{ draft, path, language, content, rendered: null, error: null },
    course_title: course ?? draft.slug,
    title: titleOf(path, content) || path,
    revision: folder.revisions.get(path) ?? 0,
    editor: newId(),
    faults: withExcerpts(
      faults.filter((fault) => fault.file === path),
      content,
    ),
    others: others.map((one) => ({
      language: one,
      path: `${one}/${file}`,
      content: one === beside ? textOf(folder, `${one}/${file}`) : null,
    })),
    kind: kindOf(file),
    forms: formsOf(draft, file, language, form),
  };
}

function formsOf(draft: Draft, file: string, language: string, form: Outline['items'][number] | undefined) {
  if (file === 'course.md') return `/publishing/${draft.id}/description?language=${language}`;
  return form ? writingPath(draft, form, language) : null;
}

function kindOf(file: string): TextPage['kind'] {
  if (file === 'course.md') return 'course';
  return file.endsWith('.gift') ? 'quiz' : file.endsWith('.md') ? 'lesson' : 'other';
}

function withExcerpts(faults: Fault[], content: string): TextPage['faults'] {
  const lines = content.split('\n');
  return faults.map((fault) => ({ ...fault, excerpt: (lines[(fault.line ?? 0) - 1] ?? '').trim().slice(0, 120) }));
}
