import { connections, type LoadRow } from './load.ts';
import type { MatchingTimes } from './matching.ts';
import { throttle, type Visit } from './visits.ts';
import type { Wire } from './wire.ts';

export interface PageRow {
  name: string;
  path: string;
  brotli: Wire;
  gzip: Wire;
  statements: number;
  visit: Visit;
}

export function pagesInWords(rows: PageRow[], { visits }: { visits: number }): string {
  const times = visits === 1 ? 'one first visit' : `medians of ${visits} first visits`;
  return [
    'Bytes on the wire, headers included, pictures aside. Cold: nothing is kept yet; warm: the page alone.',
    table(
      ['page', 'cold br', 'cold gzip', 'warm br', 'warm gzip', 'script', 'requests', 'statements'],
      rows.map(({ name, brotli, gzip, statements }) => [
        name,
        ...[brotli.cold, gzip.cold, brotli.warm, gzip.warm, gzip.script, gzip.requests, statements].map(number),
      ]),
    ),
    `In a browser with ${throttle}; ${times}, pictures included.`,
    table(
      ['page', 'first byte', 'first paint', 'largest paint', 'all settled', 'requests', 'bytes'],
      rows.map(({ name, visit }) => [
        name,
        ...[visit.firstByte, visit.firstPaint, visit.largestPaint, visit.settled].map(seconds),
        ...[visit.requests, visit.bytes].map(number),
      ]),
    ),
  ].join('\n\n');
}

export function loadsInWords(rows: LoadRow[], { rounds }: { rounds: number }): string {
  return [
    `\nRequests per second, ${connections} at once; medians of ${rounds} runs, each beside one of a bare Fastify route (one query, a page of 1 kB).`,
    table(
      ['request', 'per second', 'p99', 'bare route', 'ratio'],
      rows.map(({ name, perSecond, p99, barePerSecond, ratio }) => [
        name,
        number(perSecond),
        `${number(p99)} ms`,
        number(barePerSecond),
        ratio.toFixed(2),
      ]),
    ),
  ].join('\n\n');
}

export function matchingInWords({ rule, proposed, placed }: MatchingTimes): string {
  return [
    '\nMentors for 1,000 who wait, of 200: the rule for all at once; then a whole list in each of two cohorts.',
    table(
      ['matching', 'time'],
      [
        ['the rule alone', seconds(rule)],
        ['proposed, with the database', seconds(proposed)],
        ['placed, 25 a transaction', seconds(placed)],
      ],
    ),
  ].join('\n\n');
}

/** Columns as wide as their widest cell; the first is words, the others are numbers. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

export function number(value: number): string {
  return whole.format(value);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
