import { compareSkills, frameworkNames, type Skill, skillNames } from '../courses/frameworks.ts';
import type { MentoringAchievement } from '../mentoring/certificates/queries.ts';
import type { PathAchievement } from '../paths/graduates/queries.ts';
import { isLanguage, languages } from '../platform/i18n.ts';
import { cleanLine } from '../platform/text.ts';
import { meanScore } from '../quizzes/settings.ts';
import type {
  PrintedCertificate,
  PrintedCourseCertificate,
  PrintedMentoringCertificate,
  PrintedPathCertificate,
} from './printed.ts';
import { isPublicAddress } from './public-address.ts';
import type { Achievement } from './queries.ts';
import { lastDayOf } from './validity.ts';

/** What an organisation's paper carries beside its name. */
export type Letterhead = Pick<PrintedCertificate, 'signatory' | 'logo'>;

/** What goes on the paper of a course, as the facts stand now. */
export function printCourse(
  achievement: Omit<Achievement, 'progress' | 'term'>,
  code: string,
  publicUrl: URL,
  letterhead: Letterhead = {},
): PrintedCourseCertificate {
  const { version, hours, lesson_count, titles, issued_on, valid_months, assessor } = achievement;
  return {
    ...commonOf(achievement, code, publicUrl),
    ...letterhead,
    course: { titles: byLanguage(titles), version, hours, lessons: lesson_count },
    ...(valid_months === null ? {} : { validUntil: lastDayOf(issued_on, valid_months) }),
    ...(assessor === null ? {} : { assessor: { ...assessor, name: cleanLine(assessor.name) } }),
    score: meanScore(achievement.best.map(({ share }) => share)),
  };
}

/** What goes on the paper of a path: what it asked for is pinned here. */
export function printPath(
  achievement: PathAchievement,
  code: string,
  publicUrl: URL,
  letterhead: Letterhead = {},
): PrintedPathCertificate {
  const { titles, courses } = achievement;
  const hours = courses.reduce((sum, course) => sum + course.hours, 0);
  return {
    ...commonOf(achievement, code, publicUrl),
    ...letterhead,
    path: {
      titles: byLanguage(titles),
      // Sums of tenths do not come out even.
      hours: Math.round(hours * 10) / 10,
      courses: courses.map(({ titles, version, code }) => ({ titles: byLanguage(titles), version, code })),
    },
    score: null,
  };
}

/** As it is kept at the organisation today; undefined where there is no such organisation any more. */
export function printLetterhead(kept: KeptLetterhead | undefined): Letterhead {
  if (kept === undefined) return {};
  const { logo_hash, name, title_vi, title_en, signature_hash: signature } = kept;
  const titles = { ...(title_vi === null ? {} : { vi: title_vi }), ...(title_en === null ? {} : { en: title_en }) };
  return {
    ...(name === null ? {} : { signatory: { name, titles, signature } }),
    ...(logo_hash === null ? {} : { logo: logo_hash }),
  };
}

interface KeptLetterhead {
  logo_hash: string | null;
  name: string | null;
  title_vi: string | null;
  title_en: string | null;
  signature_hash: string | null;
}

/** What goes on the paper of a mentor: what their record says of the cohort on this day. */
export function printMentoring(
  achievement: MentoringAchievement,
  { minutes, graduates }: { minutes: number; graduates: number },
  { code, publicUrl, letterhead = {} }: { code: string; publicUrl: URL; letterhead?: Letterhead },
): PrintedMentoringCertificate {
  const { cohort_language, cohort_name, from, until } = achievement;
  return {
    ...commonOf({ ...achievement, skills: [] }, code, publicUrl),
    ...letterhead,
    mentoring: {
      titles: { [cohort_language]: cleanLine(cohort_name) },
      hours: Math.round(minutes / 6) / 10,
      mentees: graduates,
      from,
      until,
    },
    score: null,
  };
}

/** The same, made out to another name under a code of its own. */
export function reprint<T extends PrintedCertificate>(printed: T, holder: string, code: string, publicUrl: URL): T {
  return { ...printed, code, holder: cleanLine(holder), ...checkedAt(publicUrl, code) };
}

type Facts = Pick<Achievement, 'full_name' | 'language' | 'issued_on' | 'provider' | 'skills'>;

function commonOf({ full_name, language, issued_on, provider, skills }: Facts, code: string, publicUrl: URL) {
  const main = isLanguage(language) ? language : 'vi';
  return {
    format: 1 as const,
    code,
    languages: [main, ...languages.filter((other) => other !== main)],
    holder: cleanLine(full_name),
    skills: skills.toSorted(compareSkills).map(printSkill),
    issuedOn: issued_on,
    provider,
    ...checkedAt(publicUrl, code),
  };
}

function checkedAt(publicUrl: URL, code: string) {
  return { trial: !isPublicAddress(publicUrl), verifyUrl: new URL(`/v/${code}`, publicUrl).href };
}

function printSkill({ framework, code }: Skill) {
  return {
    framework: { code: framework, names: frameworkNames(framework) },
    code,
    names: skillNames(framework, code),
  };
}

function byLanguage(titles: { language: string; title: string }[]): Record<string, string> {
  return Object.fromEntries(titles.map(({ language, title }) => [language, title]));
}
