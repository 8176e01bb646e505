import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from './errors.ts';
import type { Person } from './sessions.ts';

/**
 * Who may enter. Every feature is registered inside one scope in `app.ts`; a route without one is a fault that a test finds.
 * `machines`: probes and files that need no person; `everyone`: pages with or without a person; `signed-in`; `managers`: whoever
 * manages a branch, and the owner, while which branch is in the query of each page; `owner`.
 */
export const scopeNames = ['machines', 'everyone', 'signed-in', 'managers', 'owner'] as const;
export type Scope = (typeof scopeNames)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: Scope;
  }
}

type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export function scope(
  app: FastifyInstance,
  name: Scope,
  guards: Guard[],
  features: ((app: FastifyInstance) => void)[],
): void {
  app.register(async (inner) => {
    inner.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: name };
    });
    for (const guard of guards) inner.addHook('preHandler', guard);
    for (const feature of features) feature(inner);
  });
}

/** Pages for managers do not exist for who manages nothing. */
export async function requireManager({ person }: FastifyRequest): Promise<void> {
  if (person === null || !isManager(person)) throw new NotFound();
}

/** Of any branch. */
export function isManager({ roles }: Person): boolean {
  return roles.some((role) => role === 'manager' || role === 'owner');
}

/** Whoever helps others, in any branch: they look through courses that they do not take themselves. */
export function isHelper({ roles }: Person): boolean {
  return roles.some((role) => role !== 'learner');
}

/** Whoever has a part in publishing, in any branch. */
export function mayPublish({ roles }: Person): boolean {
  return roles.some((role) => ['author', 'reviewer', 'manager', 'owner'].includes(role));
}

/** The owner's pages do not exist for anybody else. */
export async function requireOwner(request: FastifyRequest): Promise<void> {
  if (!request.person?.roles.includes('owner')) throw new NotFound();
}

/** The person of a request inside a scope of people who are signed in. */
export function signedIn(request: FastifyRequest): Person {
  if (request.person === null) throw new Error('a route that needs a person stands in a scope that does without');
  return request.person;
}
