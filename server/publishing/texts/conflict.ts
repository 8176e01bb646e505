import type { FastifyReply } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { type DiffLine, diffLines } from '../difference.ts';
import { findDraftFile } from '../files/queries.ts';
import type { Draft } from '../queries.ts';
import { titleOf } from '../titles.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/conflict': {
      draft: Draft;
      path: string;
      title: string;
      /** What was typed, and what stands there now; null where it was removed. */
      mine: string;
      theirs: string | null;
      lines: DiffLine[];
      revision: number;
      changed_by_name: string | null;
      changed_at: Date | null;
    };
  }
}

/** Somebody has saved it meanwhile: both texts are shown, and nothing was written. */
export async function showConflict(
  db: Kysely<Database>,
  reply: FastifyReply,
  draft: Draft,
  { path, mine }: { path: string; mine: string },
) {
  const now = await findDraftFile(db, draft, path);
  const theirs = now?.content ?? null;
  return reply.page(
    'publishing/conflict',
    {
      ...{ draft, path, mine, theirs, title: titleOf(path, theirs ?? mine) || path },
      lines: diffLines(theirs ?? '', mine),
      revision: now?.revision ?? 0,
      changed_by_name: now?.changed_by_name ?? null,
      changed_at: now?.changed_at ?? null,
    },
    { status: 409 },
  );
}
