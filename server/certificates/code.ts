/**
 * Certificate codes: 13 random characters and a check character. The letters and digits are those of A to Z and 2 to 9
 * without I, L and O, which are misread as 1 and 0: 31 of them, a prime, so that the weighted sum below finds every single
 * wrong character and every swap of two.
 */
type CodeReading =
  | { code: string }
  /** A character that no code has: `misread` for 0 O 1 I L, `accented` for what a Vietnamese keyboard made of two letters. */
  | { fault: 'character'; character: string; kind: 'misread' | 'accented' | 'other' }
  | { fault: 'length'; length: number }
  | { fault: 'check' };

export const codeLength = 14;
export const codeAlphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

export function newCode(random: (count: number) => Uint8Array): string {
  let code = '';
  while (code.length < codeLength - 1) {
    for (const byte of random(codeLength)) {
      // 248 is the last multiple of 31 in a byte: taking the bytes above it would favour eight characters.
      if (byte < 248 && code.length < codeLength - 1) code += codeAlphabet.charAt(byte % 31);
    }
  }
  return code + checkCharacter(code);
}

/** Takes what a person typed or pasted: either case, full-width forms, spaces and dashes anywhere. */
export function readCode(typed: string): CodeReading {
  const characters = [
    ...typed
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[\s\p{Pd}\p{Cf}._·]/gu, ''),
  ];
  const foreign = characters.find((character) => !codeAlphabet.includes(character));
  if (foreign !== undefined) return { fault: 'character', character: foreign, kind: kindOf(foreign) };
  if (characters.length !== codeLength) return { fault: 'length', length: characters.length };
  const code = characters.join('');
  return weightedSum(code) === 0 ? { code } : { fault: 'check' };
}

/** In groups of four, as on paper: "K7D4 MPX9 QRT3 6H". */
export function showCode(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$& ');
}

function kindOf(character: string): 'misread' | 'accented' | 'other' {
  if ('0O1IL'.includes(character)) return 'misread';
  return /\p{Script=Latin}/u.test(character) ? 'accented' : 'other';
}

function checkCharacter(code: string): string {
  return codeAlphabet.charAt((31 - weightedSum(code)) % 31);
}

/** Weights 14 down to 1: none is a multiple of 31 and no two are equal. The check character has weight 1. */
function weightedSum(code: string): number {
  let sum = 0;
  for (const [place, character] of [...code].entries()) sum += (codeLength - place) * codeAlphabet.indexOf(character);
  return sum % 31;
}
