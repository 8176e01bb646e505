/** What stands before the name of a place where people write it out, and what kind of place it tells. */
export const placeKinds = ['province', 'city', 'district', 'commune', 'ward', 'special_zone'] as const;
export type PlaceKind = (typeof placeKinds)[number];

const kindWords: Record<PlaceKind, string[]> = {
  province: ['tỉnh', 'province'],
  city: ['thành phố', 'tp', 't.p', 'city', 'thành phố trực thuộc trung ương'],
  district: ['huyện', 'quận', 'thị xã', 'district'],
  commune: ['xã', 'thị trấn', 'commune'],
  ward: ['phường', 'ward'],
  special_zone: ['đặc khu', 'special zone', 'special_zone'],
};

/** @returns null for words that name no kind of place */
export function readKind(words: string): PlaceKind | null {
  const plain = words.normalize('NFC').toLowerCase().replace(/\.$/, '').trim();
  return placeKinds.find((kind) => kindWords[kind].includes(plain)) ?? null;
}

const prefixes = Object.values(kindWords)
  .flat()
  .sort((a, b) => b.length - a.length)
  .map((words) => words.replaceAll('.', '\\.'));
const prefix = new RegExp(`^(?:${prefixes.join('|')})(?:\\.\\s*|\\s+)(?=\\S)`, 'iu');

/** "Tỉnh Lào Cai" is Lào Cai; but "Phường 1" stays, since a number alone names nothing. */
export function placeName(text: string): string {
  const rest = text.normalize('NFC').trim().replace(prefix, '');
  return /^\d+$/.test(rest) ? text.trim() : rest;
}

/** "Phường Sa Pa, tỉnh Lào Cai" is Sa Pa within Lào Cai: the smallest comes first, as in an address. */
export function readTypedPlace(text: string): { name: string; within: string | null } {
  const parts = text
    .split(',')
    .map((part) => placeName(part))
    .filter((part) => part !== '');
  const [name = '', ...rest] = parts;
  return { name, within: rest.at(-1) ?? null };
}
