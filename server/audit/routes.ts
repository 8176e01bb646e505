import type { FastifyInstance } from 'fastify';
import { writeCsv } from '../platform/csv.ts';
import { queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { type AuditFilter, listAuditEvents } from './queries.ts';
import { nouns } from './verbs.ts';

declare module '../platform/views.ts' {
  interface Views {
    'audit/list': {
      events: Awaited<ReturnType<typeof listAuditEvents>>;
      filter: AuditFilter;
      nouns: string[];
      /** The id that the next page begins after. */
      next: string | null;
      query: string;
    };
  }
}

const pageSize = 50;
const mostExported = 50_000;

/** Who did what for whom: to read, to filter, to take along. Nothing here can be changed. */
export function auditRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/admin/audit', async (request, reply) => {
    const filter = filterOf(request.query);
    const events = await listAuditEvents(db, signedIn(request), filter, pageSize);
    const next = events.length > pageSize ? (events[pageSize - 1]?.id ?? null) : null;
    const { before: _, ...kept } = filter;
    const query = new URLSearchParams(kept).toString();
    return reply.page('audit/list', { events: events.slice(0, pageSize), filter, nouns, next, query });
  });

  app.get('/admin/audit.csv', async (request, reply) => {
    const { t } = request;
    const events = await listAuditEvents(db, signedIn(request), filterOf(request.query), mostExported);
    const head = ['time', 'actor', 'actor_code', 'deed', 'subject', 'subject_code', 'channel', 'facts'];
    const rows = events
      .slice(0, mostExported)
      .map(({ happened_at, actor_name, actor_code, verb, subject_name, subject_code, channel, facts }) => [
        happened_at.toISOString(),
        actor_name,
        actor_code,
        t(`audit.verb_${verb.replace('.', '_')}`),
        subject_name,
        subject_code,
        channel,
        JSON.stringify(facts),
      ]);
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="dom-dom-audit.csv"')
      .header('cache-control', 'private, no-store')
      .send(writeCsv([head.map((name) => t(`audit.column_${name}`)), ...rows], ';'));
  });
}

function filterOf(query: unknown): AuditFilter {
  const date = (name: string) => {
    const typed = queryText(query, name);
    return /^\d{4}-\d{2}-\d{2}$/.test(typed) && !Number.isNaN(Date.parse(typed)) ? typed : '';
  };
  const before = queryText(query, 'before');
  const noun = queryText(query, 'noun');
  return {
    learner_code: queryText(query, 'learner_code').replace(/\D/g, ''),
    noun: nouns.includes(noun) ? noun : '',
    from: date('from'),
    until: date('until'),
    before: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(before) ? before : '',
  };
}
