import type { Version } from '../../versions/reading.ts';
import type { MenteeFacts, Place } from '../needs.ts';
import type { MenteeRow } from './queries.ts';

type Course = MenteeRow['courses'][number];
/** By id. */
export type Versions = Map<string, Version>;

export interface CourseProgress {
  slug: string;
  title: string;
  language: string;
  done: number;
  total: number;
  /** It is done, and the certificate is being renewed: the figures are those of the further term. */
  is_renewing: boolean;
  next: Place | null;
  /** Of what a mentor signs off; null where the course does not ask for it. */
  sign_off: string | null;
}

/** What the rules look at, out of what is on record. Times come as ISO text out of nested rows. */
export function factsOf(mentee: MenteeRow, versions: Versions): MenteeFacts {
  const { courses } = mentee;
  const progress = progressOf(mentee, versions);
  return {
    joined_at: new Date(mentee.joined_at),
    active_at: newest([...courses.flatMap((one) => [one.completed_at, one.answered_at]), mentee.asked_at]),
    completed_at: newest(courses.map(({ completed_at }) => completed_at)),
    next: courses.map((course) => placeOf(course, versions, isTheirs(course))).find((place) => place !== null) ?? null,
    awaiting: progress.flatMap(({ next, sign_off }) => {
      const course = courses.find(({ id }) => id === sign_off);
      // Who has been told what is missing goes on by themselves, until they ask again.
      const isAsked = course?.verdict === null || course?.verdict === 'asked';
      if (course === undefined || !isAsked || next?.kind !== 'sign_off') return [];
      return [{ ...next, enrolment_id: course.id, since: new Date(course.completed_at ?? mentee.joined_at) }];
    }),
    failed: courses.flatMap((course) =>
      course.failed.flatMap(({ item_id, failures, failed_at }) => {
        const place = placeOf(course, versions, (item) => item.id === item_id);
        return place === null ? [] : [{ ...place, failures, failed_at: new Date(failed_at) }];
      }),
    ),
    asked: mentee.asked.map(({ slug, item_key, asked_at, due_at, ...request }) => ({
      ...request,
      ...placeOfKey(courses, versions, slug, item_key),
      asked_at: new Date(asked_at),
      due_at: new Date(due_at),
    })),
    meetings: mentee.meetings.map(({ starts_at, ...meeting }) => ({ ...meeting, starts_at: new Date(starts_at) })),
  };
}

/** How far somebody is, course by course in the order of the cohort. */
export function progressOf({ courses }: Pick<MenteeRow, 'courses'>, versions: Versions): CourseProgress[] {
  return courses.flatMap((course) => {
    const version = versions.get(course.version_id);
    if (version === undefined) return [];
    const required = version.items.filter((item) => item.required);
    const { slug, is_renewing } = course;
    const { title, language } = version;
    const done = required.filter(({ id }) => course.done.includes(id)).length;
    const next = placeOf(course, versions, (item) => item.required && !course.done.includes(item.id));
    const sign_off = required.some(({ kind }) => kind === 'sign_off') ? course.id : null;
    return [{ slug, title, language, done, total: required.length, is_renewing, next, sign_off }];
  });
}

/** What a mentor has still to mark or to sign off is not theirs to do. */
function isTheirs({ done, waiting }: Course) {
  return ({ id, kind, required }: Version['items'][number]) =>
    required && kind !== 'sign_off' && !done.includes(id) && !waiting.includes(id);
}

/** A lesson or quiz by its key; of a course that the member has left only the key is known. */
export function placeOfKey(courses: Course[], versions: Versions, slug: string, key: string): Place {
  const course = courses.find((one) => one.slug === slug);
  const place = course ? placeOf(course, versions, (item) => item.key === key) : null;
  return place ?? { slug, key, kind: 'lesson', title: key, language: 'vi' };
}

function placeOf(course: Course, versions: Versions, isIt: (item: Version['items'][number]) => boolean): Place | null {
  const version = versions.get(course.version_id);
  const item = version?.items.find(isIt);
  if (version === undefined || item === undefined) return null;
  return { slug: course.slug, key: item.key, kind: item.kind, title: item.title, language: version.language };
}

function newest(times: (string | Date | null)[]): Date | null {
  const known = times.flatMap((time) => (time === null ? [] : [new Date(time).getTime()]));
  return known.length === 0 ? null : new Date(Math.max(...known));
}
