/** What a code looks like: it is printed on paper, stands in addresses, and is the label in the tree's paths. */
export const codePattern = '^[a-z0-9_]{2,40}$';

/** A code out of a name: "Hội Phụ nữ xã Tân Lập" is hoi_phu_nu_xa_tan_lap. */
export function codeFrom(name: string): string {
  const words = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .match(/[a-z0-9]+/g);
  let code = '';
  for (const word of words ?? []) {
    const longer = code === '' ? word.slice(0, mostLetters) : `${code}_${word}`;
    if (longer.length > mostLetters) break;
    code = longer;
  }
  return code.length < 2 ? 'don_vi' : code;
}

/** Some letters below the most that fit, so that there is room for a number. */
const mostLetters = 34;

/** The first of code, code_2, code_3 … that nobody has. */
export function freeCode(code: string, taken: Set<string>): string {
  if (!taken.has(code)) return code;
  for (let number = 2; ; number += 1) {
    const numbered = `${code}_${number}`;
    if (!taken.has(numbered)) return numbered;
  }
}
