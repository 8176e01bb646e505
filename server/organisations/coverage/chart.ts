import type { CoverageRow } from './queries.ts';

interface Bar {
  label: string;
  learners: number;
  mentors: number;
}

export interface Chart {
  width: number;
  height: number;
  bars: (Bar & { y: number; learnerWidth: number; mentorWidth: number })[];
}

/** Units of the drawing: a phone shows it as wide as this in points. */
const width = 300;
const row = 34;

/** Two bars a line, of one scale. Someone is never drawn as nothing: a bar has at least a width that is seen. */
export function drawChart(rows: CoverageRow[], labelOf: (row: CoverageRow) => string): Chart {
  const most = Math.max(1, ...rows.flatMap(({ learners, mentors }) => [learners, mentors]));
  const widthOf = (count: number) => (count === 0 ? 0 : Math.max(2, Math.round((count / most) * width)));
  const bars = rows.map((line, index) => ({
    label: labelOf(line),
    learners: line.learners,
    mentors: line.mentors,
    y: index * row,
    learnerWidth: widthOf(line.learners),
    mentorWidth: widthOf(line.mentors),
  }));
  return { width, height: rows.length * row, bars };
}

/** Learners whom nobody guides, or nobody at all: what a manager looks for. */
export function gapOf({ learners, mentors }: Pick<CoverageRow, 'learners' | 'mentors'>): 'nobody' | 'no_mentor' | null {
  if (learners === 0 && mentors === 0) return 'nobody';
  return learners > 0 && mentors === 0 ? 'no_mentor' : null;
}
