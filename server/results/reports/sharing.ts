/** A count of something, and of how many people it is. */
export interface Count {
  value: number;
  people: number;
}

/** Fewer people than these are somebody whom a neighbour can name. */
export const fewest = 5;

/**
 * Which counts of a column go out of the house, its total first; the others are hidden. Hidden is what is about one to four people, and as many
 * others, from the first on, as it takes that nothing hidden follows from what is shown: neither alone, nor as a sum of so few people, nor
 * because there is but one way to make the rest up of numbers under five.
 * @param total null where the lines do not add up to anything
 * @param isSmall lines that are about so few learners that nothing of them is told
 */
export function shownOutside(
  total: Count | null,
  lines: Count[],
  isSmall: (line: number) => boolean,
): { total: boolean; lines: boolean[] } {
  const shown = lines.map((count, line) => !isTooFew(count) && !isSmall(line));
  if (total === null) return { total: false, lines: shown };
  if (isTooFew(total)) return { total: false, lines: shown };
  while (isRecoverable(total, lines, shown)) {
    const next = nextShown(lines, shown);
    if (next === null) return { total: false, lines: shown };
    shown[next] = false;
  }
  return { total: true, lines: shown };
}

function isTooFew({ people }: Count): boolean {
  return people > 0 && people < fewest;
}

/** What a reader can work out: the rest of the total, and of how many hidden lines it is. */
function isRecoverable(total: Count, lines: Count[], shown: boolean[]): boolean {
  const hidden = shown.filter((isShown) => !isShown).length;
  if (hidden === 0) return false;
  const rest = (of: keyof Count) =>
    total[of] - lines.reduce((sum, count, line) => sum + (shown[line] ? count[of] : 0), 0);
  const [value, people] = [rest('value'), rest('people')];
  return hidden === 1 || people < fewest || value <= hidden || value === hidden * (fewest - 1);
}

/**
 * By its place and not by its size: that it is the smallest would tell how large it can be at most. Nothing that is nobody's would hide
 * anything.
 */
function nextShown(lines: Count[], shown: boolean[]): number | null {
  const next = lines.findIndex(({ value }, line) => shown[line] && value > 0);
  return next === -1 ? null : next;
}
