/** What somebody did as a mentor in one cohort, as counted from facts. */
export interface GuidedCohort {
  id: string;
  name: string;
  organisation_name: string;
  guided_from: string;
  /** Null: they guide there now. */
  guided_until: string | null;
  /** YYYY-MM-DD, when it was over for them or for all; null while they guide there. */
  ended_on: string | null;
  /** So many learners must finish for a certificate of mentoring. */
  minimum: number;
  certificate: { code: string; is_revoked: boolean } | null;
  /** The reader manages there, and it is not their own record. */
  may_confirm: boolean;
  meetings: { count: number; minutes: number };
  /** `unmeasured`: of these nobody wrote down how long they were; `in_meetings`: they were part of a meeting that counts. */
  talks: { count: number; minutes: number; unmeasured: number; in_meetings: number };
  mentees: Mentee[];
}

export interface Mentee {
  person_id: string;
  is_now: boolean;
  /** The ids of the courses that they completed while this mentor guided them. */
  completed: string[];
}

export interface Figures {
  minutes: number;
  meetings: number;
  talks: number;
  unmeasured: number;
  in_meetings: number;
  /** People guided now; people guided before and not now. */
  now: number;
  before: number;
  /** People who completed a course meanwhile; how many courses that were. */
  graduates: number;
  completions: number;
}

/** Of one cohort, or of several: whoever was guided in two of them is one person, and what they completed counts once. */
export function figuresOf(cohorts: Pick<GuidedCohort, 'meetings' | 'talks' | 'mentees'>[]): Figures {
  const sum = (of: (cohort: (typeof cohorts)[number]) => number) => cohorts.reduce((all, one) => all + of(one), 0);
  const mentees = cohorts.flatMap((cohort) => cohort.mentees);
  const now = new Set(mentees.filter(({ is_now }) => is_now).map(({ person_id }) => person_id));
  const ever = new Set(mentees.map(({ person_id }) => person_id));
  const graduates = new Set(mentees.filter(({ completed }) => completed.length > 0).map(({ person_id }) => person_id));
  const completions = mentees.flatMap(({ person_id, completed }) =>
    completed.map((course) => `${person_id} ${course}`),
  );
  return {
    minutes: sum(({ meetings, talks }) => meetings.minutes + talks.minutes),
    meetings: sum(({ meetings }) => meetings.count),
    talks: sum(({ talks }) => talks.count),
    unmeasured: sum(({ talks }) => talks.unmeasured),
    in_meetings: sum(({ talks }) => talks.in_meetings),
    now: now.size,
    before: ever.size - now.size,
    graduates: graduates.size,
    completions: new Set(completions).size,
  };
}
