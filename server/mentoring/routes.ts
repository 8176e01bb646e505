import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pageNumber, queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { listVersions, type Version } from '../versions/reading.ts';
import { type Standing, standingOf } from './certificates/standing.ts';
import { getCohortFacts, getMentorRecord, type MentorRecord } from './queries.ts';
import { type Figures, figuresOf } from './record.ts';

declare module '../platform/views.ts' {
  interface Views {
    'mentoring/show': {
      record: MentorRecord;
      isOwn: boolean;
      /** In all, and by cohort. */
      total: Figures;
      figures: Figures[];
      /** What stands between them and a certificate, by cohort. */
      standings: Standing[];
      today: Date;
    };
    'mentoring/cohort': Awaited<ReturnType<typeof getCohortFacts>> & {
      isOwn: boolean;
      versions: Map<string, Version>;
      page_number: number;
      today: Date;
    };
  }
}

/** What a mentor has done: hours, mentees, and who of them completed a course. For themselves, and for managers of their cohorts. */
export function mentoringRecordRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/mentoring', async (request, reply) => reply.page('mentoring/show', await readRecord(request)));

  app.get<{ Params: { id: string } }>('/mentoring/:id', async (request, reply) =>
    reply.page('mentoring/show', await readRecord(request, request.params.id)),
  );

  app.get<{ Params: { id: string; cohort: string } }>('/mentoring/:id/cohorts/:cohort', async (request, reply) => {
    const reader = signedIn(request);
    const { id, cohort } = request.params;
    const page_number = pageNumber(queryText(request.query, 'page'));
    const isWhole = queryText(request.query, 'all') === 'yes';
    const facts = await getCohortFacts(db, reader, id, cohort, isWhole ? 'all' : page_number);
    const ids = facts.mentees.flatMap(({ completed }) => completed.map(({ version_id }) => version_id));
    const versions = await listVersions(db, [...new Set(ids)], request.language);
    const isOwn = facts.person_id === reader.id;
    return reply.page('mentoring/cohort', { ...facts, versions, isOwn, page_number, today: new Date() });
  });

  async function readRecord(request: FastifyRequest, id = signedIn(request).id) {
    const reader = signedIn(request);
    const record = await getMentorRecord(db, reader, id);
    const counted = record.cohorts.map((cohort) => ({ cohort, own: figuresOf([cohort]) }));
    const [figures, standings] = [
      counted.map(({ own }) => own),
      counted.map(({ cohort, own }) => standingOf(cohort, own)),
    ];
    const isOwn = record.person_id === reader.id;
    return { record, isOwn, total: figuresOf(record.cohorts), figures, standings, today: new Date() };
  }
}
