import type { FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.ts';
import { mayPublish, signedIn } from '../platform/scopes.ts';

/** For who writes, reviews or answers for courses somewhere; which drafts are theirs stands in each query. */
export async function requirePublisher(request: FastifyRequest): Promise<void> {
  if (!mayPublish(signedIn(request))) throw new NotFound();
}
