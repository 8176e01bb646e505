import type { XmlElement } from '@rgrove/parse-xml';
import type { Root } from 'mdast';
import { decodeText } from '../quizzes/gift-read.ts';
import { pictureAddress } from './addresses.ts';
import type { Files } from './archive.ts';
import { isPicture } from './backup-files.ts';
import { rubricName, rubricsOf } from './cartridge-assignments.ts';
import { type CartridgePlaces, relinked } from './cartridge-links.ts';
import { foreignKind, type Resource, readManifest } from './cartridge-manifest.ts';
import { isOfThePackage, isPage, kindOfPart } from './cartridge-parts.ts';
import { CartridgeQuizzes } from './cartridge-quizzes.ts';
import { changed, type Draft, type DraftItem, emptyDraft, leftOut, MovingFault, root } from './draft.ts';
import { nameOfFile } from './gift.ts';
import { readHtml } from './html.ts';
import { readQti } from './qti.ts';
import { attribute, element, readXml, textAt } from './xml.ts';

const manifestFile = 'imsmanifest.xml';

/** A Common Cartridge, with what Canvas puts in beside it. Nobody's name or grade is in one; what Canvas says of its settings stays out. */
export function readCartridge({ files, notes }: Files, place: string): Draft {
  const source = readXml(files.get(manifestFile) ?? Buffer.alloc(0), manifestFile);
  const manifest = readManifest(source, files);
  const kind = foreignKind(source, manifest);
  if (kind !== null) throw new MovingFault('format_package', place, { kind });

  const { resources, entries } = manifest;
  const settings = open('course_settings/course_settings.xml');
  const draft = emptyDraft(manifest.title ?? (textAt(settings, 'title') || null));
  draft.notes = notes;
  draft.language = manifest.language ?? (textAt(settings, 'locale') || null);
  for (const [path, content] of files) if (isPicture(path)) draft.pictures.set(path, { content, place: path });
  for (const name of manifest.missing) notes.push(leftOut('file', manifestFile, 'file_missing', { name }));

  const dependencies = new Set([...resources.values()].flatMap((one) => one.dependencies));
  const kindOf = (part: Resource) => kindOfPart(part, manifest, dependencies);
  const places = placesIn();
  const rubrics = rubricsOf(open('course_settings/rubrics.xml'));
  const quizzes = new CartridgeQuizzes(notes);
  const parts = [...resources.values()];
  for (const part of parts)
    if (kindOf(part) === 'bank') for (const path of part.files) quizzes.addBank(qtiAt(path), path);

  // Plain by the standard, HTML by habit.
  const isHtml = /<(?:p|div|br|ul|h\d)\b/i.test(manifest.about);
  draft.about = readPage(isHtml ? manifest.about : plainText(manifest.about), manifestFile);
  const taken = new Set<string>();
  for (const { title, resource, section } of entries) {
    const part = resources.get(resource);
    if (part === undefined) notes.push(leftOut('file', manifestFile, 'chapter_missing', { title }));
    else if (taken.has(resource)) notes.push(changed('course', manifestFile, 'stands_once', { title }));
    else draft.items.push(...take(part, title, section));
  }
  for (const part of parts.filter(({ id }) => !taken.has(id))) {
    const items = take(part, '', null);
    const [first] = items;
    if (first !== undefined && entries.length > 0)
      notes.push(changed('course', first.place, 'stands_last', { title: first.title }));
    draft.items.push(...items);
  }
  draft.items.push(...quizzes.bankItems());
  const listed = new Set(parts.flatMap((part) => part.files));
  for (const path of files.keys())
    if (!listed.has(path) && !isPicture(path) && !isOfThePackage(path))
      notes.push(leftOut('file', path, 'file_unlisted', { name: path }));
  return draft;

  function take(part: Resource, title: string, section: string | null): DraftItem[] {
    taken.add(part.id);
    const kind = kindOf(part);
    const [path = ''] = part.files;
    const common = { id: part.id, section, title, place: path };
    const others = part.files.filter((one) => one !== path);
    switch (kind) {
      case 'page':
        return [...pages(part, title, section), ...unused(others)];
      case 'picture':
        return title === ''
          ? unused(others)
          : [{ kind: 'lesson', ...common, body: pictureBody(path) }, ...unused(others)];
      case 'file':
        return unused(part.files);
      case 'link':
        return linkTo(part, title, section);
      case 'assignment':
        return assignment(part, title, section);
      case 'quiz':
        return quiz(part, title, section);
      case 'syllabus': {
        const about = readPage(decodeText(files.get(path) ?? Buffer.alloc(0)), path);
        draft.about = root([...draft.about.children, ...about.children]);
        return [];
      }
      case 'missing':
        if (title !== '') notes.push(leftOut('file', manifestFile, 'chapter_missing', { title }));
        return [];
      case 'bank':
      case 'nothing':
        return [];
      default:
        notes.push(
          leftOut('activity', path || manifestFile, 'activity_kind', {
            kind: kind.foreign,
            title: title || titleIn(path),
          }),
        );
        return [];
    }
  }

  function pages(part: Resource, title: string, section: string | null): DraftItem[] {
    return part.files.filter(isPage).map((path, index) => {
      const html = decodeText(files.get(path) ?? Buffer.alloc(0));
      const own = /<title[^>]*>([^<]*)<\/title>/i.exec(html.slice(0, 10_000))?.[1] ?? '';
      const named = (index === 0 ? title : '') || wordsOf(own) || nameOfFile(path);
      const id = index === 0 ? part.id : path;
      return { kind: 'lesson', id, section, title: named, place: path, body: readPage(html, path) };
    });
  }

  /** Pages and pictures come where a text shows them; other files do not. */
  function unused(paths: string[]): DraftItem[] {
    for (const path of paths)
      if (!isPage(path) && !isPicture(path)) notes.push(leftOut('file', path, 'file', { name: path }));
    return [];
  }

  function linkTo(part: Resource, title: string, section: string | null): DraftItem[] {
    const [path = ''] = part.files;
    const link = open(path);
    const url = attribute(element(link, 'url'), 'href').trim();
    const words = title || textAt(link, 'title') || url;
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      notes.push(leftOut('link', path || manifestFile, 'link_nowhere', { title: words, address: url }));
      return [];
    }
    const body = root([
      { type: 'paragraph', children: [{ type: 'link', url, children: [{ type: 'text', value: words }] }] },
    ]);
    return [{ kind: 'lesson', id: part.id, section, title: words, place: path, body }];
  }

  function assignment(part: Resource, title: string, section: string | null): DraftItem[] {
    const settingsPath = part.files.find((path) => /\.xml$/i.test(path));
    const said = settingsPath === undefined ? null : open(settingsPath);
    const page = part.files.find(isPage);
    const place = settingsPath ?? page ?? manifestFile;
    const named = title || textAt(said, 'title') || nameOfFile(place);
    const text = element(said, 'text');
    const isPlain = attribute(text, 'texttype') === 'text/plain';
    const body =
      page === undefined || text !== null
        ? readPage(isPlain ? plainText(text?.text ?? '') : (text?.text ?? ''), place)
        : readPage(decodeText(files.get(page) ?? Buffer.alloc(0)), page);
    if (said === null && page === undefined) {
      notes.push(leftOut('assignment', place, 'chapter_missing', { title: named }));
      return [];
    }
    const rubric = rubrics.get(rubricName(said)) ?? [];
    const common = { id: part.id, section, title: named, place };
    return [{ kind: 'assignment', ...common, body, rubric, thing: 'assignment', type: 'assignment' }];
  }

  function quiz(part: Resource, title: string, section: string | null): DraftItem[] {
    const beside = part.dependencies.flatMap((id) => resources.get(id)?.files ?? []);
    const sets = [...part.files, ...beside.filter((path) => /\.qti$/i.test(path))].map(qtiAt);
    const meta = beside.find((path) => /assessment_meta\.xml$/.test(path));
    const about = meta === undefined ? null : open(meta);
    const intro = readPage(textAt(about, 'description'), meta ?? manifestFile);
    const named = title || textAt(about, 'title');
    return quizzes.itemsFor({ id: part.id, section, title: named, sets, intro, place: part.files[0] ?? manifestFile });
  }

  function qtiAt(path: string) {
    const content = files.get(path);
    const xml = /\.(?:xml|qti)$/i.test(path) ? open(path) : null;
    return content === undefined || xml === null
      ? null
      : readQti(xml, content, path, (html) => relinked(html, path, places));
  }

  /** A part that is broken is told, and the others come. */
  function open(path: string): XmlElement | null {
    const content = files.get(path);
    if (content === undefined) return null;
    try {
      return readXml(content, path);
    } catch (error) {
      if (!(error instanceof MovingFault)) throw error;
      notes.push(leftOut('file', path, error.code, error.values));
      return null;
    }
  }

  function readPage(html: string, path: string): Root {
    return readHtml(relinked(html, path, places), path, notes);
  }

  function titleIn(path: string): string {
    return textAt(/\.xml$/i.test(path) ? open(path) : null, 'title') || nameOfFile(path);
  }

  function placesIn(): CartridgePlaces {
    const items = new Map<string, string>();
    for (const part of resources.values()) {
      const kind = kindOf(part);
      if (typeof kind !== 'string' || !['page', 'link', 'assignment', 'quiz'].includes(kind)) continue;
      items.set(part.id, part.id);
      if (kind === 'page')
        part.files.filter(isPage).forEach((path, index) => void items.set(path, index === 0 ? part.id : path));
    }
    return {
      files,
      itemOf: (name) => items.get(name) ?? null,
      pathOf: (id) => resources.get(id)?.files[0] ?? null,
    };
  }
}

function pictureBody(path: string): Root {
  return root([{ type: 'paragraph', children: [{ type: 'image', url: pictureAddress(path), alt: '' }] }]);
}

function plainText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');
}

function wordsOf(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}
