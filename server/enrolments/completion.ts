/** How far somebody is in a course: whole items, because only whole items are recorded. */
export interface Progress {
  done: number;
  total: number;
}

/** Whole per cent, rounded down: 100 only when everything is done. */
export function percentDone({ done, total }: Progress): number {
  return total === 0 ? 0 : Math.floor((Math.min(done, total) * 100) / total);
}

export function isComplete({ done, total }: Progress): boolean {
  return total > 0 && done >= total;
}
