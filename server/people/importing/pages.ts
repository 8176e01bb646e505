import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readCsv } from '../../platform/csv.ts';
import { orNotFound } from '../../platform/errors.ts';
import { createPartWorker } from '../../platform/part-by-part.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readUpload, withUploads } from '../../platform/uploads.ts';
import {
  applyPart,
  beginImport,
  findImport,
  type Import,
  type ImportTarget,
  insertImport,
  type Plan,
  planRows,
} from './queries.ts';
import { mostRows, type NameOrder, type RowFault, readPeople } from './reading.ts';

/** Where a list goes, as its manager sees it. */
interface Goal extends ImportTarget {
  /** Of its pages about people. */
  path: string;
}

interface PlanPage extends Goal {
  /** Null: nothing in the file can be taken over. */
  id: string | null;
  file_name: string;
  plans: Plan[];
  faults: RowFault[];
  ignored: string[];
}

declare module '../../platform/views.ts' {
  interface Views {
    'people/import': Goal & { fault: { message: string; line: number } | null };
    'people/plan': PlanPage;
    'people/importing': Goal & Import;
    'people/imported': Goal & Import;
  }
}

type WithKeys = { Params: Record<string, string> };

interface ImportPages {
  /** Of the pages about people there. */
  pattern: string;
  /** @throws NotFound or Forbidden for who may not bring lists there */
  load: (request: FastifyRequest<WithKeys>) => Promise<Goal>;
}

const mostBytes = 4 * 1024 * 1024;

/** Class lists as spreadsheets and Moodle write them: shown first, done after a second tap. For wherever they go. */
export function addImportPages(app: FastifyInstance, { pattern, load }: ImportPages): void {
  const { db } = app;
  const apply = createPartWorker(app);

  app.get<WithKeys>(`${pattern}/import`, async (request, reply) => {
    const goal = await load(request);
    return reply.page('people/import', { ...goal, fault: null });
  });

  withUploads(app, mostBytes, (inner) => {
    inner.post<WithKeys>(`${pattern}/import`, async (request, reply) => {
      const manager = signedIn(request);
      const goal = await load(request);
      const { file, fields } = await readUpload(request);
      const refuse = (message: string, line = 0) =>
        reply.page('people/import', { ...goal, fault: { message, line } }, { status: 422 });
      if (file === null) return refuse('people.file_missing');
      if (file.isTooLarge) return refuse('people.file_too_large');
      const table = readCsv(file.bytes, mostRows);
      if ('fault' in table) return refuse(`people.file_${table.fault}`, table.line);
      const order: NameOrder = fields.order === 'given_first' ? 'given_first' : 'family_first';
      const reading = readPeople(table.header, table.rows, order, new Date());
      if (reading === null) return refuse('people.file_no_name');

      const planned = await planRows(db, manager, reading.people);
      const plans = planned.filter(({ learner_code, known_id }) => learner_code === null || known_id !== null);
      const strangers = planned.filter((plan) => !plans.includes(plan));
      const faults = [...reading.faults, ...strangers.map(strangerFault)].sort((a, b) => a.line - b.line);
      const id = plans.length === 0 ? null : await insertImport(db, manager, goal, file.name, plans);
      const page = { ...goal, id, file_name: file.name, plans, faults, ignored: reading.ignored };
      return reply.page('people/plan', page, { status: plans.length === 0 ? 422 : 200 });
    });
  });

  app.post<WithKeys>(`${pattern}/imports/:import/application`, async (request, reply) => {
    const manager = signedIn(request);
    const goal = await load(request);
    const found = orNotFound(await findImport(db, manager, goal, request.params.import ?? ''));
    if (found.is_over && found.applied_at === null) return tooLate(reply, goal);
    await beginImport(db, found);
    await apply(() => db.transaction().execute((trx) => applyPart(trx, manager, goal, found.id)));
    return reply.goTo(`${goal.path}/imports/${found.id}/application`);
  });

  /** How far it is: the page comes again by itself until all is done. */
  app.get<WithKeys>(`${pattern}/imports/:import/application`, async (request, reply) => {
    const manager = signedIn(request);
    const goal = await load(request);
    const found = orNotFound(await findImport(db, manager, goal, request.params.import ?? ''));
    reply.header('cache-control', 'no-store');
    if (found.applied_at !== null) return reply.page('people/imported', { ...goal, ...found });
    if (found.touched_at === null) return tooLate(reply, goal);
    if (!found.is_stalled) reply.header('refresh', '2');
    return reply.page('people/importing', { ...goal, ...found });
  });
}

function tooLate(reply: FastifyReply, { path }: Goal) {
  return reply.goTo(`${path}/import`, 'people.import_over', 'bad');
}

/** A learner code of nobody here: they join by a code or an invitation, so that a file cannot fish for people. */
function strangerFault({ line, full_name, learner_code }: Plan): RowFault {
  return { line, shown: `${full_name} · ${learner_code}`, message: 'people.fault_stranger' };
}
