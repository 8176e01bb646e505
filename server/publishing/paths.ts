import { fileOf } from '../courses/package-desk.ts';
import type { Outline } from '../courses/package-settings.ts';

/** Where an item is written in one language: in forms where there are some, else as text. */
export function writingPath(
  { id }: { id: string },
  { key, kind }: Pick<Outline['items'][number], 'key' | 'kind'>,
  language: string,
): string {
  if (kind === 'quiz') return `/publishing/${id}/quizzes/${key}?language=${language}`;
  if (kind === 'assignment') return `/publishing/${id}/assignments/${key}?language=${language}`;
  return `/publishing/${id}/text?path=${language}/${fileOf({ key, kind, line: 0 })}`;
}
