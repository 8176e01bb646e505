import { readFileSync } from 'node:fs';

/** Days off by law, as YYYY-MM-DD. A day that is missing here counts as one of work, which only makes us answer sooner. */
const holidays = new Set(
  readFileSync(new URL('holidays.csv', import.meta.url), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.slice(0, 10)),
);

const daysToAnswer = 2;

/** The last day on which a request is answered in time: the second working day after it came, as decree 356/2025 has it. */
export function dueOn(asked: Date): string {
  let day = vietnameseDate(asked);
  for (let worked = 0; worked < daysToAnswer; ) {
    day = nextDay(day);
    if (isWorkingDay(day)) worked += 1;
  }
  return day;
}

function isWorkingDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60_000).toISOString().slice(0, 10);
}

function vietnameseDate(moment: Date): string {
  return new Date(moment.getTime() + 7 * 60 * 60_000).toISOString().slice(0, 10);
}
