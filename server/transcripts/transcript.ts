import type { PrintedCertificate } from '../certificates/printed.ts';
import { isPublicAddress } from '../certificates/public-address.ts';
import type { Language } from '../platform/i18n.ts';
import { percentOf } from '../quizzes/settings.ts';
import { type Chosen, type Owner, showCertificate, shownName } from '../share-links/showing.ts';

type ByLanguage = Record<string, string>;

/** What somebody has learnt here, as it stood on a day: stored as printed, with no more in it than was chosen. */
export interface Transcript {
  format: 1;
  language: Language;
  /** YYYY-MM-DD */
  madeOn: string;
  holder: string;
  /** Study hours of the courses that are finished. */
  hours: number;
  finished: FinishedCourse[];
  paths: { titles: ByLanguage; issuedOn: string; certificate: NamedCertificate }[];
  /** Left out where it was made before there were any. */
  mentoring?: Mentored[];
  underWay: CourseUnderWay[];
  /** Its address is not public, so nobody could check it. */
  trial: boolean;
}

export interface FinishedCourse {
  titles: ByLanguage;
  version: number;
  hours: number;
  beganOn: string;
  finishedOn: string;
  /** The best result at each; none where they were not chosen. */
  quizzes: { titles: ByLanguage; score: number }[];
  /** Null: it was revoked or withdrawn before this was made. */
  certificate: NamedCertificate | null;
}

/** A cohort that was guided: how many finished meanwhile, and never who. */
export interface Mentored {
  titles: ByLanguage;
  hours: number;
  mentees: number;
  /** YYYY-MM-DD, both. */
  from: string;
  until: string;
  certificate: NamedCertificate;
}

export interface CourseUnderWay {
  titles: ByLanguage;
  beganOn: string;
  done: number;
  total: number;
  quizzes: { titles: ByLanguage; score: number }[];
}

/** The code is always kept, to tell later whether it holds; it is shown where the certificate's page says no more than this. */
export interface NamedCertificate {
  code: string;
  /** The provider's name, as it was printed. */
  provider: string;
  isShown: boolean;
  /** YYYY-MM-DD, the last day on which it holds; left out where it holds for ever. */
  validUntil?: string;
}

export interface Results extends Owner {
  full_name: string;
  courses: {
    titles: ByLanguage;
    version: number;
    hours: number;
    began_on: string;
    finished_on: string | null;
    progress: { done: number; total: number };
    quizzes: { titles: ByLanguage; share: number }[];
    certificate: { printed: PrintedCertificate | null; revoked: boolean } | null;
  }[];
  /** Of paths and of mentoring. */
  others: { printed: PrintedCertificate }[];
}

export function makeTranscript(
  { full_name, courses, others, ...owner }: Results,
  chosen: Chosen,
  { language, publicUrl }: { language: Language; publicUrl: URL },
): Transcript {
  const quizzesOf = (course: Results['courses'][number]) =>
    chosen.scores ? course.quizzes.map(({ titles, share }) => ({ titles, score: percentOf(share, 1) })) : [];
  const named = (printed: PrintedCertificate): NamedCertificate => ({
    code: printed.code,
    provider: printed.provider.name,
    isShown: showCertificate(printed, owner, chosen).code !== null,
    ...(printed.validUntil === undefined ? {} : { validUntil: printed.validUntil }),
  });
  const finished = courses.flatMap((course): FinishedCourse[] => {
    const { titles, version, hours, began_on, finished_on, certificate } = course;
    if (finished_on === null) return [];
    const printed = certificate === null || certificate.revoked ? null : certificate.printed;
    const quizzes = quizzesOf(course);
    const paper = printed === null ? null : named(printed);
    return [{ titles, version, hours, beganOn: began_on, finishedOn: finished_on, quizzes, certificate: paper }];
  });
  return {
    format: 1,
    language,
    madeOn: owner.today,
    holder: shownName(full_name, owner, chosen),
    // Sums of tenths do not come out even.
    hours: Math.round(finished.reduce((sum, { hours }) => sum + hours, 0) * 10) / 10,
    finished,
    paths: others.flatMap(({ printed }) =>
      'path' in printed
        ? [{ titles: printed.path.titles, issuedOn: printed.issuedOn, certificate: named(printed) }]
        : [],
    ),
    mentoring: others.flatMap(({ printed }) =>
      'mentoring' in printed ? [{ ...printed.mentoring, certificate: named(printed) }] : [],
    ),
    underWay: courses
      .filter(({ finished_on }) => finished_on === null)
      .map((course) => {
        const { titles, began_on, progress } = course;
        return { titles, beganOn: began_on, ...progress, quizzes: quizzesOf(course) };
      }),
    trial: !isPublicAddress(publicUrl),
  };
}

/** The codes of all certificates that it names. */
export function codesIn({ finished, paths, mentoring = [] }: Transcript): string[] {
  return [...finished, ...paths, ...mentoring].flatMap(({ certificate }) => certificate?.code ?? []);
}
