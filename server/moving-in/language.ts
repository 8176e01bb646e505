/** Letters that only Vietnamese has: every twentieth of its letters or more is one of them. */
const vietnamese = /[ăđơư\u1ea0-\u1ef9]/gi;

/** What a text is written in, of the two that can be told apart by their letters. */
export function languageOf(text: string): 'vi' | 'en' {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const own = text.normalize('NFC').match(vietnamese)?.length ?? 0;
  return own * 40 > letters ? 'vi' : 'en';
}

/** `en_us`, `vi-VN` as a package writes it; null for what is no language. */
export function readLanguage(text: string): string | null {
  const [primary = ''] = text.trim().toLowerCase().split(/[-_]/, 1);
  return /^[a-z]{2,3}$/.test(primary) ? primary : null;
}
