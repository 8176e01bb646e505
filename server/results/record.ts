import { percentOf } from '../quizzes/settings.ts';
import type { Version, VersionItem } from '../versions/reading.ts';
import type { Submission } from './assignments/queries.ts';
import type { CourseFacts, MemberRecord } from './queries.ts';

/** A course with what is on record for each of its items. */
export interface RecordedCourse {
  slug: string;
  title: string;
  language: string;
  certificate: { code: string; issued_at: string } | null;
  /** What is shown is the term before. */
  isRenewing: boolean;
  items: RecordedItem[];
}

export interface RecordedItem {
  item: VersionItem;
  completed_at: string | null;
  attempts: { number: number; started_at: string; is_handed_in: boolean; percent: number | null; passed: boolean }[];
  submissions: Submission[];
}

export function recordedCourses(courses: MemberRecord['courses'], versions: Map<string, Version>): RecordedCourse[] {
  return courses.flatMap(({ slug, version_id, certificate, is_renewing: isRenewing, ...facts }) => {
    const version = versions.get(version_id);
    if (version === undefined) return [];
    const { title, language } = version;
    return [{ slug, title, language, certificate, isRenewing, items: recordedItems(facts, version) }];
  });
}

/** By the order of the course; of an attempt that is not handed in no score is known. */
export function recordedItems({ completions, attempts, submissions }: CourseFacts, { items }: Version): RecordedItem[] {
  return items.map((item) => ({
    item,
    completed_at: completions.find(({ item_id }) => item_id === item.id)?.completed_at ?? null,
    attempts: attempts
      .filter(({ item_id }) => item_id === item.id)
      .map(({ number, started_at, is_handed_in, marking }) => ({
        number,
        started_at,
        is_handed_in,
        percent: marking && percentOf(marking.points, marking.max_points),
        passed: marking?.passed ?? false,
      })),
    submissions: submissions.filter(({ item_id }) => item_id === item.id),
  }));
}
