import { check, type ListedIssuer } from '../../offline/checking.ts';
import { readCode } from '../code.ts';

export type QrJudgement =
  /** Where the code says that a certificate of this site stands; signed, if the code also carries the facts. */
  | { outcome: 'ours'; code: string; isSigned: boolean }
  | { outcome: 'forged' | 'unknown_issuer' }
  /** Something else: an address somewhere else, a text. */
  | { outcome: 'other' };

/** What a QR code says is no truer than what somebody types: an address of ours is looked up, a signature is checked, nothing is opened. */
export function judgeQr(text: string, issuers: ListedIssuer[], publicUrl: URL, today: string): QrJudgement {
  const verdict = check(text, { date: today, site: publicUrl.origin, issuers }, today);
  switch (verdict.outcome) {
    case 'unreadable':
      return { outcome: 'other' };
    case 'altered':
      return { outcome: 'forged' };
    case 'unknown_issuer':
      return { outcome: 'unknown_issuer' };
    case 'code_only':
      return judgeAddress(text.trim(), publicUrl);
    default:
      return { outcome: 'ours', code: verdict.facts.code, isSigned: true };
  }
}

function judgeAddress(text: string, publicUrl: URL): QrJudgement {
  const url = URL.parse(text);
  if (url !== null && url.origin !== publicUrl.origin) return { outcome: 'other' };
  const reading = readCode(codeIn(text));
  return 'code' in reading ? { outcome: 'ours', code: reading.code, isSigned: false } : { outcome: 'other' };
}

/** An address, pasted whole or typed from paper without its beginning, has the code at its end. */
export function codeIn(typed: string): string {
  const [path = ''] = typed.split(/[?#]/);
  const last = path.split('/').filter(Boolean).at(-1) ?? typed;
  return last.replace(/\.(?:pdf|png|svg|json)$/, '');
}
