import { crc32 } from 'node:zlib';

/**
 * A picture with a credential inside, by Open Badges 3.0, section 5.3: in a PNG the first chunk of text after the head, never
 * compressed; in an SVG an element of its own.
 */
export function bakePng(png: Uint8Array, credential: string): Buffer {
  const bytes = Buffer.from(png);
  const afterHead = signature.length + chunkLength(bytes, signature.length);
  // Keyword, end, no compression and its method, no language, no translated keyword.
  const text = Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(credential)]);
  return Buffer.concat([bytes.subarray(0, afterHead), chunk('iTXt', text), bytes.subarray(afterHead)]);
}

export function bakeSvg(svg: string, credential: string): string {
  const opened = /<svg\b[^>]*>/.exec(svg);
  if (opened === null) throw new Error('not an SVG');
  const [tag] = opened;
  const named = tag.replace(/^<svg/, `<svg xmlns:openbadges="${namespace}"`);
  const inside = `<openbadges:credential><![CDATA[${withoutEnd(credential)}]]></openbadges:credential>`;
  return svg.replace(tag, () => named + inside);
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const keyword = 'openbadgecredential';
const namespace = 'https://purl.imsglobal.org/ob/v3p0';

function chunk(type: string, data: Buffer): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function chunkLength(png: Buffer, at: number): number {
  // Length, type and sum take four bytes each.
  return 12 + png.readUInt32BE(at);
}

/** Nothing in a credential may end the section that it stands in; in JSON a bracket within a text may be escaped. */
function withoutEnd(credential: string): string {
  return credential.replaceAll(']]>', ']]\\u003e');
}
