import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { partFrontMatter } from '../../courses/package-texts.ts';
import { isRecord } from '../../courses/yaml.ts';
import { newCourseText } from '../outline.ts';

/** What course.md says in one language: above, what the catalogue shows; below, the description in Markdown. */
export interface Description {
  title: string;
  summary: string;
  outcomes: string[];
  about: string;
}

/** @returns null where the part between the two lines cannot be read: its author mends the text first */
export function descriptionIn(source: string): Description | null {
  const parts = partsOf(source);
  if (parts === null) return null;
  const { title, summary, outcomes } = parts.values;
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  return {
    title: text(title),
    summary: text(summary),
    outcomes: Array.isArray(outcomes) ? outcomes.map(text) : [],
    about: parts.below.trim(),
  };
}

/** The text with that in it; what stays the same stays as it was written, to the last byte. @returns null as above */
export function withDescription(source: string, { about, ...told }: Description): string | null {
  const parts = partsOf(source === '' ? newCourseText('') : source);
  if (parts === null) return null;
  const { document, values, above, below } = parts;
  for (const [name, value] of Object.entries(told))
    if (!isDeepStrictEqual(values[name], value)) document.set(name, document.createNode(value));
  const isSame = Object.entries(told).every(([name, value]) => isDeepStrictEqual(values[name], value));
  const front = isSame ? above : `---\n${document.toString({ lineWidth: 0 })}---\n`;
  return front + (below.trim() === about.trim() ? below : `\n${about.trim()}\n`);
}

function partsOf(source: string) {
  const { front, lines, end } = partFrontMatter(source);
  if (front === null || front.faults.length > 0) return null;
  const document = parseDocument(lines.slice(1, end - 1).join('\n'), { stringKeys: true });
  const isPlain = document.contents === null || isMap(document.contents);
  if (document.errors.length > 0 || !isPlain || !holdsPlainly(document.get('outcomes', true))) return null;
  const values: unknown = document.toJS();
  const above = `${lines.slice(0, end).join('\n')}\n`;
  return { document, values: isRecord(values) ? values : {}, above, below: lines.slice(end).join('\n') };
}

/** A list of lines, or nothing yet. */
function holdsPlainly(node: unknown): boolean {
  return node === undefined || node === null || isScalar(node) || (isSeq(node) && node.items.every(isScalar));
}
