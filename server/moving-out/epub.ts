import type { Translate } from '../platform/i18n.ts';
import { toXhtml } from './xhtml.ts';
import { escapeXml, xml, xmlHead } from './xml.ts';
import type { ZipEntry } from './zip.ts';

/** All that a book holds. Questions of quizzes are not among it: their keys stay on the server. */
export interface Book {
  /** of this version in this language, for ever */
  id: string;
  /** of the course on the site */
  address: string;
  slug: string;
  language: string;
  title: string;
  summary: string;
  outcomes: string[];
  html: string;
  provider: string;
  licence: string;
  publishedAt: Date;
  items: { key: string; kind: string; title: string; html: string }[];
  terms: { term: string; meaning: string }[];
  /** by name: its hash and ending */
  pictures: Map<string, Buffer>;
}

interface Page {
  file: string;
  title: string;
  body: string;
}

/** In an EPUB the first entry says what it is, and stands as it is. */
export const mimetype = 'mimetype';

/** An EPUB 3, page by page: about the course, its lessons and tasks, where its quizzes are, its own words. */
export function epubEntries(book: Book, t: Translate): ZipEntry[] {
  const shown = new Set<string>();
  const pages = pagesOf(book, t, shown);
  const text = (path: string, content: string): ZipEntry => ({ path, content: Buffer.from(content) });
  return [
    text(mimetype, 'application/epub+zip'),
    text('META-INF/container.xml', container),
    text('book/package.opf', packageOf(book, pages, shown)),
    text(
      'book/nav.xhtml',
      pageOf(book, { file: 'nav.xhtml', title: t('exports.book_contents'), body: navOf(pages, t) }),
    ),
    text('book/style.css', style),
    ...pages.map((page) => text(`book/${page.file}`, pageOf(book, page))),
    ...[...shown].map((name) => ({
      path: `book/pictures/${name}`,
      content: book.pictures.get(name) ?? Buffer.alloc(0),
    })),
  ];
}

function pagesOf(book: Book, t: Translate, shown: Set<string>): Page[] {
  const { items, terms, slug } = book;
  const files = new Map(items.map(({ key, kind }) => [`${kind}/${key}`, `${kind}-${key}.xhtml`]));
  const places = {
    link: (address: string) => placeOf(address, book, files),
    picture(address: string) {
      const name = address.slice(address.lastIndexOf('/') + 1);
      if (!address.startsWith(`/courses/${slug}/pictures/`) || !book.pictures.has(name)) return null;
      shown.add(name);
      return `pictures/${name}`;
    },
  };
  const xhtml = (html: string) => toXhtml(html, places);
  const paragraph = (words: string) => xml('p', {}, escapeXml(words));
  const heading = (words: string) => xml('h1', {}, escapeXml(words));
  const online = (words: string, path: string) =>
    xml('p', {}, xml('a', { href: `${book.address}${path}` }, escapeXml(words)));
  const about: Page = {
    file: 'about.xhtml',
    title: book.title,
    body: [
      heading(book.title),
      paragraph(book.summary),
      xml('h2', {}, escapeXml(t('courses.outcomes'))),
      xml('ul', {}, ...book.outcomes.map((one) => xml('li', {}, escapeXml(one)))),
      xhtml(book.html),
      paragraph(t('exports.book_from', { provider: book.provider, licence: book.licence })),
      online(t('exports.book_online'), ''),
    ].join('\n'),
  };
  const own = items.map(({ key, kind, title, html }): Page => {
    const file = files.get(`${kind}/${key}`) ?? '';
    if (kind === 'lesson') return { file, title, body: `${heading(title)}\n${xhtml(html)}` };
    const folder = kind === 'quiz' ? 'quizzes' : 'assignments';
    const words = t(kind === 'quiz' ? 'exports.book_quiz' : 'exports.book_assignment');
    return { file, title, body: [heading(title), xhtml(html), online(words, `/${folder}/${key}`)].join('\n') };
  });
  const glossary: Page = {
    file: 'glossary.xhtml',
    title: t('glossaries.heading'),
    body: [
      heading(t('glossaries.heading')),
      xml(
        'dl',
        {},
        ...terms.map(
          (one) => `${xml('dt', {}, xml('dfn', {}, escapeXml(one.term)))}${xml('dd', {}, escapeXml(one.meaning))}\n`,
        ),
      ),
    ].join('\n'),
  };
  return [about, ...own, ...(terms.length > 0 ? [glossary] : [])];
}

/** What is in the book is led to there; what is not, on the site or on the web. */
function placeOf(address: string, { slug, address: home, terms }: Book, files: Map<string, string>): string | null {
  if (/^(?:#|https?:|mailto:|tel:)/.test(address)) return address;
  const base = `/courses/${slug}`;
  const [path = '', place] = address.split('#', 2);
  const anchor = place === undefined ? '' : `#${place}`;
  if (path === base) return `about.xhtml${anchor}`;
  if (path === `${base}/glossary` && terms.length > 0) return 'glossary.xhtml';
  const [, folder, key] = /^\/(lessons|quizzes|assignments)\/([^/]+)$/.exec(path.slice(base.length)) ?? [];
  const kind = { lessons: 'lesson', quizzes: 'quiz', assignments: 'assignment' }[folder ?? ''];
  const file = path.startsWith(base) ? files.get(`${kind}/${key}`) : undefined;
  if (file !== undefined) return file + anchor;
  return path.startsWith(base) ? `${home}${address.slice(base.length)}` : null;
}

const container = `${xmlHead}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n`;

function packageOf(book: Book, pages: Page[], shown: Set<string>): string {
  const { id, title, language, summary, provider, licence, publishedAt } = book;
  const dc = (name: string, words: string, attributes = {}) => xml(`dc:${name}`, attributes, escapeXml(words));
  const meta = (property: string, words: string) => xml('meta', { property }, words);
  const metadata = [
    dc('identifier', id, { id: 'id' }),
    dc('title', title),
    dc('language', language),
    dc('description', summary),
    dc('publisher', provider),
    dc('rights', licence),
    meta('dcterms:modified', publishedAt.toISOString().replace(/\.\d+Z$/, 'Z')),
    meta('schema:accessMode', 'textual'),
    ...(shown.size > 0 ? [meta('schema:accessMode', 'visual')] : []),
    meta('schema:accessModeSufficient', 'textual'),
    ...['alternativeText', 'structuralNavigation', 'tableOfContents'].map((one) =>
      meta('schema:accessibilityFeature', one),
    ),
    meta('schema:accessibilityHazard', 'none'),
  ];
  const item = (name: string, href: string, type: string, more = {}) =>
    xml('item', { id: name, href, 'media-type': type, ...more });
  const idOf = (file: string) => `p-${file.replace(/\.[a-z]+$/, '')}`;
  const xhtml = 'application/xhtml+xml';
  const manifest = [
    item('nav', 'nav.xhtml', xhtml, { properties: 'nav' }),
    item('style', 'style.css', 'text/css'),
    ...pages.map(({ file }) => item(idOf(file), file, xhtml)),
    ...[...shown].map((name) =>
      item(idOf(name), `pictures/${name}`, name.endsWith('.png') ? 'image/png' : 'image/jpeg'),
    ),
  ];
  const spine = pages.map(({ file }) => xml('itemref', { idref: idOf(file) }));
  return `${xmlHead}${xml(
    'package',
    { xmlns: 'http://www.idpf.org/2007/opf', version: '3.0', 'unique-identifier': 'id', 'xml:lang': language },
    xml('metadata', { 'xmlns:dc': 'http://purl.org/dc/elements/1.1/' }, `\n${metadata.join('\n')}\n`),
    xml('manifest', {}, `\n${manifest.join('\n')}\n`),
    xml('spine', {}, `\n${spine.join('\n')}\n`),
  )}\n`;
}

function navOf(pages: Page[], t: Translate): string {
  const entries = pages.map(({ file, title }) => xml('li', {}, xml('a', { href: file }, escapeXml(title))));
  const heading = xml('h1', {}, escapeXml(t('exports.book_contents')));
  return xml('nav', { 'epub:type': 'toc' }, `${heading}\n`, xml('ol', {}, `\n${entries.join('\n')}\n`));
}

function pageOf({ language }: Book, { title, body }: Page): string {
  const head = xml(
    'head',
    {},
    xml('title', {}, escapeXml(title)),
    xml('link', { rel: 'stylesheet', type: 'text/css', href: 'style.css' }),
  );
  const namespaces = { xmlns: 'http://www.w3.org/1999/xhtml', 'xmlns:epub': 'http://www.idpf.org/2007/ops' };
  return `${xmlHead}<!DOCTYPE html>\n${xml('html', { ...namespaces, lang: language, 'xml:lang': language }, head, `\n<body>\n${body}\n</body>\n`)}\n`;
}

const style = `body { line-height: 1.6; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid; padding: 0.3em 0.5em; text-align: left; }
.note, .check { border-left: 0.3em solid; margin: 1em 0; padding: 0.1em 0 0.1em 0.8em; }
.note-title, .check-question { font-weight: bold; }
dt { font-weight: bold; }
`;
