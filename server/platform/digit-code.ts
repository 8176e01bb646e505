/**
 * Codes that people type on a keypad: digits, the last of which is Damm's check digit. It finds every single wrong digit
 * and every swap of neighbours.
 */
type DigitCodeReading =
  | { code: string }
  | { fault: 'character'; character: string }
  | { fault: 'length'; length: number }
  | { fault: 'check' };

/** `length` counts the check digit. The first digit is never 0: spreadsheets and people drop leading zeros. */
export function newDigitCode(length: number, random: (count: number) => Uint8Array): string {
  let digits = '';
  while (digits.length < length - 1) {
    for (const byte of random(length)) {
      const digit = byte % 10;
      const isBiased = byte >= 250;
      const isLeadingZero = digits === '' && digit === 0;
      if (digits.length < length - 1 && !isBiased && !isLeadingZero) digits += digit;
    }
  }
  return digits + interimDigit(digits);
}

/** Takes what a person typed or pasted: digits of any script, the letters read as digits, spaces and dashes anywhere. */
export function checkDigitCode(text: string, length: number): DigitCodeReading {
  let code = '';
  for (const character of text.replace(/[\s\p{Pd}\p{Cf}.]/gu, '')) {
    const digit = digitOf(character);
    if (digit === null) return { fault: 'character', character };
    code += digit;
  }
  if (code.length !== length) return { fault: 'length', length: code.length };
  return interimDigit(code) === 0 ? { code } : { fault: 'check' };
}

/** Groups that are easy to read aloud: "1234 5678", "123 456 7890". */
export function showDigitCode(code: string): string {
  return code.replace(code.length % 4 === 0 ? /\d{4}(?=\d)/g : /\d{3}(?=\d{3})/g, '$& ');
}

function digitOf(character: string): number | null {
  if (/[oO]/.test(character)) return 0;
  if (/[iIlL]/.test(character)) return 1;
  if (!/\p{Nd}/u.test(character)) return null;
  // Every script has its ten digits in a row, from zero up.
  let before = (character.codePointAt(0) ?? 0) - 1;
  let place = 0;
  for (; /\p{Nd}/u.test(String.fromCodePoint(before)); before -= 1) place += 1;
  return place % 10;
}

/** 0 when the last digit is the right check digit, else the check digit that is to follow. */
function interimDigit(digits: string): number {
  let interim = 0;
  for (const digit of digits) interim = Number(damm.charAt(interim * 10 + Number(digit)));
  return interim;
}

/** The quasigroup of order 10 from H. M. Damm, "Total anti-symmetrische Quasigruppen" (Marburg, 2004), row by row. */
const damm = '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
