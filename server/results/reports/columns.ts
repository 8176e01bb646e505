import type { Column } from '../columns.ts';
import type { Report, ReportLine } from './queries.ts';
import { type Count, fewest, shownOutside } from './sharing.ts';

/** A line as a page or a file shows it: with the words it begins with, what it opens, and which of its counts go out. */
export interface ShownLine {
  words: string;
  href: string | null;
  counts: ReportLine['counts'];
  hidden: ReadonlySet<string>;
}

/** Counts of people, and of what they have done: `isOfPeople` counts each person once, whatever they did. */
const counted = [
  { key: 'learners', isOfPeople: true },
  { key: 'enrolled', isOfPeople: true },
  { key: 'active', isOfPeople: true },
  { key: 'finished', isOfPeople: true },
  { key: 'certificates', isOfPeople: false },
  { key: 'passed', isOfPeople: false },
  { key: 'assignments', isOfPeople: false },
  { key: 'attended', isOfPeople: false },
  { key: 'meetings', isOfPeople: false },
] as const;

/**
 * Assignments only where any have been passed: most courses have none.
 * @param hidden stands where a count does not go out
 */
export function reportColumns(
  by: 'branch' | 'place' | 'month',
  { total }: Report,
  hidden: string,
): Column<ShownLine>[] {
  const shown = counted.filter(({ key }) => key !== 'assignments' || countIn(total, key).value > 0);
  return [
    { key: by, cell: ({ words }) => words, href: ({ href }) => href },
    ...shown.map(({ key }) => ({
      key: key === 'active' ? `active_${by === 'month' ? 'month' : 'days'}` : key,
      cell: (line: ShownLine) => (line.hidden.has(key) ? hidden : countIn(line.counts, key).value),
    })),
  ];
}

export function countIn(counts: ReportLine['counts'], key: string): Count {
  const { value = 0, people = 0 } = counts[key] ?? {};
  return counted.some((one) => one.key === key && one.isOfPeople) ? { value: people, people } : { value, people };
}

/** By line, and for the total at the end: the counts that stay in the house when a report leaves it. Months add up to no total. */
export function hiddenOutside({ lines, total }: Report, hasTotal: boolean): Set<string>[] {
  const hidden = [...lines, total].map(() => new Set<string>());
  const isSmall = (line: number) => {
    const { people } = countIn(lines[line]?.counts ?? {}, 'learners');
    return people > 0 && people < fewest;
  };
  for (const { key } of counted) {
    const counts = lines.map((line) => countIn(line.counts, key));
    const shown = shownOutside(hasTotal ? countIn(total, key) : null, counts, isSmall);
    for (const [line, isShown] of [...shown.lines, shown.total].entries()) if (!isShown) hidden[line]?.add(key);
  }
  return hidden;
}
