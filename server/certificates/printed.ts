import type { Line } from '../paper/columns.ts';
import { formats, type Language, type Translate, type Values } from '../platform/i18n.ts';
import { printable } from '../platform/typeface.ts';
import { showCode } from './code.ts';

/** Words of a course or a framework by language tag: courses carry their own languages. */
type ByLanguage = Record<string, string>;

/** All that a certificate states, stored as printed: later changes of a name, a course or a site do not reach it. */
export type PrintedCertificate = PrintedCourseCertificate | PrintedPathCertificate;

export interface PrintedCourseCertificate extends Printed {
  course: { titles: ByLanguage; version: number; hours: number; lessons: number };
}

/** Of a learning path: the courses that it asked for on that day. */
export interface PrintedPathCertificate extends Printed {
  path: { titles: ByLanguage; hours: number; courses: PrintedCourse[] };
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

/** What has happened to a certificate since it was printed. */
export interface Standing {
  /** YYYY-MM-DD; null: it was not. */
  revokedOn: string | null;
  isExpired: boolean;
  /** It was never issued: it shows what would be. */
  isExample?: boolean;
}

/** The words on the paper, piece by piece from the top, each in the main language and then in the second. */
export interface Paper {
  language: Language;
  title: Line[];
  provider: string;
  awardedTo: Line[];
  holder: string;
  /** Stands for a name that the font cannot draw. */
  holderElsewhere: Line[];
  completed: Line[];
  /** The title of what was completed. */
  course: Line[];
  facts: Line[];
  /** Those of a path. */
  courses: Line[];
  skills: Line[];
  /** Stands for `skills` where their names are too many for the paper. */
  skillCodes: Line[];
  /** None where nobody signed off. */
  assessor: Line[];
  /** Null where nobody signs. */
  signatory: { titles: Line[]; name: Line; signatureDescription: string } | null;
  logoDescription: string;
  issued: Line[];
  version: Line[];
  code: Line[];
  check: Line[];
  checkAddress: string;
  qrDescription: string;
  /** What is wrong with the paper: a word to put across it, and a sentence. */
  warning: { kind: 'example' | 'trial' | 'revoked' | 'expired'; mark: string; sentence: Line[] } | null;
}

/** A message in each language of the paper. */
type Say = (key: string, values?: (language: Language) => Values) => Line[];

export function paperOf(printed: PrintedCertificate, words: Record<Language, Translate>, standing: Standing): Paper {
  const { languages, verifyUrl } = printed;
  const main = languages[0] ?? 'vi';
  const isOfPath = 'path' in printed;
  const say: Say = (key, values) =>
    languages.map((language) => ({ language, text: words[language](key, values?.(language)) }));

  return {
    language: main,
    title: say(isOfPath ? 'certificates.paper_title_path' : 'certificates.paper_title'),
    provider: printed.provider.name,
    awardedTo: say('certificates.paper_awarded_to'),
    holder: printed.holder,
    holderElsewhere: say('certificates.paper_holder_elsewhere'),
    completed: say(isOfPath ? 'certificates.paper_completed_path' : 'certificates.paper_completed'),
    course: titleLines(printed),
    facts: languages.map((language) => ({ language, text: factsOf(printed, words[language], language) })),
    courses: coursesOf(printed, say),
    skills: skillsOf(printed, 'named', say),
    skillCodes: skillsOf(printed, 'codes', say),
    assessor: assessorLines(printed, say),
    signatory: signatoryOf(printed, main, words[main]),
    logoDescription: words[main]('certificates.paper_logo', { provider: printed.provider.name }),
    issued: issuedLines(printed, say),
    version: isOfPath ? [] : say('certificates.paper_version', () => ({ version: String(printed.course.version) })),
    code: say('certificates.paper_code', () => ({ code: showCode(printed.code) })),
    check: say('certificates.paper_check'),
    checkAddress: verifyUrl.replace(/^https?:\/\//, ''),
    qrDescription: words[main]('certificates.paper_qr', { url: verifyUrl }),
    warning: warningOf(printed, standing, say),
  };
}

function assessorLines({ assessor }: PrintedCertificate, say: Say): Line[] {
  if (assessor === undefined) return [];
  const { name, role, on } = assessor;
  return say('certificates.paper_assessor', (language) => ({ name, role, date: dateOnPaper(on, language) }));
}

function signatoryOf(
  { signatory, languages }: PrintedCertificate,
  language: Language,
  t: Translate,
): Paper['signatory'] {
  if (signatory === undefined) return null;
  const { name, titles } = signatory;
  return {
    titles: inLanguages(titles, languages),
    name: { language, text: name },
    signatureDescription: t('certificates.paper_signature', { name }),
  };
}

function issuedLines({ issuedOn, validUntil }: PrintedCertificate, say: Say): Line[] {
  return validUntil === undefined
    ? say('certificates.paper_issued', (language) => ({ date: dateOnPaper(issuedOn, language) }))
    : say('certificates.paper_issued_until', (language) => ({
        date: dateOnPaper(issuedOn, language),
        until: dateOnPaper(validUntil, language),
      }));
}

/** dd/mm/yyyy in Vietnamese; in English with the month in letters, since readers abroad may take 03/04 either way. */
export function dateOnPaper(date: string, language: Language): string {
  const [year, month, day] = date.split('-');
  return language === 'vi' ? `${day}/${month}/${year}` : englishDate.format(new Date(`${date}T00:00:00Z`));
}

const englishDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** The title of what was completed, by language. */
export function titlesOf(printed: PrintedCertificate): ByLanguage {
  return 'path' in printed ? printed.path.titles : printed.course.titles;
}

/** The title in each language of the paper that the course has; in its own language when it has none of them. */
function titleLines(printed: PrintedCertificate): Line[] {
  return inLanguages(titlesOf(printed), printed.languages);
}

function inLanguages(words: ByLanguage, languages: Language[]): Line[] {
  const all = Object.entries(words).map(([language, text]) => ({ language, text }));
  const wanted = languages.flatMap((language) => all.filter((one) => one.language === language));
  const [first, ...others] = wanted.length > 0 ? wanted : all.slice(0, 1);
  return first === undefined ? [] : [first, ...others.filter(({ text }) => text !== first.text)];
}

function factsOf(printed: PrintedCertificate, t: Translate, language: Language): string {
  if ('path' in printed) {
    const { hours, courses } = printed.path;
    const count = t('certificates.paper_course_count', { courses: courses.length });
    return [t('certificates.paper_duration', { duration: formats[language].hours(hours) }), count].join(', ');
  }
  const { course, score } = printed;
  const facts = [t('certificates.paper_duration', { duration: formats[language].hours(course.hours) })];
  if (course.lessons > 0) facts.push(t('certificates.paper_lessons', { lessons: course.lessons }));
  if (score !== null) facts.push(t('certificates.paper_score', { score: formats[language].percent(score) }));
  return facts.join(', ');
}

function coursesOf(printed: PrintedCertificate, say: Say): Line[] {
  if (!('path' in printed)) return [];
  return say('certificates.paper_courses', (language) => ({
    courses: printed.path.courses.map(({ titles }) => inLanguage(titles, language) ?? '').join(' · '),
  }));
}

/** "DigComp 3.0: 4.1 Protecting devices; 4.2 … · IT skills: IU06 …": frameworks share codes, so each is named. */
function skillsOf({ skills }: PrintedCertificate, detail: 'named' | 'codes', say: Say): Line[] {
  if (skills.length === 0) return [];
  return say('certificates.paper_skills', (language) => {
    const frameworks = Map.groupBy(skills, ({ framework }) => inLanguage(framework.names, language) ?? framework.code);
    const listed = Array.from(frameworks, ([framework, members]) => {
      const codes = members.map(({ code }) => code).join(', ');
      const named = members.map(({ code, names }) => `${code} ${inLanguage(names, language) ?? ''}`.trim()).join('; ');
      return `${framework}: ${detail === 'named' ? named : codes}`;
    });
    return { skills: listed.join(' · ') };
  });
}

function warningOf(
  { trial, validUntil }: PrintedCertificate,
  { revokedOn, isExpired, isExample = false }: Standing,
  say: Say,
): Paper['warning'] {
  const across = (lines: Line[]) => lines.map(({ text }) => text).join(' · ');
  if (isExample) {
    const sentence = say('certificates.paper_example_why');
    return { kind: 'example', mark: across(say('certificates.paper_example')), sentence };
  }
  if (revokedOn !== null) {
    const sentence = say('certificates.paper_revoked_on', (language) => ({ date: dateOnPaper(revokedOn, language) }));
    return { kind: 'revoked', mark: across(say('certificates.paper_revoked')), sentence };
  }
  if (trial) {
    const sentence = say('certificates.paper_trial_why');
    return { kind: 'trial', mark: across(say('certificates.paper_trial')), sentence };
  }
  if (!isExpired || validUntil === undefined) return null;
  const sentence = say('certificates.paper_expired_on', (language) => ({ date: dateOnPaper(validUntil, language) }));
  return { kind: 'expired', mark: across(say('certificates.paper_expired')), sentence };
}

function inLanguage(names: ByLanguage, language: Language): string | undefined {
  return names[language] ?? Object.values(names)[0];
}

/** The name, or where to find it when the font has none of its letters: an empty place would invite to fill it in. */
export function holderLines({ holder, holderElsewhere, language }: Paper): Line[] {
  return printable(holder) === '' ? holderElsewhere : [{ language, text: holder }];
}
