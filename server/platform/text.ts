/** How text from people is brought to one form before anything else looks at it. */

// Controls and invisible format characters (directional overrides, zero-width space, soft hyphen): nobody types them on purpose,
// and in a name they make one person look like another. Joiners stay: Khmer and emoji need them.
const unwanted = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(unwanted, '').normalize('NFC').trim();
}

/** An open oa, oe or uy with the tone mark on its first letter, in NFD: only at the end of a syllable do the two ways differ. */
const oldPlacement = /(o(?=.[ae])|u(?=.y))([\u0300\u0301\u0303\u0309\u0323])([aey])(?![\p{L}\p{M}])/giu;

/** The tone mark where it is placed now (hoà, thuý), wherever it was typed (hòa, thúy): both spell one word. The answer is in NFD. */
export function withNewPlacement(text: string): string {
  return text.normalize('NFD').replace(oldPlacement, '$1$3$2');
}

/** What is searched by: lower case, and one spelling for one word. */
export function searchForm(text: string): string {
  return withNewPlacement(text.toLowerCase()).normalize('NFC');
}

/** The same without accents, for whoever types none. */
export function folded(text: string): string {
  return searchForm(text).normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}

/** The name one is called by: the last word of a Vietnamese full name. */
export function givenName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(' ') + 1);
}
