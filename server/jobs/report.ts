import type { JobState } from './queries.ts';

/** A line for each job, for a terminal. */
export function jobsInWords(jobs: JobState[]): string {
  if (jobs.length === 0) return 'No job has run yet: they run while the server does.';
  const widest = Math.max(...jobs.map(({ name }) => name.length));
  return jobs.map((job) => `${job.name.padEnd(widest)}  ${job.schedule.padEnd(12)}  ${lastRun(job)}`).join('\n');
}

function lastRun({ state, at, words, succeeded_at }: JobState): string {
  if (state === null || at === null) return 'has not run yet';
  const time = timeOf(at);
  switch (state) {
    case 'completed':
      return `done ${time}${words === null ? '' : `: ${words}`}`;
    case 'active':
      return `at work since ${time}`;
    case 'created':
      return `waits since ${time}`;
    case 'retry':
      return `FAILED, will be tried again: ${words ?? 'it does not say why'}; ${lastSuccess(succeeded_at)}`;
    case 'cancelled':
      return `cancelled ${time}; ${lastSuccess(succeeded_at)}`;
    case 'failed':
      return `FAILED ${time}: ${words ?? 'it does not say why'}; ${lastSuccess(succeeded_at)}`;
  }
}

function lastSuccess(at: Date | null): string {
  return at === null ? 'it has never gone well' : `last went well ${timeOf(at)}`;
}

function timeOf(at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Ho_Chi_Minh',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);
}
