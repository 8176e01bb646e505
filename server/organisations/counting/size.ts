/** Who is in an organisation and all below it, each person once in a role. */
export interface Counts {
  learners: number;
  mentors: number;
  authors: number;
  reviewers: number;
  managers: number;
  /** Whose request to join, or to mentor, nobody has answered. */
  waiting: number;
  offers: number;
}

/** As the clock has counted it, and when. */
export interface KeptCounts extends Counts {
  organisations: number;
  counted_at: Date;
}

const mostPeople = 1000;
const mostOrganisations = 100;

/**
 * Of a branch with so many organisations or people that no page looks through them: there what was counted last is told, with its time.
 * Null for all others: their numbers are of this moment.
 */
export function largeOnly(kept: { [Name in keyof KeptCounts]: KeptCounts[Name] | null }): KeptCounts | null {
  if (!isCounted(kept)) return null;
  const { organisations, learners, mentors, authors, reviewers, managers } = kept;
  const people = learners + mentors + authors + reviewers + managers;
  return people > mostPeople || organisations > mostOrganisations ? kept : null;
}

function isCounted(kept: { [Name in keyof KeptCounts]: KeptCounts[Name] | null }): kept is KeptCounts {
  return kept.counted_at !== null;
}
