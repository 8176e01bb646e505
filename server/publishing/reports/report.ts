import type { Note } from '../../moving-in/draft.ts';
import { inWords } from '../../moving-in/report.ts';
import type { Language } from '../../platform/i18n.ts';

/** What is missing is what its author must know first. */
const reportParts = ['left_out', 'changed', 'came'] as const;

export interface ReportPart {
  outcome: Note['outcome'];
  count: number;
  /** Those that are shown. */
  lines: string[];
}

const counted = ['lesson', 'quiz', 'question', 'assignment'] as const;

export type Arrivals = { thing: (typeof counted)[number]; count: number }[];

/** How many lines a page shows of each part. */
export const linesOfPage = 100;

export function reportOf(notes: Note[], language: Language, page = 1): ReportPart[] {
  return reportParts.flatMap((outcome) => {
    const own = notes.filter((note) => note.outcome === outcome);
    if (own.length === 0) return [];
    const shown = own.slice((page - 1) * linesOfPage, page * linesOfPage);
    return [{ outcome, count: own.length, lines: shown.map((note) => inWords(note, language)) }];
  });
}

/** How many things of each kind came. */
export function arrivalsOf(notes: Note[]): Arrivals {
  return counted.flatMap((thing) => {
    const count = notes.filter((note) => note.outcome === 'came' && note.thing === thing).length;
    return count === 0 ? [] : [{ thing, count }];
  });
}
