import type { Part } from './part.ts';

/** Positions in two languages of what says the same; null where a language has nothing. */
export interface Pair {
  one: number | null;
  other: number | null;
}

/** What is known of two texts besides their words, by hash. */
export interface Known {
  /** `one other`: they are each other's. */
  together: Set<string>;
  /** Of either: it has no counterpart. */
  alone: Set<string>;
}

const nothingKnown: Known = { together: new Set(), alone: new Set() };

/** More to compare than this takes too long: such texts are laid side by side as they come. */
const mostComparisons = 1_000_000;

/** Pairs two languages: quizzes by place, lessons by order, shape and what is the same in every language. */
export function pairUp(one: Part[], other: Part[], known: Known = nothingKnown): Pair[] {
  if ([...one, ...other].some(({ place }) => place !== null)) return byPlace(one, other);
  if (one.length * other.length > mostComparisons) return inOrder(one.length, other.length);
  return byLikeness(one, other, known);
}

function byPlace(one: Part[], other: Part[]): Pair[] {
  const places = new Map(other.map(({ place }, index) => [place, index]));
  const pairs: Pair[] = one.map(({ place }, index) => ({ one: index, other: places.get(place) ?? null }));
  const taken = new Set(pairs.map((pair) => pair.other));
  // What only the other has stands after what it follows there.
  for (const index of other.keys()) {
    if (taken.has(index)) continue;
    const before = index === 0 ? -1 : pairs.findIndex((pair) => pair.other === index - 1);
    pairs.splice(before + 1, 0, { one: null, other: index });
  }
  return pairs;
}

function inOrder(one: number, other: number): Pair[] {
  return Array.from({ length: Math.max(one, other) }, (_, index) => ({
    one: index < one ? index : null,
    other: index < other ? index : null,
  }));
}

/** The pairing in order whose likeness is the greatest in sum. */
function byLikeness(one: Part[], other: Part[], known: Known): Pair[] {
  const [rows, columns] = [one.length, other.length];
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  const at = (row: number, column: number) => best[row * width + column] ?? 0;
  const [mine, theirs] = [one.map(looksOf), other.map(looksOf)];
  const like = (row: number, column: number) => likeness(mine[row] as Looks, theirs[column] as Looks, known);
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1) {
      const likes = like(row, column);
      const paired = likes > 0 ? likes + at(row + 1, column + 1) : 0;
      best[row * width + column] = Math.max(paired, at(row + 1, column), at(row, column + 1));
    }
  const pairs: Pair[] = [];
  let [row, column] = [0, 0];
  while (row < rows && column < columns) {
    const likes = like(row, column);
    if (likes > 0 && at(row, column) === likes + at(row + 1, column + 1)) pairs.push({ one: row++, other: column++ });
    else if (at(row, column) === at(row + 1, column)) pairs.push({ one: row++, other: null });
    else pairs.push({ one: null, other: column++ });
  }
  while (row < rows) pairs.push({ one: row++, other: null });
  while (column < columns) pairs.push({ one: null, other: column++ });
  return pairs;
}

interface Looks {
  hash: string;
  shape: string;
  length: number;
  /** Addresses, numbers and code: nobody translates them. */
  marks: Set<string>;
}

function looksOf({ hash, shape, text }: Part): Looks {
  return { hash, shape, length: text.length, marks: new Set(text.match(/\]\([^)\s]+|`[^`\n]+`|\d+/g) ?? []) };
}

/** 0: they cannot be the same in two languages. */
function likeness(one: Looks, other: Looks, { together, alone }: Known): number {
  if (together.has(`${one.hash} ${other.hash}`)) return 9;
  if (one.shape !== other.shape || alone.has(one.hash) || alone.has(other.hash)) return 0;
  if (one.hash === other.hash) return 5;
  const length = Math.min(one.length, other.length) / Math.max(one.length, other.length, 1);
  let shared = 0;
  for (const mark of one.marks) if (other.marks.has(mark)) shared += 1;
  const all = one.marks.size + other.marks.size - shared;
  return 2 + length + (all === 0 ? 0 : (2 * shared) / all);
}
