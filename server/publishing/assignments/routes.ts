import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../../courses/fault.ts';
import { fileOf } from '../../courses/package-desk.ts';
import { orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { type Change, saveDraftFiles } from '../files/queries.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { courseTitleOf } from '../quizzes/quiz.ts';
import { showConflict } from '../texts/conflict.ts';
import { assignmentIn, type WrittenAssignment, withAssignment, withSameShape } from './rubric-text.ts';
import {
  mostCriteria,
  mostLevels,
  readSheet,
  rearranged,
  type Sheet,
  type SheetErrors,
  sheetLike,
  sheetOf,
  typedSheet,
} from './sheet.ts';

interface Assignment {
  key: string;
  title: string;
  language: string;
  languages: string[];
  path: string;
  source: string;
  /** of the file; 0 while there is none */
  revision: number;
  faults: Fault[];
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/assignment': {
      draft: Draft;
      course_title: string;
      assignment: Assignment;
      sheet: Sheet;
      /** That the form began from. */
      revision: number;
      /** Another language's rubric, whose criteria are these. */
      beside: (WrittenAssignment & { language: string }) | null;
      errors: SheetErrors;
      /** Why it was not saved. */
      refusal: string | null;
      most: { criteria: number; levels: number };
    };
  }
}

type WithKey = { Params: { id: string; key: string }; Body: Record<string, string> };
type Desk = { draft: Draft; checked: Checked; assignment: Assignment; author: { id: string } };
type Shown = { sheet: Sheet; revision: number; errors?: SheetErrors; refusal?: string | null; status?: number };

/** Of a form whose one field may be as long as a text: three bytes for each letter with a mark, encoded. */
const bodyLimit = 4_000_000;

/** What an assignment asks, and the rubric by which it is marked, as a form: both are written into the assignment's file. */
export function draftAssignmentRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/assignments/:key', async (request, reply) => {
    const desk = await deskOf(request, queryText(request.query, 'language'));
    const said = assignmentIn(desk.assignment.source);
    if (said === null) return toText(reply, desk);
    const like = said.criteria.length === 0 ? besideOf(desk) : null;
    const sheet = like ? sheetLike(said, like) : sheetOf(said);
    return show(reply, desk, { sheet, revision: desk.assignment.revision });
  });

  app.post<WithKey>('/publishing/:id/assignments/:key', { bodyLimit }, async (request, reply) => {
    const desk = await deskOf(request, queryText(request.body, 'language'));
    const { draft, assignment, author } = desk;
    const typed = typedSheet(request.body);
    const revision = Number(request.body?.revision) || 0;
    const rows = rearranged(typed, queryText(request.body, 'act'));
    if (rows) return show(reply, desk, { sheet: rows, revision });
    const reading = readSheet(typed);
    if ('errors' in reading) return show(reply, desk, { ...reading, revision, status: 422 });
    const content = withAssignment(assignment.source, reading);
    if (content === null) return toText(reply, desk);
    const changes = [{ path: assignment.path, content, revision }, ...elsewhere(desk, content, reading.criteria)];
    const saved = await db.transaction().execute((trx) => saveDraftFiles(trx, draft, changes, author));
    if (saved.outcome === 'changed') return showConflict(db, reply, draft, { path: assignment.path, mine: content });
    if (saved.outcome !== 'saved')
      return show(reply, desk, { sheet: typed, revision, refusal: saved.outcome, status: 409 });
    return reply.goTo(pathOf(desk), 'publishing.saved');
  });

  async function deskOf(request: FastifyRequest<WithKey>, asked: string): Promise<Desk> {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    return { draft, checked, author, assignment: assignmentOf(checked, request.params.key, asked) };
  }
}

/** @throws NotFound for what is no assignment of the draft */
function assignmentOf({ folder, outline, titles, faults }: Checked, key: string, asked: string): Assignment {
  const item = orNotFound(outline.items.find((one) => one.key === key && one.kind === 'assignment'));
  const { languages } = outline;
  const language = languages.includes(asked) ? asked : orNotFound(languages[0]);
  const path = `${language}/${fileOf(item)}`;
  return {
    ...{ key, language, languages, path, source: textOf(folder, path) },
    title: titles.get(path) || languages.map((one) => titles.get(`${one}/${fileOf(item)}`)).find(Boolean) || key,
    revision: folder.revisions.get(path) ?? 0,
    faults: faults.filter((fault) => fault.file === path),
  };
}

/** What is moved, added or taken out is so in every language, since they pair criteria by their places. */
function elsewhere(
  { checked, assignment }: Desk,
  content: string,
  criteria: Parameters<typeof withSameShape>[2],
): Change[] {
  const before = assignmentIn(assignment.source)?.criteria;
  // Sent twice it is there already, in every language.
  if (before === undefined || content === assignment.source) return [];
  return assignment.languages.flatMap((language): Change[] => {
    const other = assignmentOf(checked, assignment.key, language);
    const changed = language === assignment.language ? '' : withSameShape(other.source, before, criteria);
    return changed === '' || changed === other.source
      ? []
      : [{ path: other.path, content: changed, revision: other.revision }];
  });
}

function besideOf({ checked, assignment }: Pick<Desk, 'checked' | 'assignment'>) {
  for (const language of assignment.languages) {
    if (language === assignment.language) continue;
    const said = assignmentIn(assignmentOf(checked, assignment.key, language).source);
    if (said && said.criteria.length > 0) return { ...said, language };
  }
  return null;
}

function show(
  reply: FastifyReply,
  { draft, checked, assignment }: Desk,
  { errors = {}, refusal = null, status = 200, ...shown }: Shown,
) {
  // Where nothing is written yet, that is no fault.
  const said = assignmentIn(assignment.source);
  const faults = said?.task === '' && said.criteria.length === 0 ? [] : assignment.faults;
  const about = { draft, course_title: courseTitleOf(draft, checked), assignment: { ...assignment, faults } };
  const beside = besideOf({ checked, assignment });
  const most = { criteria: mostCriteria, levels: mostLevels };
  return reply.page('publishing/assignment', { ...about, beside, errors, refusal, most, ...shown }, { status });
}

/** What no form can show is mended as text, where the faults are told by their lines. */
function toText(reply: FastifyReply, { draft, assignment }: Desk) {
  return reply.goTo(`/publishing/${draft.id}/text?path=${assignment.path}`, 'rubric_forms.unreadable', 'bad');
}

function pathOf({ draft, assignment }: Desk): string {
  return `/publishing/${draft.id}/assignments/${assignment.key}?language=${assignment.language}`;
}
