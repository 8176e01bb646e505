import type { Deed } from '../forms.ts';

/** A question or an answer, as somebody who may moderate finds it. */
interface Moderated {
  is_hidden: boolean;
  /** What nobody has looked into. */
  open_reports: number;
  /** Of a question; null: it is an answer. */
  is_locked: boolean | null;
}

/** What can be done with it now. */
export function deedsFor({ is_hidden, open_reports, is_locked }: Moderated): Deed[] {
  return [
    is_hidden ? 'shown' : 'hidden',
    ...(open_reports > 0 ? (['kept'] as const) : []),
    ...(is_locked === null ? [] : [is_locked ? ('unlocked' as const) : ('locked' as const)]),
  ];
}
