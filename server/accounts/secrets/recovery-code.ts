import { hkdfSync, randomBytes } from 'node:crypto';
import { checkDigitCode, newDigitCode } from '../../platform/digit-code.ts';
import { hiddenField } from '../way-back.ts';

const length = 12;

/** Stands in every form whose answer shows a recovery code. */
export function newFormToken(): string {
  return randomBytes(16).toString('base64url');
}

export function readFormToken(body: unknown): string {
  const token = hiddenField(body, 'form_token');
  return /^[\w-]{22}$/.test(token) ? token : newFormToken();
}

/**
 * Made from the token of the form and the site's secret: the same form sent twice shows the same code, though only the
 * code's hash is kept. Without the token, which only that page held, nobody can make it again.
 */
export function newRecoveryCode(siteSecret: Uint8Array, formToken: string): string {
  const bytes = new Uint8Array(hkdfSync('sha256', siteSecret, formToken, 'recovery code', 512));
  let used = 0;
  return newDigitCode(length, (count) => {
    if (used + count > bytes.length) throw new Error('the stream of a recovery code ran out');
    used += count;
    return bytes.subarray(used - count, used);
  });
}

export function readRecoveryCode(typed: string): ReturnType<typeof checkDigitCode> {
  return checkDigitCode(typed, length);
}
