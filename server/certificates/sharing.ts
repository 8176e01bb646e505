import type { Language, Translate } from '../platform/i18n.ts';
import { pictureSize } from './picture.ts';
import { dateOnPaper, kindOf, type PrintedCertificate, titlesOf } from './printed.ts';

/** What chats and social networks show where somebody pastes the address (Open Graph). */
export interface Preview {
  title: string;
  description: string;
  url: string;
  picture: { url: string; width: number; height: number };
}

/** @param printed with the name as it is public */
export function previewOf(
  printed: PrintedCertificate,
  ended: 'revoked' | 'expired' | null,
  { publicUrl, language, t }: { publicUrl: URL; language: Language; t: Translate },
): Preview {
  const { holder, code, provider, trial, issuedOn, verifyUrl } = printed;
  const mark = ended !== 'revoked' && trial ? 'trial' : ended;
  const marks = mark === null ? [] : [t(`certificates.paper_${mark}`)];
  const kind = t(`certificates.paper_title_${kindOf(printed)}`);
  const issued = t('certificates.paper_issued', { date: dateOnPaper(issuedOn, language) });
  return {
    title: [...marks, holder, titleIn(printed, language)].join(' · '),
    description: [kind, provider.name, issued].join(' · '),
    url: verifyUrl,
    picture: { url: new URL(`/certificates/${code}.png`, publicUrl).href, ...pictureSize },
  };
}

/** Opens LinkedIn's own form for a certificate, filled in. Nothing is sent before the holder has looked at it there. */
export function linkedInForm(printed: PrintedCertificate, language: Language): string {
  const [year = '', month = ''] = printed.issuedOn.split('-');
  const [lastYear, lastMonth] = printed.validUntil?.split('-') ?? [];
  const form = new URL('https://www.linkedin.com/profile/add');
  form.search = new URLSearchParams({
    startTask: 'CERTIFICATION_NAME',
    name: titleIn(printed, language),
    organizationName: printed.provider.name,
    issueYear: year,
    issueMonth: String(Number(month)),
    ...(lastYear && lastMonth ? { expirationYear: lastYear, expirationMonth: String(Number(lastMonth)) } : {}),
    certUrl: printed.verifyUrl,
    certId: printed.code,
  }).toString();
  return form.href;
}

function titleIn(printed: PrintedCertificate, language: Language): string {
  const titles = titlesOf(printed);
  return titles[language] ?? Object.values(titles)[0] ?? '';
}
