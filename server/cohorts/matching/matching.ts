import { hasTooFew, type MentorLoad, roomOf, whoMayTake } from '../mentors/placing.ts';

/** When somebody has time; their names are messages: `matching.hours_<slot>`. */
export const slots = ['weekday_day', 'weekday_evening', 'weekend_day', 'weekend_evening'] as const;

/** What somebody has said about themselves; nothing is empty. */
export interface Wishes {
  languages: string[];
  /** The place where they live and those around it, from the inside out. */
  places: string[];
  hours: string[];
  /** What they like to guide in. */
  topics: string[];
}

export interface Guide extends MentorLoad {
  wishes: Wishes;
}

export interface Learner {
  id: string;
  wishes: Wishes;
}

/** What holds for everybody in a cohort. */
export interface Terms {
  /** The fewest mentees that a mentor should have. */
  minimum: number;
  /** What the courses are about. */
  topics: string[];
}

/** Why somebody guides somebody, as things stood when they were placed. */
export type Reason =
  | { kind: 'accepted' }
  | { kind: 'chosen' }
  | { kind: 'language'; languages: string[] }
  | { kind: 'place'; is_same: boolean }
  | { kind: 'hours'; hours: string[] }
  | { kind: 'topic'; topics: string[] }
  | { kind: 'too_few'; minimum: number }
  | { kind: 'room'; room: number };

interface Match<Mentor extends Guide = Guide> {
  mentor: Mentor;
  reasons: Reason[];
}

/**
 * What a reason is worth. To live in the same commune outweighs all hours; to need more mentees outweighs one language, so that nobody
 * guides two for ever, and not two of them.
 */
const points = { language: 4, samePlace: 6, samePlaceAround: 2, hours: 2, topic: 1, tooFew: 5 };
/** More of the same make no better match. */
const most = { languages: 2, hours: 3 };

/** What two people have in common, and what it is worth. */
export function likenessOf(learner: Wishes, mentor: Wishes, { topics }: Pick<Terms, 'topics'>) {
  const reasons: Reason[] = [];
  let worth = 0;
  const languages = shared(learner.languages, mentor.languages);
  if (languages.length > 0) {
    reasons.push({ kind: 'language', languages });
    worth += points.language * Math.min(languages.length, most.languages);
  }
  const [around] = learner.places.filter((place) => mentor.places.includes(place));
  if (around !== undefined) {
    // Whoever names only a province may live next door or far away.
    const is_same = around === learner.places[0] && around === mentor.places[0] && learner.places.length > 1;
    reasons.push({ kind: 'place', is_same });
    worth += is_same ? points.samePlace : points.samePlaceAround;
  }
  const hours = shared(learner.hours, mentor.hours);
  if (hours.length > 0) {
    reasons.push({ kind: 'hours', hours });
    worth += points.hours * Math.min(hours.length, most.hours);
  }
  const liked = shared(topics, mentor.topics);
  if (liked.length > 0) {
    reasons.push({ kind: 'topic', topics: liked });
    worth += points.topic;
  }
  return { worth, reasons };
}

/** All that speaks for a mentor now. */
function reasonsFor(learner: Learner, mentor: Guide, terms: Terms): Reason[] {
  const { reasons } = likenessOf(learner.wishes, mentor.wishes, terms);
  const ofLoad: Reason[] = hasTooFew(mentor, terms.minimum)
    ? [{ kind: 'too_few', minimum: terms.minimum }]
    : [{ kind: 'room', room: roomOf(mentor) }];
  return [...reasons, ...ofLoad];
}

/** Who of those that the ratio lets fits best; of two who fit as well, the one that the ratio would take. Nobody guides themselves. */
export function bestMentor<Mentor extends Guide>(
  learner: Learner,
  mentors: readonly Mentor[],
  terms: Terms,
): Match<Mentor> | null {
  let best: { mentor: Mentor; worth: number } | null = null;
  for (const mentor of whoMayTake(mentors, terms.minimum)) {
    if (mentor.id === learner.id) continue;
    const worth = likenessOf(learner.wishes, mentor.wishes, terms).worth + worthOfLoad(mentor, terms);
    if (best === null || worth > best.worth) best = { mentor, worth };
  }
  return best && { mentor: best.mentor, reasons: reasonsFor(learner, best.mentor, terms) };
}

/**
 * Places many at once, each step the best pair that the ratio lets: so that a place which fits two goes to whom it fits better. Who waits
 * longest has a place first, whoever fits; and the same people give the same pairs. Time grows with learners × mentors.
 * @param learners those who have waited longest first
 */
export function matchAll(
  learners: readonly Learner[],
  mentors: readonly Guide[],
  terms: Terms,
): { learner: Learner; match: Match }[] {
  const loads = mentors.map((mentor) => ({ ...mentor }));
  const open = loads.filter((mentor) => !mentor.leaving && mentor.may_guide);
  const first = learners.slice(
    0,
    open.reduce((room, mentor) => room + roomOf(mentor), 0),
  );
  const queues = new Map(loads.map((mentor) => [mentor.id, queueOf(mentor, first, terms)]));
  const placed = new Set<Learner>();
  const pairs: { learner: Learner; match: Match }[] = [];

  function bestPair(able: Guide[]) {
    let best: (Candidate & { mentor: Guide }) | null = null;
    for (const mentor of able) {
      const next = headOf(queues.get(mentor.id) ?? [], placed);
      if (next === undefined) continue;
      const worth = next.worth + worthOfLoad(mentor, terms);
      if (best === null || worth > best.worth) best = { mentor, learner: next.learner, worth };
    }
    return best;
  }

  function place(learner: Learner, mentor: Guide) {
    pairs.push({ learner, match: { mentor: { ...mentor }, reasons: reasonsFor(learner, mentor, terms) } });
    placed.add(learner);
    mentor.mentees += 1;
    mentor.mentees_here += 1;
  }

  while (placed.size < first.length) {
    const able = whoMayTake(loads, terms.minimum);
    const isRest = first.length - placed.size < terms.minimum;
    // With so few left somebody new would end with too few.
    const begun = isRest ? bestPair(able.filter(({ mentees_here }) => mentees_here > 0)) : null;
    const best = begun ?? bestPair(able);
    if (best === null) break;
    place(best.learner, best.mentor);
  }
  // Where only their own place was left for a mentor who learns here too, the next has it.
  for (const learner of learners) {
    if (pairs.length >= first.length) break;
    const match = placed.has(learner) ? null : bestMentor(learner, loads, terms);
    if (match !== null) place(learner, match.mentor);
  }
  return pairs;
}

interface Candidate {
  learner: Learner;
  worth: number;
}

/** Whom a mentor fits, the worst first, so that the best is taken from the end. */
function queueOf(mentor: Guide, learners: readonly Learner[], terms: Terms): Candidate[] {
  return learners
    .filter(({ id }) => id !== mentor.id)
    .map((learner) => ({ learner, worth: likenessOf(learner.wishes, mentor.wishes, terms).worth }))
    .reverse()
    .sort((a, b) => a.worth - b.worth);
}

function headOf(queue: Candidate[], placed: Set<Learner>): Candidate | undefined {
  for (let last = queue.at(-1); last !== undefined; last = queue.at(-1)) {
    if (!placed.has(last.learner)) return last;
    queue.pop();
  }
  return undefined;
}

function worthOfLoad(mentor: MentorLoad, { minimum }: Terms): number {
  return mentor.mentees_here > 0 && hasTooFew(mentor, minimum) ? points.tooFew : 0;
}

function shared(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((one) => others.includes(one));
}
