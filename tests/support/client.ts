import type { FastifyInstance } from 'fastify';
import { controlsOf, type Fields, formFields, type HTMLElement, nameOf, parse } from './html.ts';

export interface Page {
  status: number;
  /** Path and query. */
  url: string;
  headers: Record<string, number | string | string[] | undefined>;
  body: string;
  html: HTMLElement;
}

interface Upload {
  /** Of the form. */
  field?: string;
  name: string;
  type?: string;
  bytes: string | Buffer;
}
type Headers = Record<string, string>;
export type Method = 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE' | 'OPTIONS';
type Typed = Record<string, string | string[] | null>;

export type Client = ReturnType<typeof client>;

/**
 * A browser without scripts, before the app itself: it keeps cookies and fills forms in.
 * @param visitor `headers` go with every request; `address` is where it comes from
 */
export function client(app: FastifyInstance, visitor: { headers?: Headers; address?: string } = {}) {
  const cookies = new Map<string, string>();

  async function get(url: string, headers: Headers = {}): Promise<Page> {
    return request('GET', url, headers);
  }

  /** Sends fields as a form would, whether or not a page has such a form. */
  async function post(url: string, fields: Typed | Fields = {}, headers: Headers = {}): Promise<Page> {
    const form = new URLSearchParams(Array.isArray(fields) ? fields : pairs(fields)).toString();
    return request('POST', url, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, form);
  }

  /** Sends a form with a file, or several, as a browser would. */
  async function upload(url: string, fields: Record<string, string>, file: Upload | Upload[] | null): Promise<Page> {
    const boundary = '----form-of-a-test';
    const parts = Object.entries(fields).map(([name, value]) => part(boundary, `name="${name}"`, value));
    // What a browser sends of a file input that nobody has used.
    const unused: Upload = { name: '', bytes: '' };
    for (const { field = 'file', name, type = 'application/octet-stream', bytes } of [file ?? unused].flat())
      parts.push(part(boundary, `name="${field}"; filename="${name}"\r\nContent-Type: ${type}`, bytes));
    const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
    return request('POST', url, { 'content-type': `multipart/form-data; boundary=${boundary}` }, body);
  }

  /** What only scripts send. */
  async function ask(method: Method, url: string, headers: Headers = {}, body?: Buffer): Promise<Page> {
    return request(method, url, headers, body);
  }

  /** To where the answer leads, if it leads on. */
  async function follow(page: Page): Promise<Page> {
    const { location } = page.headers;
    return typeof location === 'string' ? follow(await get(resolve(location, page))) : page;
  }

  /**
   * Sends a form of the page: hidden fields, defaults and the pressed button go along.
   * @param form selector or action; left out: the only form in `main`
   * @param fields what a person types; null unticks
   * @param button the words on the button; left out: the first
   */
  async function submit(
    page: Page,
    { form: which, fields = {}, button: words }: { form?: string; fields?: Typed; button?: string } = {},
  ): Promise<Page> {
    const form = findForm(page, which);
    const button = findButton(form, words);
    const sent = filledIn(form, fields);
    const name = button?.getAttribute('name');
    if (name) sent.push([name, button?.getAttribute('value') ?? '']);
    const action = button?.getAttribute('formaction') ?? form.getAttribute('action');
    const url = resolve(action || page.url, page);
    if (form.getAttribute('method')?.toLowerCase() === 'post') return post(url, sent);
    return get(`${url.split('?')[0]}?${new URLSearchParams(sent)}`);
  }

  async function request(method: Method, url: string, headers: Headers, payload?: string | Buffer): Promise<Page> {
    const answer = await app.inject({
      method,
      url,
      headers: { 'sec-fetch-site': 'same-origin', 'accept-language': 'vi', ...visitor.headers, ...headers },
      cookies: Object.fromEntries(cookies),
      ...(visitor.address === undefined ? {} : { remoteAddress: visitor.address }),
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, maxAge, expires } of answer.cookies) {
      if (maxAge === 0 || (expires && expires.getTime() <= Date.now())) cookies.delete(name);
      else cookies.set(name, value);
    }
    const { statusCode: status, headers: told, body } = answer;
    const isHtml = String(told['content-type']).startsWith('text/html');
    return { status, url, headers: told, body, html: parse(isHtml ? body : '') };
  }

  return { get, post, upload, ask, follow, submit, cookies };
}

function part(boundary: string, head: string, content: string | Buffer): Buffer {
  const intro = Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`);
  return Buffer.concat([intro, Buffer.from(content), Buffer.from('\r\n')]);
}

function resolve(address: string, page: Page): string {
  const { pathname, search } = new URL(address, `http://localhost${page.url}`);
  return pathname + search;
}

function findForm({ html, url }: Page, which = 'main form'): HTMLElement {
  const forms = html.querySelectorAll(which.startsWith('/') ? `form[action="${which}"]` : which);
  if (forms.length === 1 && forms[0]) return forms[0];
  const actions = html.querySelectorAll('form').map((form) => form.getAttribute('action'));
  throw new Error(`${forms.length} forms of ${url} are “${which}”. Here are: ${actions.join(', ') || 'none'}`);
}

function findButton(form: HTMLElement, words?: string): HTMLElement | undefined {
  const buttons = controlsOf(form, 'button:not([type=button]), input[type=submit]');
  const pressed = words === undefined ? buttons[0] : buttons.find((button) => nameOf(button).includes(words));
  if (words !== undefined && !pressed) throw new Error(`No button says “${words}”, only: ${buttons.map(nameOf)}`);
  return pressed;
}

function filledIn(form: HTMLElement, typed: Typed): Fields {
  const names = controlsOf(form, 'input, select, textarea').map((control) => control.getAttribute('name'));
  const unknown = Object.keys(typed).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The form has no field ${unknown}, only: ${[...new Set(names)]}`);
  return [...formFields(form).filter(([name]) => !(name in typed)), ...pairs(typed)];
}

function pairs(typed: Typed): Fields {
  return Object.entries(typed).flatMap(([name, value]) =>
    [value].flat().flatMap((one): Fields => (one === null ? [] : [[name, one]])),
  );
}
