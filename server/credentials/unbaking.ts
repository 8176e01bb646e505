/** The way back from `baking.ts`, out of pictures of any origin. Nothing is unpacked and nothing is drawn. */

/** Open Badges 3.0, and 2.0. */
const keywords = ['openbadgecredential', 'openbadges'];
const namespaces = ['https://purl.imsglobal.org/ob/v3p0', 'http://openbadges.org'];

export const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Null: there is none in it. */
export function credentialInPng(png: Buffer): string | null {
  // Length, type and sum take four bytes each.
  for (let at = pngSignature.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    const text = png.toString('latin1', at + 4, at + 8) === 'iTXt' ? textOf(data) : null;
    if (text !== null) return text;
    at += 12 + length;
  }
  return null;
}

/** Of a chunk of text: keyword, end, whether it is compressed and how, language, end, keyword in that language, end, text. */
function textOf(data: Buffer): string | null {
  const keyword = keywords.find((keyword) => data.toString('latin1', 0, keyword.length + 1) === `${keyword}\0`);
  // The rules want it plain; unpacking would let few bytes become many.
  if (keyword === undefined || data[keyword.length + 1] !== 0) return null;
  const language = keyword.length + 3;
  const translated = data.indexOf(0, language) + 1;
  const text = data.indexOf(0, translated) + 1;
  return translated === 0 || text === 0 ? null : data.toString('utf8', text);
}

/** Null: there is none in it. */
export function credentialInSvg(svg: string): string | null {
  const prefix = prefixIn(svg);
  if (prefix === null) return null;
  for (const name of [`${prefix}:credential`, `${prefix}:assertion`]) {
    const start = svg.indexOf(`<${name}`);
    const inside = svg.indexOf('>', start) + 1;
    if (start < 0 || inside === 0) continue;
    const attribute = /\sverify\s*=\s*(["'])(.*?)\1/s.exec(svg.slice(start, inside));
    const content = svg.slice(inside, Math.max(inside, svg.indexOf(`</${name}`, inside))).trim();
    return content === '' || svg[inside - 2] === '/' ? (attribute?.[2] ?? null) : withoutMarkup(content);
  }
  return null;
}

function prefixIn(svg: string): string | null {
  for (const [, prefix = '', namespace = ''] of svg.matchAll(/\sxmlns:([\w.-]{1,40})=["']([^"'<>]{1,80})["']/g)) {
    if (namespaces.includes(namespace)) return prefix;
  }
  return null;
}

function withoutMarkup(content: string): string {
  const section = /^<!\[CDATA\[(.*)\]\]>$/s.exec(content);
  if (section) return section[1] ?? '';
  return content.replace(/&(quot|apos|lt|gt|amp);/g, (_, name: keyof typeof entities) => entities[name]);
}

const entities = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
