import { checkDigitCode } from '../platform/digit-code.ts';

/** One form for each number: of Vietnam, mobile or landline, or of another country. */
export const phonePattern = '^[+](?:84(?:[35789][0-9]{8}|2[0-9]{9})|(?!84|0)[0-9]{8,15})$';

/** A phone number as +84…; what is none is left as it was typed, for the form to show again. */
export function readPhone(typed: string): string {
  const digits = typed.replace(/[\s().\p{Pd}]/gu, '').replace(/^00/, '+');
  // Spreadsheets drop the 0 of a mobile number; a landline without it would look like a learner code.
  const phone = digits.replace(/^(?:\+?84|0)(?=\d{9,10}$)|^(?=[35789]\d{8}$)/, '+84');
  return new RegExp(phonePattern).test(phone) ? phone : typed;
}

/** As people write it at home: 0912 345 678. */
export function showPhone(phone: string): string {
  return phone.replace(/^\+84(\d+)(\d{3})(\d{3})$/, '0$1 $2 $3');
}

/** Between its dots no dot fits, so that a long text is read once, however it is made. */
export const emailPattern = '^[^\\s@,;<>"]+@(?:[^\\s@,;<>".]+[.])+[^\\s@,;<>".]{2,}$';

export function readEmail(typed: string): string {
  return typed.toLowerCase();
}

export type SignInName = { kind: 'code' | 'phone' | 'email'; value: string };

/** What somebody calls themselves at sign-in: at most one of the three can be meant. Null: none of them. */
export function readSignInName(typed: string): SignInName | null {
  if (new RegExp(emailPattern).test(typed)) return { kind: 'email', value: readEmail(typed) };
  const phone = readPhone(typed);
  if (new RegExp(phonePattern).test(phone)) return { kind: 'phone', value: phone };
  const reading = checkDigitCode(typed, 10);
  return 'code' in reading ? { kind: 'code', value: reading.code } : null;
}
