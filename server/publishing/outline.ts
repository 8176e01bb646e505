import { type Document, isMap, isScalar, isSeq, parseDocument, stringify, type YAMLSeq } from 'yaml';

// What buttons do to course.yaml. Its comments stay, and what cannot be read is left as it is for its author to mend.

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
  kind: 'lesson' | 'quiz';
}

/** @returns null where the settings cannot be read */
export function withItem(yaml: string, { key, kind }: NewItem): string | null {
  return changed(yaml, (document, items) => {
    items.flow = false;
    items.add(
      document.createNode(kind === 'lesson' ? { key, kind, minutes: 10 } : { key, kind, minutes: 10, pass: 70 }),
    );
    // What is asked counts, unless its author says otherwise.
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
    for (const list of ['lessons', 'quizzes', 'assignments']) {
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
  return changed(yaml, (document) => {
    for (const [name, value] of Object.entries(settings)) {
      if (value === undefined) document.delete(name);
      else document.set(name, document.createNode(value));
    }
  });
}

function changed(yaml: string, change: (document: Document, items: YAMLSeq) => void): string | null {
  const document = parseDocument(yaml, { stringKeys: true });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  if (!isSeq(document.get('items'))) document.set('items', document.createNode([]));
  const items = document.get('items');
  if (!isSeq(items)) return null;
  change(document, items);
  return document.toString({ lineWidth: 0 });
}

function quizzesOf(document: Document): YAMLSeq | null {
  if (!isMap(document.get('completion'))) return null;
  if (!isSeq(document.getIn(['completion', 'quizzes'])))
    document.setIn(['completion', 'quizzes'], document.createNode([]));
  const quizzes = document.getIn(['completion', 'quizzes']);
  return isSeq(quizzes) ? quizzes : null;
}
