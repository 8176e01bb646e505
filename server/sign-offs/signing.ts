import { ageAt } from '../certificates/names.ts';
import type { Progress } from '../enrolments/completion.ts';
import type { SignOff } from './queries.ts';

/** Whoever looks at what a learner has done, and in which role. */
export interface Assessor {
  role: 'mentor' | 'manager';
  birth_year: number | null;
  birth_month: number | null;
  /** YYYY-MM-DD, at the issuer's place. */
  today: string;
}

const adultAge = 18;

/** An assessor's name goes on a public paper: of somebody under age it does not. */
export function isAdult({ birth_year, birth_month, today }: Assessor): boolean {
  return birth_year === null || birth_month === null || ageAt(birth_year, birth_month, today) >= adultAge;
}

/** All is done but the sign-off, which is one part of it. */
export function isReady({ done, total }: Progress): boolean {
  return done >= total - 1;
}

/** Why what was sent is not recorded. */
export type Conflict = 'meanwhile' | 'early' | 'ended' | 'young' | 'certificate';

interface Standing {
  has_ended: boolean;
  /** What counts first. */
  sign_offs: Pick<SignOff, 'verdict'>[];
  certificate: { is_revoked: boolean } | null;
}

/** Nothing is decided after a sign-off but its withdrawal. */
export function againstDecision({ has_ended, sign_offs: [last] }: Standing): Conflict | null {
  if (last !== undefined && last.verdict !== 'missing') return 'meanwhile';
  return has_ended ? 'ended' : null;
}

/** What a certificate states is not undone behind its back. */
export function againstWithdrawal({ sign_offs: [last], certificate }: Standing): Conflict | null {
  if (last?.verdict !== 'signed') return 'meanwhile';
  return certificate !== null && !certificate.is_revoked ? 'certificate' : null;
}
