import type { BirthOnRecord } from '../birth.ts';
import { isCommonPin } from './common-pins.ts';

export type SecretKind = 'pin' | 'password';

/** What others may know of the person and would try first. */
export interface Known extends BirthOnRecord {
  full_name: string;
  phone: string | null;
  learner_code?: string;
}

/** Digits are a PIN, however they were spaced; anything else is a password, taken to the letter. */
export function readSecret(typed: string): string {
  return /^[\d\s]+$/.test(typed) ? typed.replace(/\s/g, '') : typed;
}

export function kindOf(secret: string): SecretKind {
  return /^\d+$/.test(secret) ? 'pin' : 'password';
}

/** Whether a person may do more than learn, and so needs a password. */
export function hasRole(roles: string[]): boolean {
  return roles.some((role) => role !== 'learner');
}

/** The key of the sentence that says why this secret will not do, or null. */
export function secretFault(secret: string, known: Known, needsPassword: boolean): string | null {
  if (kindOf(secret) === 'password') return passwordFault(secret, known);
  if (needsPassword) return 'accounts.error_password_needed';
  return pinFault(secret, known);
}

function pinFault(pin: string, known: Known): string | null {
  if (pin.length < 6) return 'accounts.error_pin_short';
  if (isOwnDate(pin, known) || isOwnNumber(pin, known)) return 'accounts.error_secret_own';
  return isCommonPin(pin) ? 'accounts.error_pin_common' : null;
}

function isOwnDate(pin: string, { birth_year, birth_month }: Known): boolean {
  if (birth_year === null || birth_month === null) return false;
  const year = String(birth_year);
  const yy = year.slice(2);
  const mm = String(birth_month).padStart(2, '0');
  const isMonthFirst = pin.startsWith(mm) && pin.endsWith(yy);
  return pin.includes(year) || pin.includes(mm + yy) || pin.includes(yy + mm) || isMonthFirst;
}

function isOwnNumber(pin: string, { phone, learner_code = '' }: Known): boolean {
  const national = `0${phone?.replace(/^\+84/, '') ?? ''}`;
  return [phone ?? '', national, learner_code].some((number) => number.includes(pin));
}

function passwordFault(password: string, known: Known): string | null {
  if (password.length < 8) return 'accounts.error_password_short';
  const plain = fold(password);
  const own = [...known.full_name.split(' ').map(fold), String(known.birth_year ?? '')].filter(
    (word) => word.length > 1,
  );
  const withoutOwn = without(plain, own);
  const rest = without(withoutOwn, commonParts).replace(/(\d)\1+|0?1?2345?6?7?8?9?0?/g, '');
  if (new Set(rest).size >= 4) return null;
  return withoutOwn === plain ? 'accounts.error_password_common' : 'accounts.error_secret_own';
}

function without(text: string, parts: string[]): string {
  return [...parts].sort((a, b) => b.length - a.length).reduce((rest, part) => rest.replaceAll(part, ''), text);
}

/** Letters without accents, and digits: whoever guesses tries these first. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd');
}

/** What makes up the passwords tried first, here and elsewhere: they do not count towards the length that protects. */
const commonParts = [
  ...['matkhau', 'password', 'passw0rd', 'pass', 'admin', 'welcome', 'letmein', 'login', 'secret', 'hello', 'test'],
  ...['iloveyou', 'anhyeuem', 'emyeuanh', 'yeuem', 'yeuanh', 'toiyeu', 'conyeu', 'bome', 'giadinh', 'love', 'baby'],
  ...['vietnam', 'hanoi', 'saigon', 'danang', 'domdom', 'hocsinh', 'hoctap', 'hocvien', 'lophoc', 'khongbiet'],
  ...['khongco', 'facebook', 'google', 'zalo', 'tiktok', 'gmail', 'samsung', 'iphone', 'bongda', 'football', 'dragon'],
  ...['monkey', 'superman', 'sunshine', 'princess', 'baseball', 'computer', 'internet', 'whatever', 'changeme'],
  ...['qwertyuiop', 'qwerty', 'asdfghjkl', 'asdfgh', 'asdf', 'zxcvbnm', 'zxcvbn', 'qwer', 'qazwsx', '1qaz2wsx'],
  ...['1q2w3e4r', '1q2w3e', 'q1w2e3r4', 'zaq12wsx', 'abcdefgh', 'abcdef', 'abcd', 'abc', 'xyz'],
];
