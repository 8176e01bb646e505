import type { FastifyInstance } from 'fastify';
import { signedIn } from '../platform/scopes.ts';
import { mayShowMore } from '../share-links/showing.ts';
import { getResults } from './queries.ts';
import { makeTranscript, type Transcript } from './transcript.ts';

declare module '../platform/views.ts' {
  interface Views {
    'transcripts/show': { transcript: Transcript; may_share: boolean };
  }
}

export function transcriptRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  /** As it stands now, to its owner alone. */
  app.get('/learning/transcript', async (request, reply) => {
    const results = await getResults(db, signedIn(request));
    const { language } = request;
    const made = makeTranscript(results, { full_name: true, scores: true }, { language, publicUrl: config.publicUrl });
    const transcript = { ...made, holder: results.full_name };
    return reply.page('transcripts/show', { transcript, may_share: mayShowMore(results) });
  });
}
