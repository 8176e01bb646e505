import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Test } from 'tap';
import type { Scope } from '../../server/platform/scopes.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Method } from '../support/client.ts';

export interface Route {
  /** Such as `POST /courses/:slug/enrolment` */
  name: string;
  method: Method;
  /** Undefined for a route that somebody has put outside all scopes. */
  scope: Scope | undefined;
}

/** The app with all its routes, as the router was told of them. */
export async function testAppWithRoutes(t: Test, open = testApp): Promise<TestApp & { routes: Route[] }> {
  const told: RouteOptions[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', (route) => {
      told.push(route);
    });
  };
  subscribe('fastify.initialization', listen);
  const site = await open(t).finally(() => unsubscribe('fastify.initialization', listen));
  const routes = told.flatMap(({ method, url, config }) =>
    [method].flat().map((one) => ({ name: `${one} ${url}`, method: one as Method, scope: config?.scope })),
  );
  // Fastify answers HEAD wherever there is GET.
  const looks = new Set(routes.filter(({ method }) => method === 'GET').map(({ name }) => name.replace('GET', 'HEAD')));
  return { ...site, routes: routes.filter(({ name }) => !looks.has(name)) };
}

/** Whether it is the route of this path. */
export function hears({ name }: Route, path: string): boolean {
  const pattern = name.replace(/^\w+ /, '').replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
