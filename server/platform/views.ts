import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import view from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Assets, readAssets } from './assets.ts';
import { addVary } from './compression.ts';
import { type Flash, takeFlash } from './flash.ts';
import { type Format, formats, type Language, type Translate, translators } from './i18n.ts';
import { ownPath } from './same-origin.ts';
import type { Person } from './sessions.ts';

/**
 * From the name of a view to its data. Each feature adds its own pages where it sends them:
 * `declare module '../platform/views.ts' { interface Views { 'courses/show': {…} } }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: features add to it
export interface Views {}

/** What every template gets beside its own data. */
export interface PageContext {
  t: Translate;
  format: Format;
  page: {
    language: Language;
    /** Path and query of this page; of the page the form stood on, where it comes as the answer to a form. */
    path: string;
    person: Person | null;
    /** The person or the browser asks to save data: no script, pictures as links. */
    saving: boolean;
    flash: Flash | null;
    assets: Omit<Assets, 'script'> & { script: string | null };
  };
}

export interface PageOptions<V> {
  status?: number;
  /** The part of the page that an htmx request gets instead of the whole. */
  fragment?: V;
  /** Seconds for which a proxy may hand it to others who are not signed in; 0: as long as we confirm it each time. */
  shared?: number;
}

declare module 'fastify' {
  interface FastifyReply {
    renderAsync(name: string, data: object): Promise<string>;
    /** The one way to answer with a page, or with its fragment where htmx asks for a part. */
    page<V extends keyof Views>(name: V, data: Views[V], options?: PageOptions<string>): Promise<string>;
  }
  interface FastifyRequest {
    language: Language;
    t: Translate;
    saving: boolean;
  }
}

const folder = fileURLToPath(new URL('../../views', import.meta.url));

/** All templates, compiled: a broken one stops the server at its start. */
export function compileViews(): Eta {
  const eta = new Eta({ views: folder, cache: true, autoTrim: false });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.eta')) continue;
    const filepath = `${folder}/${name}`;
    eta.templatesSync.define(filepath, eta.compile(readFileSync(filepath, 'utf8'), { filepath }));
  }
  // Ours are named from the root, and all are there: nothing is to be looked for.
  eta.resolvePath = (name) => `${folder}${name.replace(/\.eta$/, '')}.eta`;
  return eta;
}

export function addViews(app: FastifyInstance): Assets {
  const assets = readAssets();
  const eta = compileViews();
  app.register(view, { engine: { eta }, root: folder, production: true, propertyName: 'render' });
  app.decorateRequest('language', 'vi');
  app.decorateRequest('t', null as unknown as Translate);
  app.decorateRequest('saving', false);
  app.decorateReply(
    'page',
    async function (this: FastifyReply, name: string, data: object, options: PageOptions<string> = {}) {
      const { status = 200, shared } = options;
      addVary(this, 'hx-request-type', 'cookie', 'accept-language', 'save-data');
      const isShared = shared !== undefined && status === 200 && this.request.person === null;
      if (this.getHeader('cache-control') !== 'no-store')
        this.header('cache-control', isShared ? held(shared) : forOne);
      this.status(status).type('text/html; charset=utf-8');
      const template = wantsFragment(this.request) ? (options.fragment ?? name) : name;
      return this.renderAsync(`/${template}`, { ...pageContext(this.request, this, assets), ...data });
    },
  );
  app.addHook('onSend', async (_request, reply) => {
    if (reply.hasHeader('set-cookie') && isPublic(reply)) reply.header('cache-control', forOne);
  });
  return assets;
}

const forOne = 'private, no-cache';

/** Not by browsers, some of which take no notice of a cookie that has changed: whoever signs in would see the page of before. */
function held(seconds: number): string {
  return seconds === 0 ? 'public, no-cache' : `public, max-age=0, s-maxage=${seconds}`;
}

function isPublic(reply: FastifyReply): boolean {
  return String(reply.getHeader('cache-control')).startsWith('public');
}

export function wantsFragment(request: FastifyRequest): boolean {
  return request.headers['hx-request-type'] === 'partial';
}

function pageContext(request: FastifyRequest, reply: FastifyReply, assets: Assets): PageContext {
  const { language, person, saving, t } = request;
  return {
    t,
    format: formats[language],
    page: {
      language,
      path: pathOf(request),
      person,
      saving,
      flash: takeFlash(request, reply),
      assets: saving ? { ...assets, script: null } : assets,
    },
  };
}

function pathOf(request: FastifyRequest): string {
  const address = request.method === 'GET' ? request.url : request.headers.referer;
  return ownPath(address, request.server.config.publicUrl) ?? '/';
}

/** Chosen by account, else by cookie, else by the browser. */
export function chooseLanguage(request: FastifyRequest, language: Language): void {
  request.language = language;
  request.t = translators[language];
}
