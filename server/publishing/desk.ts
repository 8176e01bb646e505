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
  /** What authors call the place: a form, or an item by its title and language. Null: the file. */
  place:
    | { form: 'description' | 'completion' | 'new_item'; language: string }
    | { title: string; language: string }
    | null;
  /** What is only not there yet, is a thing to do. */
  todo: 'summary' | 'outcomes' | 'items' | null;
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
    faults: faults.map((fault) => {
      const place = placeOf(checked, fault);
      return {
        ...fault,
        place,
        todo: todoOf(outline, fault),
        href: draft.may_write ? hrefOf(draft, outline, fault, place) : null,
      };
    }),
    revision: folder.revisions.get('course.yaml') ?? 0,
    reviewing,
    stale: staleIn('course.md'),
    stale_by_path,
  };
}

function placeOf({ outline, titles }: Checked, { file, code }: Fault): DeskFault['place'] {
  const [language = '', name = ''] = file.split('/');
  if (name === 'course.md') return { form: 'description', language };
  if (file === 'course.yaml' && code.startsWith('completion_')) return { form: 'completion', language: '' };
  if (file === 'course.yaml' && outline.items.length === 0 && code === 'setting_items')
    return { form: 'new_item', language: '' };
  const item = outline.items.find((one) => fileOf(one) === name);
  return item === undefined ? null : { title: titles.get(file) || item.key, language };
}

function todoOf({ items }: Checked['outline'], { file, code, values }: Fault): DeskFault['todo'] {
  if (code === 'setting_items' && items.length === 0) return 'items';
  if (!file.endsWith('/course.md')) return null;
  if (code === 'setting_summary' && values.value === '') return 'summary';
  return code === 'setting_outcomes' && values.value === '[]' ? 'outcomes' : null;
}

function hrefOf(
  { id }: Draft,
  { items }: Checked['outline'],
  { file, line }: Fault,
  place: DeskFault['place'],
): string | null {
  if (place !== null && 'form' in place) {
    if (place.form === 'new_item') return '#new-item';
    return `/publishing/${id}/${place.form}${place.language === '' ? '' : `?language=${place.language}`}`;
  }
  const [language, name] = file.split('/');
  const form = items.find((item) => item.kind !== 'lesson' && fileOf(item) === name);
  if (form && language !== undefined) return writingPath({ id }, form, language);
  const at = line === null ? '' : `&line=${line}`;
  return isText(file) ? `/publishing/${id}/text?path=${encodeURIComponent(file)}${at}` : null;
}
