import type { Format, Translate } from '../platform/i18n.ts';
import { type Bars, type Chart, drawBars, drawMonths } from '../results/reports/chart.ts';
import type { GivenAnswer } from './answers.ts';
import { byMonth, type FunnelLine, type Step, steps } from './funnel.ts';
import type { Gain } from './gains.ts';

interface Words {
  t: Translate;
  format: Format;
}

/** Whole per cent. */
export function percentOf(part: number, all: number): number {
  return all === 0 ? 0 : Math.round((part * 100) / all);
}

/** @param all how many a full bar stands for */
function bar({ t, format }: Words, label: string, count: number, all: number, isMarked = false) {
  const percent = format.percent(percentOf(count, all));
  const title = t('statistics.bar', { label, count: format.number(count), percent });
  return { label, title, number: percent, share: all === 0 ? 0 : count / all, isMarked };
}

export function drawFunnel(words: Words, counts: Record<Step, number>): Bars {
  const lines = steps.map((step) =>
    bar(words, words.t(`statistics.step_${step}`), counts[step], counts.enrolled, step === 'certified'),
  );
  return drawBars(lines, 98);
}

/** The means before and after the lessons. */
export function drawGain({ t, format }: Words, gain: Gain): Bars {
  const lines = (['before', 'after'] as const).map((key) => {
    const label = t(`statistics.gain_${key}`);
    const number = format.percent(Math.round(gain[key]));
    return { label, title: `${label}: ${number}`, number, share: gain[key] / 100, isMarked: key === 'after' };
  });
  return drawBars(lines, 98);
}

/** Those who enrolled in each month, and those of them who have finished. */
export function drawEnrolling({ t, format }: Words, lines: FunnelLine[]): Chart {
  return drawMonths(
    byMonth(lines).map(({ month, enrolled, finished }) => {
      const numbers = { enrolled: format.number(enrolled), finished: format.number(finished) };
      const title = t('statistics.month_words', { month: monthWords(month), ...numbers });
      return { label: String(Number(month.slice(5))), title, counts: [enrolled, finished] };
    }),
  );
}

/** "11/2026" */
export function monthWords(month: string): string {
  return month.split('-').reverse().join('/');
}

/** Labelled by the number of their line in the table beside it: what is written there is too long for a bar. */
export function drawLines(words: Words, counts: number[]): Bars {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return drawBars(
    counts.map((count, index) => bar(words, String(index + 1), count, all)),
    24,
  );
}

export function drawShares({ format }: Words, lines: { label: string; title: string; share: number }[]): Bars {
  return drawBars(
    lines.map((line) => ({
      ...line,
      number: format.percent(Math.round(100 * line.share)),
      isMarked: false,
    })),
    // "12."
    28,
  );
}

/** By the letters of their lines, a right one with a tick. */
export function drawAnswers(words: Words, answers: Pick<GivenAnswer, 'isRight' | 'people'>[], people: number): Bars {
  return drawBars(
    answers.map((answer, index) => {
      const label = `${letterOf(index)}${answer.isRight ? ' ✓' : ''}`;
      return bar(words, label, answer.people, people, answer.isRight);
    }),
    36,
  );
}

/** A to Z, then AA: there may be any number of options. */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}
