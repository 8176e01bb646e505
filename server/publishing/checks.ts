import type { CoursePackage } from '../courses/package.ts';
import type { Picture } from '../courses/pictures.ts';
import { englishEase, vietnameseEase } from '../courses/reading-ease.ts';

/** What is said of a sound package before it is published. The sentence is the message `publishing.check_<code>`. */
export interface Check {
  path: string;
  line: number | null;
  code: 'lesson_heavy' | 'picture_heavy' | 'licence_unknown' | 'hard_to_read' | 'translation_stale';
  values: Record<string, string | number>;
  /** `waivable`: a reviewer may let it through for a reason; `advice` stops nobody. */
  weight: 'refused' | 'waivable' | 'advice';
}

type Checked = Pick<CoursePackage, 'settings' | 'items'>;

/** In bytes, as they travel to a phone: what more weighs is minutes of waiting, and money. */
const heaviest = 60_000;
/** Mean syllables of a Vietnamese sentence; Flesch's measure of an English text. From there on it is hard work for many. */
const hard = { vietnamese: 20, english: 55 };
/** A few lines measure nothing. */
const leastWords = 60;

/**
 * All that a reader of packages takes, and that a learner should not meet.
 * @param weights of its pictures, in bytes, by path
 */
export function checksOf({ settings, items }: Checked, weights: Map<string, number>): Check[] {
  const checks: Check[] = [];
  if (settings.licence === 'LicenseRef-unknown')
    checks.push({ path: 'course.yaml', line: null, code: 'licence_unknown', values: {}, weight: 'refused' });
  for (const item of items) {
    if (item.kind !== 'lesson') continue;
    for (const [language, { bytes, plain, words }] of Object.entries(item.texts)) {
      const at = { path: `${language}/${item.key}.md`, line: null };
      if (bytes > heaviest)
        checks.push({ ...at, code: 'lesson_heavy', values: inKilobytes(bytes), weight: 'waivable' });
      if (words >= leastWords && isHard(language, plain))
        checks.push({ ...at, code: 'hard_to_read', values: {}, weight: 'advice' });
    }
  }
  for (const [path, bytes] of weights) {
    if (bytes > heaviest)
      checks.push({ path, line: null, code: 'picture_heavy', values: inKilobytes(bytes), weight: 'waivable' });
  }
  return checks;
}

/** As a phone gets it: the widest copy. */
export function weightOf({ copies }: Picture): number {
  return copies.findLast(({ format }) => format === 'webp')?.content.length ?? 0;
}

/** What keeps it from being published, but for what a reviewer has let through. */
export function standing(checks: Check[], waivers: { path: string; code: string }[]): Check[] {
  return checks.filter(
    ({ path, code, weight }) =>
      weight === 'refused' ||
      (weight === 'waivable' && !waivers.some((waiver) => waiver.path === path && waiver.code === code)),
  );
}

function isHard(language: string, plain: string): boolean {
  const texts = plain.split('\n');
  if (language === 'vi') return vietnameseEase(texts) > hard.vietnamese;
  return language === 'en' && englishEase(texts) < hard.english;
}

function inKilobytes(bytes: number): Check['values'] {
  return { kilobytes: Math.ceil(bytes / 1000), most: heaviest / 1000 };
}
