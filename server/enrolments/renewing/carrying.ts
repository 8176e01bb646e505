interface Item {
  id: string;
  key: string;
  kind: string;
  required: boolean;
}

/**
 * What of a course need not be done again for a further term: lessons that were read in the one before. Quizzes are to be passed and assignments
 * to be handed in anew, and lessons that are new to be read. Where neither is asked for, the lessons are all there is, and are read again.
 * @param items of the version that is newest now
 * @param done keys of what was completed before
 * @returns ids
 */
export function carriedOver(items: readonly Item[], done: string[]): string[] {
  if (!items.some(({ kind, required }) => kind !== 'lesson' && required)) return [];
  return items.filter(({ key, kind }) => kind === 'lesson' && done.includes(key)).map(({ id }) => id);
}
