import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as every authenticator app has it: six digits, half a minute, SHA-1. */
const settings = { issuer: 'Đom Đóm', algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** @returns 160 bits in base 32 */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the app reads, as a link or from the QR. */
export function totpAddress(secret: string, label: string): string {
  return new TOTP({ ...settings, label, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The half minute whose code this is, or null. One before and one after count too: clocks of phones differ.
 * @param lastStep of the newest code used; that one and those before it are over
 */
export function stepOf(secret: string, typed: string, lastStep: number, now: Date): number | null {
  const token = typed.replace(/\D/g, '');
  if (token.length !== settings.digits) return null;
  const totp = new TOTP({ ...settings, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token, timestamp: now.getTime(), window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now.getTime() / 1000 / settings.period) + delta;
  return step > lastStep ? step : null;
}
