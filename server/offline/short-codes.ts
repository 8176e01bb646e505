import { codeAlphabet } from '../certificates/code.ts';

/** Enough to know a code by, too little to open its page with: a list tells nobody whose certificates were revoked. The database gives no two alike. */
export function shortCode(code: string): string {
  return code.slice(0, shortLength);
}

const shortLength = 8;
const base = codeAlphabet.length;
const space = base ** shortLength;

/**
 * Many codes in about 32 bits each less what their number saves (Rice coding of the gaps between them), in base64url. The first byte is how
 * many bits of a gap are written as they are; the rest of it goes before, as so many ones and a zero. Ones fill up the last byte.
 * @param rough so many bits of each code are left out: other codes may be packed along with it
 */
export function packCodes(codes: string[], rough = 0): string {
  if (codes.length === 0) return '';
  const numbers = [...new Set(codes.map((code) => numberOf(code, rough)))].sort((a, b) => a - b);
  const width = Math.max(0, Math.floor(Math.log2((space / 2 ** rough / numbers.length) * Math.LN2)));
  const bits = [...width.toString(2).padStart(8, '0')];
  numbers.forEach((number, index) => {
    const gap = number - (numbers[index - 1] ?? -1) - 1;
    bits.push('1'.repeat(Math.floor(gap / 2 ** width)), '0');
    if (width > 0) bits.push((gap % 2 ** width).toString(2).padStart(width, '0'));
  });
  const bytes = bits.join('').match(/.{1,8}/g) ?? [];
  const text = bytes.map((byte) => String.fromCharCode(Number.parseInt(byte.padEnd(8, '1'), 2))).join('');
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/**
 * As exact as there is room for, in characters.
 * @returns null where even so more than one code in sixteen of those that are not among them would be taken for one that is
 */
export function packRoughly(codes: string[], room: number): { packed: string; rough: number } | null {
  const gap = Math.log2(space / codes.length);
  // Rice coding takes up to 1.6 bits more than the logarithm of a gap.
  const rough = Math.max(1, Math.ceil(gap + 1.6 - (room * 6 - 16) / codes.length));
  if (gap - rough < 4) return null;
  const packed = packCodes(codes, rough);
  return packed.length <= room ? { packed, rough } : null;
}

/** @param rough as it was packed */
export function isPacked(code: string, packed: string, rough = 0): boolean {
  const bytes = bytesOfBase64(packed);
  const [width = 0] = bytes;
  const wanted = numberOf(code, rough);
  let at = 8;
  for (let number = -1; at < bytes.length * 8; ) {
    let gap = 0;
    while (bit()) gap += 1;
    for (let place = 0; place < width; place += 1) gap = gap * 2 + bit();
    number += gap + 1;
    if (at > bytes.length * 8 || number > wanted) return false;
    if (number === wanted) return true;
  }
  return false;

  /** Past the end stand zeros, so that every count of ones ends. */
  function bit(): number {
    const value = (Number(bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
    at += 1;
    return value;
  }
}

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
}

function numberOf(code: string, rough: number): number {
  let number = 0;
  for (const character of shortCode(code)) number = number * base + codeAlphabet.indexOf(character);
  return Math.floor(number / 2 ** rough);
}
