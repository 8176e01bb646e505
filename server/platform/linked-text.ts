/** A piece of what was typed. */
export interface TextPart {
  text: string;
  /** Where it leads; null: plain words. */
  href: string | null;
}

/** Up to a blank or a quotation mark; what usually follows an address in a sentence is no part of it. */
const address = /https?:\/\/[^\s<>"“”'‘’`]*[^\s<>"“”'‘’`.,;:!?…]/giu;

/**
 * What was typed, cut into plain words and addresses of the web; put together again it is what was typed. Templates escape each part, so
 * nothing of it is ever markup. An address with a user in it (https://bank.example@evil.example) leads elsewhere than it seems to, and
 * stays words.
 */
export function linkedParts(words: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of words.matchAll(address)) {
    const text = withoutClosing(found);
    const href = hrefOf(text);
    if (href === null) continue;
    if (index > end) parts.push({ text: words.slice(end, index), href: null });
    parts.push({ text, href });
    end = index + text.length;
  }
  if (end < words.length) parts.push({ text: words.slice(end), href: null });
  return parts;
}

/** A bracket that closes what was opened before the address is no part of it. */
function withoutClosing(found: string): string {
  const isOpen = (open: string, close: string) => found.split(open).length >= found.split(close).length;
  if (found.endsWith(')') && !isOpen('(', ')')) return withoutClosing(found.slice(0, -1));
  if (found.endsWith(']') && !isOpen('[', ']')) return withoutClosing(found.slice(0, -1));
  return found;
}

function hrefOf(text: string): string | null {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isPlain ? url.href : null;
}
