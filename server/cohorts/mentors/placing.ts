export interface MentorLoad {
  id: string;
  /** Over all cohorts. */
  mentees: number;
  /** In this one. */
  mentees_here: number;
  capacity: number;
  leaving: boolean;
  /** They hold the role still. */
  may_guide: boolean;
}

/**
 * Who may take the next mentee, best first: whoever has fewer than the least; then whoever guides here with the most room; somebody new
 * only when nobody who guides here has fewer than the least. The database holds the same rule; this one saves the asking.
 */
export function whoMayTake<Mentor extends MentorLoad>(mentors: readonly Mentor[], minimum: number): Mentor[] {
  const staying = mentors.filter(({ leaving, may_guide }) => !leaving && may_guide);
  const begun = staying.filter(({ mentees_here }) => mentees_here > 0);
  const needsMore = (mentor: MentorLoad) => hasTooFew(mentor, minimum);
  const maySomebodyBegin = !begun.some(needsMore);
  return staying
    .filter((mentor) => roomOf(mentor) > 0 && (mentor.mentees_here > 0 || maySomebodyBegin))
    .sort(
      (a, b) =>
        Number(b.mentees_here > 0) - Number(a.mentees_here > 0) ||
        Number(needsMore(b)) - Number(needsMore(a)) ||
        (needsMore(a) ? b.mentees - a.mentees : roomOf(b) - roomOf(a)) ||
        (a.id < b.id ? -1 : 1),
    );
}

export function hasTooFew({ mentees, capacity }: MentorLoad, minimum: number): boolean {
  return mentees < Math.min(minimum, capacity);
}

export function roomOf({ capacity, mentees }: MentorLoad): number {
  return capacity - mentees;
}
