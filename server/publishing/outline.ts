import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument, stringify, type YAMLSeq } from 'yaml';
import { ways } from '../assignments/rubric.ts';
import { isRecord } from '../courses/yaml.ts';

// What buttons do to course.yaml. Its comments stay, and what cannot be read is left as it is for its author to mend.

const completionLists = ['lessons', 'quizzes', 'assignments'];

export interface NewCourse {
  slug: string;
  topic: string;
  level: string;
  languages: string[];
  provider: string;
}

/** The settings of a course that has nothing in it yet. */
export function newCourseYaml({ slug, topic, level, languages, provider }: NewCourse): string {
  return stringify(
    {
      ...{ format: 1, id: slug, topic, level, hours: 1, languages, provider },
      ...{ licence: 'CC-BY-4.0', skills: [], completion: { lessons: 'all', quizzes: [] }, items: [] },
    },
    { lineWidth: 0 },
  );
}

/** The description of a course in one language, with what is still to be written left open. */
export function newCourseText(title: string): string {
  return `---\n${stringify({ title, summary: '', outcomes: [] }, { lineWidth: 0 })}---\n\n`;
}

export interface NewItem {
  key: string;
  kind: 'lesson' | 'quiz' | 'assignment';
}

const settingsAtFirst = {
  lesson: { minutes: 10 },
  quiz: { minutes: 10, pass: 70 },
  assignment: { minutes: 30, pass: 60, hand_in: ways },
};

/** @returns null where the settings cannot be read */
export function withItem(yaml: string, { key, kind }: NewItem): string | null {
  return changed(yaml, (document, items) => {
    items.flow = false;
    items.add(document.createNode({ key, kind, ...settingsAtFirst[kind] }));
    // What is asked counts, unless its author says otherwise. Work that only a mentor can mark counts where its author says so.
    if (kind === 'quiz') quizzesOf(document)?.add(key);
  });
}

/** One place up or down; at the end it stays where it is. */
export function withItemMoved(yaml: string, key: string, way: 'up' | 'down'): string | null {
  return changed(yaml, (_, { items }) => {
    const from = items.findIndex((item) => isMap(item) && item.get('key') === key);
    const to = from + (way === 'up' ? -1 : 1);
    if (from === -1 || to < 0 || to >= items.length) return;
    items.splice(to, 0, ...items.splice(from, 1));
  });
}

export function withoutItem(yaml: string, key: string): string | null {
  return changed(yaml, (document, items) => {
    items.items = items.items.filter((item) => !isMap(item) || item.get('key') !== key);
    for (const list of completionLists) {
      const keys = document.getIn(['completion', list]);
      if (isSeq(keys)) keys.items = keys.items.filter((one) => !isScalar(one) || one.value !== key);
    }
  });
}

/** What stands there under these names, also while the rest is still to be written; empty where it is no single word or number. */
export function settingsIn<Name extends string>(yaml: string, names: readonly Name[]): Record<Name, string> {
  const document = parseDocument(yaml, { stringKeys: true });
  const written = (name: Name) => (isMap(document.contents) ? document.get(name, true) : undefined);
  return Object.fromEntries(
    names.map((name) => {
      const node = written(name);
      return [name, isScalar(node) && node.value !== null ? String(node.value) : ''];
    }),
  ) as Record<Name, string>;
}

/** These settings in place of those that stand there, in their order; undefined takes one away. */
export function withSettings(yaml: string, settings: Record<string, unknown>): string | null {
  return changed(yaml, (document) => putAll(document, [], settings));
}

/** What stands there of an item, whatever is wrong with the rest. */
export function itemIn(yaml: string, key: string): Record<string, unknown> {
  const list = valuesIn(yaml).items;
  const items: unknown[] = Array.isArray(list) ? list : [];
  return items.filter(isRecord).find((item) => item.key === key) ?? {};
}

export function withItemSettings(yaml: string, key: string, settings: Record<string, unknown>): string | null {
  return changed(yaml, (document, { items }) => {
    const index = items.findIndex((item) => isMap(item) && item.get('key') === key);
    if (index !== -1) putAll(document, ['items', index], settings);
  });
}

export function completionIn(yaml: string): Record<string, unknown> {
  const { completion } = valuesIn(yaml);
  return isRecord(completion) ? completion : {};
}

export function withCompletion(yaml: string, completion: Record<string, unknown>): string | null {
  return changed(yaml, (document) => {
    if (!isMap(document.get('completion'))) document.set('completion', document.createNode({}));
    putAll(document, ['completion'], completion);
  });
}

/** What is taken out of a course, to be put back one day. */
export interface TakenItem {
  settings: Record<string, unknown>;
  /** Counted from 0. */
  place: number;
  /** Lists of the rule of completion that name it. */
  required: string[];
}

/** @returns null for what the settings do not name */
export function takenItem(yaml: string, key: string): TakenItem | null {
  const { items } = valuesIn(yaml);
  const place = Array.isArray(items) ? items.findIndex((item) => isRecord(item) && item.key === key) : -1;
  const completion = completionIn(yaml);
  const required = completionLists.filter((list) => [completion[list]].flat().includes(key));
  return place === -1 ? null : { settings: itemIn(yaml, key), place, required };
}

export function withItemBack(yaml: string, { settings, place, required }: TakenItem): string | null {
  return changed(yaml, (document, items) => {
    if (items.items.length === 0) items.flow = false;
    items.items.splice(
      place,
      0,
      document.createNode(settings, { flow: items.items.some((one) => isMap(one) && one.flow === true) }),
    );
    for (const list of required) {
      const keys = document.getIn(['completion', list]);
      if (isSeq(keys)) keys.add(settings.key);
    }
  });
}

/** What is the same already keeps its place, its comments and its style. */
function putAll(document: Document, path: (string | number)[], settings: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(settings)) {
    const place = [...path, name];
    const node = document.getIn(place);
    if (value === undefined) document.deleteIn(place);
    else if (!isDeepStrictEqual(isNode(node) ? node.toJS(document) : node, value)) {
      const isPlain = typeof value !== 'object';
      const style = isSeq(node) && node.flow === true ? { flow: true } : {};
      document.setIn(place, isPlain && !isNode(node) ? value : document.createNode(value, style));
    }
  }
}

function valuesIn(yaml: string): Record<string, unknown> {
  const document = parseDocument(yaml, { stringKeys: true });
  if (document.errors.length > 0) return {};
  const values: unknown = document.toJS();
  return isRecord(values) ? values : {};
}

function changed(yaml: string, change: (document: Document, items: YAMLSeq) => void): string | null {
  const document = parseDocument(yaml, { stringKeys: true });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  if (!isSeq(document.get('items'))) document.set('items', document.createNode([]));
  const items = document.get('items');
  if (!isSeq(items)) return null;
  change(document, items);
  return inStyleOf(yaml, document.toString({ lineWidth: 0 }));
}

/** The writer has one way to set spaces; a line that says what it said keeps its author's. */
function inStyleOf(before: string, written: string): string {
  const bare = (line: string) =>
    line
      .trimStart()
      .replace(/\s+/g, ' ')
      .replace(/([[{]) | (?=[\]}])/g, '$1');
  const indented = (line: string) => line.slice(0, line.length - line.trimStart().length) + bare(line);
  const known = new Map(before.split('\n').map((line) => [indented(line), line]));
  const isTight = !before.includes('[ ');
  const lines = written.split('\n').map((line) => {
    const other = isTight ? line.replace(/\[ (.*?) \]/g, '[$1]') : line;
    return known.get(indented(line)) ?? other;
  });
  const styled = lines.join('\n');
  return isDeepStrictEqual(valuesIn(styled), valuesIn(written)) ? styled : written;
}

function quizzesOf(document: Document): YAMLSeq | null {
  if (!isMap(document.get('completion'))) return null;
  if (!isSeq(document.getIn(['completion', 'quizzes'])))
    document.setIn(['completion', 'quizzes'], document.createNode([]));
  const quizzes = document.getIn(['completion', 'quizzes']);
  return isSeq(quizzes) ? quizzes : null;
}
