interface Item {
  id: string;
  key: string;
  kind: string;
  required: boolean;
}

/** Why somebody cannot move to a newer version, though there is one. */
export type Obstacle = 'loses' | 'certificate' | 'attempt' | 'work';

interface Standing {
  /** Ids of completed items, of whichever version. */
  done: string[];
  has_certificate: boolean;
}

/**
 * Items are the same where key and kind are. Nothing that was completed may be missing in the newer version, and a course that somebody has
 * completed stays completed.
 */
export function mappingObstacle(
  from: readonly Item[],
  to: readonly Item[],
  { done, has_certificate }: Standing,
): Obstacle | null {
  const completed = from.filter(({ id }) => done.includes(id));
  if (!completed.every((item) => to.some(isSame(item)))) return 'loses';
  const isWhole = to.every((item) => !item.required || completed.some(isSame(item)));
  return has_certificate && !isWhole ? 'certificate' : null;
}

function isSame({ key, kind }: Pick<Item, 'key' | 'kind'>) {
  return (other: Pick<Item, 'key' | 'kind'>) => other.key === key && other.kind === kind;
}

/** Whether a page offers to move: loudly until they have chosen, then as a link. Null where there is nothing to choose. */
export function moveOffer(
  from: readonly Item[],
  to: readonly Item[],
  { is_newest, has_stayed, ...standing }: Standing & { is_newest: boolean; has_stayed: boolean },
): 'ask' | 'link' | null {
  if (is_newest || mappingObstacle(from, to, standing) !== null) return null;
  return has_stayed ? 'link' : 'ask';
}

/** What is new, and what is there no more. */
export function differences<I extends Item>(from: readonly I[], to: readonly I[]): { added: I[]; removed: I[] } {
  return {
    added: to.filter((item) => !from.some(isSame(item))),
    removed: from.filter((item) => !to.some(isSame(item))),
  };
}
