import { type Checked, textOf } from '../checking.ts';
import type { Check } from '../checks.ts';
import { partsOf } from './parts.ts';

/** What is open of a mark, as pages that only count need it. */
export interface StaleMark {
  file: string;
  language: string;
  block: string | null;
  source_language: string;
  source_after: string | null;
}

/** How many parts of each file are behind, by path: of what stands there, or is to be written beside what stands there. */
export function staleCounts(
  { folder, outline }: Pick<Checked, 'folder' | 'outline'>,
  marks: StaleMark[],
): Map<string, number> {
  const hashes = new Map<string, Set<string>>();
  const hashesAt = (path: string) => {
    const kept = hashes.get(path) ?? new Set(partsOf(path, textOf(folder, path)).map(({ hash }) => hash));
    hashes.set(path, kept);
    return kept;
  };
  const behind = new Map<string, Set<string>>();
  for (const { file, language, block, source_language, source_after } of marks) {
    if (!outline.languages.includes(language) || !outline.languages.includes(source_language)) continue;
    const path = `${language}/${file}`;
    const isThere =
      block === null ? hashesAt(`${source_language}/${file}`).has(source_after ?? '') : hashesAt(path).has(block);
    if (!isThere) continue;
    const own = behind.get(path) ?? new Set();
    behind.set(path, own.add(block ?? `${source_language} ${source_after}`));
  }
  return new Map([...behind].map(([path, own]) => [path, own.size]));
}

/** Said before a draft is published; it stops nobody. */
export function staleChecks(counts: Map<string, number>): Check[] {
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, count]) => ({ path, line: null, code: 'translation_stale', values: { count }, weight: 'advice' }));
}
