import type { Fault } from '../courses/fault.ts';
import { fileOf } from '../courses/package-desk.ts';
import type { Language } from '../platform/i18n.ts';
import { type Checked, textOf } from './checking.ts';
import { isText } from './files/content.ts';
import { writingPath } from './paths.ts';
import type { Draft } from './queries.ts';
import type { Reviewing } from './review/queries.ts';
import { staleCounts } from './translation/stale.ts';

export interface DeskFault extends Fault {
  /** Where it is mended; null where no page mends it. */
  href: string | null;
}

export interface DeskItem {
  key: string;
  kind: 'lesson' | 'quiz' | 'assignment';
  title: string;
  language: string;
  /** In the order of the course's languages. */
  texts: { language: string; path: string; href: string; bytes: number; isThere: boolean }[];
  faults: number;
  comments: number;
  /** Parts that may be behind those of another language. */
  stale: number;
}

export interface DeskPage {
  draft: Draft;
  title: string;
  /** that the title is in */
  language: string;
  languages: string[];
  settings: Checked['settings'];
  items: DeskItem[];
  faults: DeskFault[];
  /** Of course.yaml: what a button that changes the order began from. */
  revision: number;
  reviewing: Reviewing;
  /** Of the description. */
  stale: number;
  /** Of each text, by path. */
  stale_by_path: Map<string, number>;
}

/** A draft as its desk shows it. */
export function deskOf(draft: Draft, checked: Checked, reviewing: Reviewing, reader: Language): DeskPage {
  const { outline, titles, faults, folder, settings } = checked;
  const languages = outline.languages;
  const language = languages.includes(reader) ? reader : (languages[0] ?? reader);
  const stale_by_path = staleCounts(checked, reviewing.stale);
  const staleIn = (file: string) => languages.reduce((sum, one) => sum + (stale_by_path.get(`${one}/${file}`) ?? 0), 0);
  const titleIn = (file: string) => titles.get(`${language}/${file}`) ?? '';
  return {
    draft,
    title: titleIn('course.md') || draft.slug,
    language,
    languages,
    settings,
    items: outline.items.map((item) => {
      const file = fileOf(item);
      const paths = languages.map((one) => `${one}/${file}`);
      return {
        key: item.key,
        kind: item.kind,
        title: titleIn(file) || item.key,
        language,
        texts: paths.map((path, index) => ({
          language: languages[index] ?? '',
          path,
          href: writingPath(draft, item, languages[index] ?? ''),
          bytes: Buffer.byteLength(textOf(folder, path)),
          isThere: folder.revisions.has(path),
        })),
        faults: faults.filter((fault) => paths.includes(fault.file)).length,
        comments: reviewing.open_comments[item.key] ?? 0,
        stale: staleIn(file),
      };
    }),
    faults: faults.map((fault) => ({ ...fault, href: draft.may_write ? hrefOf(draft, outline, fault) : null })),
    revision: folder.revisions.get('course.yaml') ?? 0,
    reviewing,
    stale: staleIn('course.md'),
    stale_by_path,
  };
}

function hrefOf({ id }: Draft, { items }: Checked['outline'], { file, line }: Fault): string | null {
  const [language, name] = file.split('/');
  const form = items.find((item) => item.kind !== 'lesson' && fileOf(item) === name);
  if (form && language !== undefined) return writingPath({ id }, form, language);
  const at = line === null ? '' : `&line=${line}`;
  return isText(file) ? `/publishing/${id}/text?path=${encodeURIComponent(file)}${at}` : null;
}
