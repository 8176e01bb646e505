import type { Line } from '../paper/columns.ts';
import type { Language, Translate, Values } from '../platform/i18n.ts';
import { printable } from '../platform/typeface.ts';
import { showCode } from './code.ts';
import { type ByLanguage, dateOnPaper, factsOf, kindOf, type PrintedCertificate, titlesOf } from './printed.ts';

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
  const kind = kindOf(printed);
  const say: Say = (key, values) =>
    languages.map((language) => ({ language, text: words[language](key, values?.(language)) }));

  return {
    language: main,
    title: say(`certificates.paper_title_${kind}`),
    provider: printed.provider.name,
    awardedTo: say('certificates.paper_awarded_to'),
    holder: printed.holder,
    holderElsewhere: say('certificates.paper_holder_elsewhere'),
    completed: say(`certificates.paper_completed_${kind}`),
    course: titleLines(printed),
    facts: languages.map((language) => ({ language, text: factsOf(printed, words[language], language) })),
    courses: coursesOf(printed, say),
    skills: skillsOf(printed, 'named', say),
    skillCodes: skillsOf(printed, 'codes', say),
    assessor: assessorLines(printed, say),
    signatory: signatoryOf(printed, main, words[main]),
    logoDescription: words[main]('certificates.paper_logo', { provider: printed.provider.name }),
    issued: issuedLines(printed, say),
    version: versionLines(printed, say),
    code: say('certificates.paper_code', () => ({ code: showCode(printed.code) })),
    check: say('certificates.paper_check'),
    checkAddress: verifyUrl.replace(/^https?:\/\//, ''),
    qrDescription: words[main]('certificates.paper_qr', { url: verifyUrl }),
    warning: warningOf(printed, standing, say),
  };
}

function versionLines(printed: PrintedCertificate, say: Say): Line[] {
  if (!('course' in printed)) return [];
  return say('certificates.paper_version', () => ({ version: String(printed.course.version) }));
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
