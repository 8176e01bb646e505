import Type from 'typebox';
import Schema from 'typebox/schema';
import type { TextFault } from '../courses/fault.ts';
import { isRecord, listIn, type Path, readYaml, schemaFaults, type YamlReading } from '../courses/yaml.ts';
import type { Language } from '../platform/i18n.ts';
import { cleanLine } from '../platform/text.ts';

export interface PathSettings {
  /** never changes: the address */
  id: string;
  provider: string;
  texts: Record<Language, { title: string; summary: string; about: string }>;
  /** in order; `after`: earlier ones that are better learnt first */
  courses: { course: string; after: string[]; line: number }[];
  line: number;
}

export interface PathFileReading {
  /** those without a fault */
  paths: PathSettings[];
  /** of every path that is there, with faults or without; null when the file cannot be read */
  ids: string[] | null;
  faults: TextFault[];
}

/** Reads paths.yaml. A path with faults keeps no other from being read. */
export function readPathFile(source: string): PathFileReading {
  const reading = readYaml(source, 1);
  const { value } = reading;
  const own = reading.faults.length > 0 ? reading.faults : schemaFaults(PathFile, value, reading);
  if (own.length > 0) return { paths: [], ids: null, faults: own };

  const faults: TextFault[] = [];
  const paths = listIn(value, 'paths').flatMap((path, index, all) => {
    const found = [
      ...schemaFaults(PathEntry, path, reading, ['paths', index]),
      ...repeatedId(all, index, reading),
      ...courseFaults(path, index, reading),
    ];
    faults.push(...found);
    return found.length === 0 && Schema.Check(PathEntry, path) ? [settingsOf(path, index, reading)] : [];
  });
  const ids = listIn(value, 'paths').flatMap((path) => (isRecord(path) ? String(path.id) : []));
  return { paths, ids, faults };
}

const Key = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 80 });
const Text = Type.Object({
  title: Type.String({ pattern: '\\S', maxLength: 120 }),
  summary: Type.String({ pattern: '\\S', maxLength: 300 }),
  about: Type.String({ pattern: '\\S', maxLength: 1000 }),
});
const PathEntry = Type.Object({
  id: Key,
  provider: Type.String({ pattern: '^[a-z0-9_]{2,40}$' }),
  texts: Type.Object({ vi: Text, en: Text } satisfies Record<Language, typeof Text>),
  courses: Type.Array(
    Type.Object({ course: Key, after: Type.Optional(Type.Array(Key, { minItems: 1, uniqueItems: true })) }),
    { minItems: 2, maxItems: 50 },
  ),
});
const PathFile = Type.Object({
  format: Type.Literal(1),
  // Each is checked by itself.
  paths: Type.Array(Type.Unknown(), { maxItems: 100 }),
});

function repeatedId(paths: unknown[], index: number, reading: YamlReading): TextFault[] {
  const idAt = (place: number) => (isRecord(paths[place]) ? paths[place].id : undefined);
  const id = idAt(index);
  const isRepeated = typeof id === 'string' && paths.findIndex((_, place) => idAt(place) === id) < index;
  return isRepeated ? [{ line: reading.lineOf(['paths', index]), code: 'path_repeated', values: { id } }] : [];
}

/** What a schema cannot say: a course stands once, and after what is advised before it. */
function courseFaults(path: unknown, index: number, reading: YamlReading): TextFault[] {
  const faults: TextFault[] = [];
  const tell = (place: Path, code: string, course: string) =>
    faults.push({ line: reading.lineOf(['paths', index, 'courses', ...place]), code, values: { course } });
  const earlier = new Set<string>();
  listIn(path, 'courses').forEach((entry, place) => {
    if (!isRecord(entry) || typeof entry.course !== 'string') return;
    if (earlier.has(entry.course)) tell([place], 'path_course_repeated', entry.course);
    for (const advised of listIn(entry, 'after')) {
      if (!earlier.has(String(advised))) tell([place, 'after'], 'path_after_unknown', String(advised));
    }
    earlier.add(entry.course);
  });
  return faults;
}

function settingsOf(path: Type.Static<typeof PathEntry>, index: number, { lineOf }: YamlReading): PathSettings {
  const clean = ({ title, summary, about }: Type.Static<typeof Text>) => ({
    title: cleanLine(title),
    summary: cleanLine(summary),
    about: cleanLine(about),
  });
  return {
    id: path.id,
    provider: path.provider,
    texts: { vi: clean(path.texts.vi), en: clean(path.texts.en) },
    courses: path.courses.map(({ course, after = [] }, place) => ({
      course,
      after,
      line: lineOf(['paths', index, 'courses', place]),
    })),
    line: lineOf(['paths', index]),
  };
}
