import { formats, type Language, type Translate } from '../platform/i18n.ts';

/** Words of a course or a framework by language tag: courses carry their own languages. */
export type ByLanguage = Record<string, string>;

/** All that a certificate states, stored as printed: later changes of a name, a course or a site do not reach it. */
export type PrintedCertificate = PrintedCourseCertificate | PrintedPathCertificate | PrintedMentoringCertificate;

/** What it is for. */
export type Kind = 'course' | 'path' | 'mentoring';

export function kindOf(printed: PrintedCertificate): Kind {
  if ('mentoring' in printed) return 'mentoring';
  return 'path' in printed ? 'path' : 'course';
}

export interface PrintedCourseCertificate extends Printed {
  course: { titles: ByLanguage; version: number; hours: number; lessons: number };
}

/** Of a learning path: the courses that it asked for on that day. */
export interface PrintedPathCertificate extends Printed {
  path: { titles: ByLanguage; hours: number; courses: PrintedCourse[] };
}

/** Of guiding a cohort: how many learners finished meanwhile, and never who. */
export interface PrintedMentoringCertificate extends Printed {
  mentoring: {
    /** The name of the cohort, in its language. */
    titles: ByLanguage;
    hours: number;
    mentees: number;
    /** Calendar dates at the issuer's place: YYYY-MM-DD. */
    from: string;
    until: string;
  };
}

interface PrintedCourse {
  titles: ByLanguage;
  version: number;
  /** Of the certificate of this course. */
  code: string;
}

interface Printed {
  format: 1;
  /** The 14 characters without spaces. */
  code: string;
  /** The first is the main one; a second goes in smaller letters beneath. */
  languages: Language[];
  holder: string;
  /** In per cent; null for a course without a scored quiz. */
  score: number | null;
  skills: PrintedSkill[];
  /** The calendar date at the issuer's place: YYYY-MM-DD. */
  issuedOn: string;
  /** The last day on which it holds; left out where it holds for ever. */
  validUntil?: string;
  provider: { code: string; name: string };
  /** Who signed off what was done, where the course asks for that. */
  assessor?: Assessor;
  /** Who signed for the provider on that day, where its managers keep that. */
  signatory?: Signatory;
  /** The provider's logo on that day: the hash of its file. */
  logo?: string;
  /** A trial copy: its address is not public, so nobody could check it. */
  trial: boolean;
  verifyUrl: string;
}

interface Signatory {
  name: string;
  /** Vietnamese always. */
  titles: ByLanguage;
  /** The hash of the picture's file; null where there is none. */
  signature: string | null;
}

interface Assessor {
  name: string;
  role: 'mentor' | 'manager';
  /** The calendar date at the issuer's place: YYYY-MM-DD. */
  on: string;
}

export interface PrintedSkill {
  framework: { code: string; names: ByLanguage };
  code: string;
  names: ByLanguage;
}

/** dd/mm/yyyy in Vietnamese; in English with the month in letters, since readers abroad may take 03/04 either way. */
export function dateOnPaper(date: string, language: Language): string {
  const [year, month, day] = date.split('-');
  return language === 'vi' ? `${day}/${month}/${year}` : englishDate.format(new Date(`${date}T00:00:00Z`));
}

const englishDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** The title of what was completed, by language. */
export function titlesOf(printed: PrintedCertificate): ByLanguage {
  return achievedIn(printed).titles;
}

/** Hours of study, or of guiding. */
export function hoursOf(printed: PrintedCertificate): number {
  return achievedIn(printed).hours;
}

function achievedIn(printed: PrintedCertificate) {
  if ('mentoring' in printed) return printed.mentoring;
  return 'path' in printed ? printed.path : printed.course;
}

/** "3 giờ học, 7 bài, kết quả 92 %": what stands under the title. */
export function factsOf(printed: PrintedCertificate, t: Translate, language: Language): string {
  const kind = kindOf(printed);
  const facts = [
    t(`certificates.paper_duration_${kind === 'mentoring' ? 'mentoring' : 'course'}`, {
      duration: formats[language].hours(hoursOf(printed)),
    }),
  ];
  if ('path' in printed) facts.push(t('certificates.paper_course_count', { courses: printed.path.courses.length }));
  if ('course' in printed && printed.course.lessons > 0)
    facts.push(t('certificates.paper_lessons', { lessons: printed.course.lessons }));
  if ('mentoring' in printed) facts.push(...mentoringFacts(printed, t, language));
  if (printed.score !== null)
    facts.push(t('certificates.paper_score', { score: formats[language].percent(printed.score) }));
  return facts.join(', ');
}

function mentoringFacts({ mentoring }: PrintedMentoringCertificate, t: Translate, language: Language): string[] {
  const { mentees, from, until } = mentoring;
  const dates = { from: dateOnPaper(from, language), until: dateOnPaper(until, language) };
  return [t('certificates.paper_mentees', { mentees }), t('certificates.paper_period', dates)];
}
