import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { languages } from '../../server/platform/i18n.ts';
import { project } from '../support/child.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, type HTMLElement, nameOf, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { everyPage } from './every-page.ts';
import { hears, type Route, testAppWithRoutes } from './route-list.ts';

/** What answers there is no page, or is one only after a form. */
const withoutPage = [
  ...[
    'GET /assets/:name',
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'GET /courses/:slug/pictures/:file',
    'GET /v/:code',
  ],
  'GET /verify.html',
  ...['GET /organisations/:code/did.json', 'GET /organisations/:code/revocations/:list'],
  ...['GET /sign-in/person', 'GET /sign-in/password', 'GET /attempts/:id/answers'],
  ...['GET /sign-in/passkey', 'GET /sign-in/second-factor', 'GET /sign-in/first-steps'],
  ...['GET /account/data/archive', 'GET /admin/audit.csv', 'GET /organisations/:code/logo/:file'],
  ...['GET /admin/organisations/:code/cards.pdf', 'GET /admin/organisations/:code/coverage.csv'],
  'GET /admin/organisations/:code/join-codes/:joinCode/poster.pdf',
  'GET /cohorts/:id/join-codes/:joinCode/poster.pdf',
  'GET /cohorts/:id/certificates/:bundle/file',
  ...['GET /calendars/:file', 'GET /shared/:token/transcript.pdf'],
  ...['GET /submissions/:id/files/:file', 'GET /publishing/:id/pictures/:file'],
  'GET /admin/organisations/:code/signatories/:id/signature',
  'GET /admin/organisations/:code/certificate-preview/:drawing',
  ...['GET /organisations/:code/announcements.atom', 'GET /courses/:slug/announcements.atom'],
  ...['GET /courses/:slug/exports/:format/file', 'GET /courses/:slug/offline.epub'],
  ...['GET /courses/:slug/statistics.csv', 'GET /courses/:slug/statistics.xlsx'],
  ...['GET /cohorts/:id/results.csv', 'GET /cohorts/:id/results.xlsx'],
  ...['GET /admin/results.csv', 'GET /admin/results.xlsx'],
];

/** The views that pages were drawn by, in any app of this file. */
const drawn = new Set<string>();

function record(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRequest', async (_request, reply) => {
    const page = reply.page.bind(reply);
    reply.page = (view, data, options) => {
      drawn.add(view);
      return page(view, data, options);
    };
  });
}
subscribe('fastify.initialization', record);
t.teardown(() => unsubscribe('fastify.initialization', record));

for (const language of languages) {
  t.test(`Every page is whole, in ${language}`, async (t) => {
    const { pages } = await everyPage(t, language);
    for (const page of pages) {
      t.strictSame(faultsOf(page, language), [], `${page.status} ${page.url}`);
    }
  });
}

t.test('Every page has been looked at', async (t) => {
  const pages = globSync('views/**/*.eta', { cwd: join(project) })
    .map((file) => file.slice('views/'.length, -'.eta'.length))
    .filter((name) => !/\/_|^layouts\//.test(name));
  // So far every limit tells its waiting time on a page of its own; letters and two files leave the site.
  const unasked = ['errors/429', 'mail/letter', 'my-data/archive', 'offline/verify'];
  t.strictSame([...drawn, ...unasked].sort(), pages.sort());
});

t.test('Every route that shows a page has been asked for one', async (t) => {
  const { routes } = await testAppWithRoutes(t);
  const { pages } = await everyPage(t, 'vi');
  const paths = pages.filter(({ status }) => status === 200).map(({ url }) => url.replace(/\?.*/, ''));
  const unseen = routes.filter((route) => route.method === 'GET' && !paths.some((path) => hears(route, path)));
  t.strictSame(unseen.map(({ name }) => name).sort(), withoutPage.sort());
});

t.test('No link and no form of a page leads nowhere', async (t) => {
  const site = await testAppWithRoutes(t);
  await publish(t, site);
  const visitors = [client(site.app), await signedIn(site), await learner(site)];
  const finished = await learner(site);
  await finish(finished);
  const owner = await signedIn(site, { roles: ['owner'] });
  for (const visitor of [...visitors, finished, owner]) t.strictSame(await deadLinks(visitor, site.routes), []);
});

function faultsOf({ html, body, headers, url }: Page, language: string): string[] {
  const faults: string[] = [];
  const check = (isSound: boolean, fault: string) => {
    if (!isSound) faults.push(fault);
  };
  const text = textOf(html);
  check(String(headers['content-type']) === 'text/html; charset=utf-8', 'not sent as a page');
  check(body.trimStart().startsWith('<!doctype html>'), 'not a whole document');
  check(html.querySelector('html')?.getAttribute('lang') === language, 'in another language');
  // The style guide shows what has its own.
  check(html.querySelectorAll('h1').length === 1 || url === '/styleguide', 'not one h1');
  check(allByRole(html, 'main').length === 1, 'not one main part');
  check(/\S · Đom Đóm$/.test(html.querySelector('title')?.text ?? ''), 'no title');
  const hole = /undefined|\bnull\b|NaN|\[object|Invalid Date|\$\{|<%|&(?:amp|lt|quot);/.exec(text);
  check(hole === null, `a hole: ${text.slice(Math.max(0, (hole?.index ?? 0) - 30), (hole?.index ?? 0) + 30)}`);
  check(html.querySelectorAll('[style], [onclick], script:not([src])').length === 0, 'style or script inside');
  for (const form of html.querySelectorAll('form[method=post]:has(button)')) {
    // Lynx sends a form without a field by GET.
    check(form.querySelector('[name]') !== null, `no field: ${form.getAttribute('action')}`);
  }
  check(new Set(idsOf(html)).size === idsOf(html).length, `an id twice: ${idsOf(html)}`);
  for (const id of pointedTo(html)) check(idsOf(html).includes(id), `nothing has the id ${id}`);
  const asked = html.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], progress, img');
  for (const element of asked) check(isNamed(element), `no name: ${element.outerHTML}`);
  for (const element of html.querySelectorAll('[lang=""]')) check(false, `no language: ${element.outerHTML}`);
  return faults;
}

function idsOf(html: HTMLElement): string[] {
  return html.querySelectorAll('[id]').map(({ id }) => id);
}

function pointedTo(html: HTMLElement): string[] {
  const attributes = ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'data-copy', 'data-reveal'];
  const ids = attributes.flatMap((name) =>
    html.querySelectorAll(`[${name}]`).flatMap((element) => (element.getAttribute(name) ?? '').split(' ')),
  );
  const anchors = html.querySelectorAll('a[href^="#"]').map((link) => (link.getAttribute('href') ?? '').slice(1));
  return [...ids, ...anchors];
}

/** A picture that only decorates says so; what waits for a script is not there yet. */
function isNamed(element: HTMLElement): boolean {
  return nameOf(element) !== '' || element.getAttribute('alt') === '' || element.hasAttribute('hidden');
}

/** Follows every link that somebody finds, from the front page on; looks whether a route hears every form. */
async function deadLinks(visitor: Client, routes: Route[]): Promise<string[]> {
  const seen = new Set(['/']);
  const dead: string[] = [];
  for (const path of seen) {
    const page = await visitor.follow(await visitor.get(path));
    if (page.status >= 400) dead.push(`${path} (${page.status})`);
    if (!String(page.headers['content-type']).startsWith('text/html')) continue;
    for (const link of page.html.querySelectorAll('a[href], link[href], script[src], img[src]')) {
      const address = new URL(
        link.getAttribute('href') ?? link.getAttribute('src') ?? '',
        `http://localhost${page.url}`,
      );
      // A catalogue's filters combine without end: one at a time is enough.
      const isOurs = address.host === 'localhost' && address.searchParams.size <= 1;
      if (isOurs) seen.add(address.pathname + address.search);
    }
    for (const form of page.html.querySelectorAll('form')) {
      const method = (form.getAttribute('method') ?? 'get').toUpperCase();
      const url = new URL(form.getAttribute('action') || page.url, `http://localhost${page.url}`).pathname;
      if (!routes.some((route) => route.method === method && hears(route, url))) dead.push(`${method} ${url}`);
    }
  }
  return dead;
}
