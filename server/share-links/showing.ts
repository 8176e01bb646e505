import { ageAt, fullNameAge, publicName, shortName } from '../certificates/names.ts';
import { hoursOf, type Kind, kindOf, type PrintedCertificate, titlesOf } from '../certificates/printed.ts';
import { isExpired } from '../certificates/validity.ts';

/** What of its owner decides how much a link may show. */
export interface Owner {
  birth_year: number | null;
  birth_month: number | null;
  has_consent: boolean;
  /** YYYY-MM-DD */
  today: string;
}

export interface Chosen {
  full_name: boolean;
  scores: boolean;
}

/** Of a child no more than the public pages show, until a representative and the child have agreed to that. */
export function mayShowMore({ birth_year, birth_month, has_consent, today }: Owner): boolean {
  if (birth_year === null || birth_month === null) return false;
  return has_consent || ageAt(birth_year, birth_month, today) >= fullNameAge;
}

export interface ShownCertificate {
  titles: Record<string, string>;
  kind: Kind;
  holder: string;
  provider: string;
  issuedOn: string;
  /** YYYY-MM-DD, the last day; null: for ever. */
  validUntil: string | null;
  isExpired: boolean;
  /** A trial copy: worth nothing. */
  isTrial: boolean;
  hours: number;
  /** Of mentoring: how many learners finished meanwhile. */
  mentees: number | null;
  score: number | null;
  /** Null: its public page says more than was chosen here. */
  code: string | null;
}

/** A certificate with what was chosen of it, and nothing beside. */
export function showCertificate(printed: PrintedCertificate, owner: Owner, chosen: Chosen): ShownCertificate {
  const isFree = mayShowMore(owner);
  const holder = shownName(printed.holder, owner, chosen);
  const score = isFree && chosen.scores ? printed.score : null;
  const saysNoMore = publicName(printed.holder, owner) === holder && printed.score === score;
  return {
    titles: titlesOf(printed),
    kind: kindOf(printed),
    holder,
    provider: printed.provider.name,
    issuedOn: printed.issuedOn,
    validUntil: printed.validUntil ?? null,
    isExpired: isExpired(printed, owner.today),
    isTrial: printed.trial,
    hours: hoursOf(printed),
    mentees: 'mentoring' in printed ? printed.mentoring.mentees : null,
    score,
    code: saysNoMore ? printed.code : null,
  };
}

export function shownName(fullName: string, owner: Owner, { full_name }: Pick<Chosen, 'full_name'>): string {
  return full_name && mayShowMore(owner) ? publicName(fullName, owner) : shortName(fullName);
}
