import { dateOnPaper, factsOf, kindOf, type PrintedCertificate, titlesOf } from '../certificates/printed.ts';
import { endOf } from '../certificates/validity.ts';
import type { Language, Translate } from '../platform/i18n.ts';
import { didOf } from './did.ts';
import { inSeconds, type Unsigned } from './proof.ts';
import { type Place, statusEntry } from './status-list.ts';

export interface BadgeFacts {
  /** The name as it is public. */
  printed: PrintedCertificate;
  issuedAt: Date;
  /** The page of the course or the path: `/courses/…`; of mentoring, that of the organisation. */
  page: string;
  place: Place;
  publicUrl: URL;
}

/** A certificate as an Open Badges 3.0 credential in the W3C's data model 2.0, in the main language of the paper. */
export function openBadge(facts: BadgeFacts, words: Record<Language, Translate>): Unsigned {
  const { printed, issuedAt, place, publicUrl } = facts;
  const { code, provider, trial, languages } = printed;
  const language = languages[0] ?? 'vi';
  const t = words[language];
  const title = inLanguage(titlesOf(printed), language);
  const kind = t(`certificates.paper_title_${kindOf(printed)}`);
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    id: new URL(`/certificates/${code}`, publicUrl).href,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: trial ? `${t('certificates.paper_trial')} · ${title}` : title,
    description: trial ? t('certificates.paper_trial_why') : `${kind}: ${title}`,
    image: {
      id: new URL(`/certificates/${code}.png`, publicUrl).href,
      type: 'Image',
      caption: `${kind}: ${title}`,
    },
    issuer: issuerOf(publicUrl, provider),
    validFrom: inSeconds(issuedAt),
    ...(printed.validUntil === undefined ? {} : { validUntil: inSeconds(endOf(printed.validUntil)) }),
    credentialSubject: subjectOf(facts, language, t),
    credentialStatus: statusEntry(publicUrl, provider.code, place),
    evidence: [
      {
        // Not the address of the credential: what is said of both would be one.
        id: new URL(`/certificates/${code}#results`, publicUrl).href,
        type: ['Evidence'],
        name: t('credentials.evidence'),
        narrative: evidenceOf(printed, language, t),
      },
      ...assessmentOf(facts, language, t),
    ],
  };
}

function subjectOf(facts: BadgeFacts, language: Language, t: Translate) {
  const { printed } = facts;
  const achievement = achievementOf(facts, language, t);
  return {
    type: ['AchievementSubject'],
    identifier: [{ type: 'IdentityObject', identityType: 'name', identityHash: printed.holder, hashed: false }],
    licenseNumber: printed.code,
    achievement,
    ...(printed.score === null
      ? {}
      : { result: [{ type: ['Result'], resultDescription: resultId(achievement.id), value: String(printed.score) }] }),
  };
}

function achievementOf({ printed, page, publicUrl }: BadgeFacts, language: Language, t: Translate) {
  const address = new URL(page, publicUrl).href;
  const version = 'course' in printed ? String(printed.course.version) : null;
  const id = version === null ? `${address}#${aspectOf(printed)}` : `${address}#version-${version}`;
  const title = inLanguage(titlesOf(printed), language);
  return {
    id,
    type: ['Achievement'],
    achievementType: 'mentoring' in printed ? 'Achievement' : 'CertificateOfCompletion',
    name: title,
    description: t(`credentials.of_${kindOf(printed)}`, { title }),
    inLanguage: language,
    ...(version === null ? {} : { version }),
    creator: issuerOf(publicUrl, printed.provider),
    criteria: {
      id: address,
      narrative: criteriaOf(printed, t),
    },
    ...(printed.skills.length === 0 ? {} : { alignment: alignmentsOf(printed, language, publicUrl) }),
    ...(printed.score === null
      ? {}
      : {
          resultDescription: [
            {
              id: resultId(id),
              type: ['ResultDescription'],
              name: t('credentials.score'),
              resultType: 'Percent',
              valueMin: '0',
              valueMax: '100',
            },
          ],
        }),
  };
}

function alignmentsOf({ skills }: PrintedCertificate, language: Language, publicUrl: URL) {
  return skills.map(({ framework, code, names }) => ({
    type: ['Alignment'],
    targetName: inLanguage(names, language) || code,
    targetCode: code,
    targetFramework: inLanguage(framework.names, language) || framework.code,
    // Not every framework has addresses of its own.
    targetUrl: new URL(`/skills#${framework.code}:${code}`, publicUrl).href,
  }));
}

function issuerOf(publicUrl: URL, { code, name }: PrintedCertificate['provider']) {
  return {
    id: didOf(publicUrl, code),
    type: ['Profile'],
    name,
    url: new URL(`/organisations/${code}`, publicUrl).href,
  };
}

function evidenceOf(printed: PrintedCertificate, language: Language, t: Translate): string {
  const courses = 'path' in printed ? printed.path.courses.map(({ titles }) => inLanguage(titles, language)) : [];
  return [factsOf(printed, t, language), ...courses].join(', ');
}

/** Open Badges has no word for who assessed: evidence, which says in prose how the work was judged, is where its readers look for it. */
function assessmentOf({ printed, publicUrl }: BadgeFacts, language: Language, t: Translate) {
  if (printed.assessor === undefined) return [];
  const { name, role, on } = printed.assessor;
  return [
    {
      id: new URL(`/certificates/${printed.code}#assessment`, publicUrl).href,
      type: ['Evidence'],
      name: t('credentials.assessment'),
      narrative: t('certificates.paper_assessor', { name, role, date: dateOnPaper(on, language) }),
    },
  ];
}

function criteriaOf(printed: PrintedCertificate, t: Translate): string {
  return t(
    printed.assessor === undefined ? `credentials.criteria_${kindOf(printed)}` : 'credentials.criteria_assessed',
  );
}

/** Of a cohort nobody outside has a page: each certificate of mentoring names an achievement of its own. */
function aspectOf(printed: PrintedCertificate): string {
  return 'mentoring' in printed ? `mentoring-${printed.code}` : 'completion';
}

function resultId(achievementId: string): string {
  return `${achievementId.replace(/#.*/, '')}#score`;
}

function inLanguage(names: Record<string, string>, language: Language): string {
  return names[language] ?? Object.values(names)[0] ?? '';
}
