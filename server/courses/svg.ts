import type { TextFault } from './fault.ts';

/**
 * A drawing must stand on its own: nothing fetched, nothing run, nothing expanded. Looked for before the drawing library
 * sees the file, hence without a parser, and strictly: a forbidden word in a comment is refused as well.
 * @returns the first thing wrong with it
 */
export function svgFault(content: Buffer): TextFault | null {
  const text = decode(content);
  if (text === null || !/^\s*</.test(text) || !/<svg[\s>]/.test(text))
    return { line: null, code: 'image_unreadable', values: {} };
  const tell = (index: number, part: string): TextFault => ({
    line: text.slice(0, index).split('\n').length,
    code: 'svg_unsafe',
    values: { part: part.replace(/\s+/g, ' ').slice(0, 60) },
  });

  const forbidden =
    /<(?:[\w.-]+:)?(?:script|foreignObject|include)\b|<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)|<\?xml-stylesheet|@import/i.exec(
      text,
    );
  if (forbidden) return tell(forbidden.index, forbidden[0]);
  const references = [
    ...text.matchAll(/href\s*=\s*["']?([^"'>]{0,80})/gi),
    ...text.matchAll(/url\(\s*["']?([^"')]{0,80})/gi),
  ];
  const outside = references.find(
    ([, address = '']) => !/^\s*(?:#|data:image\/(?:png|jpeg|webp|gif)[;,])/i.test(address),
  );
  return outside ? tell(outside.index, outside[0]) : null;
}

/** Anything but UTF-8 could hide words from the search above. */
function decode(content: Buffer): string | null {
  const declared =
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(content.subarray(0, 200).toString('latin1'))?.[1] ?? 'utf-8';
  if (declared.toLowerCase() !== 'utf-8') return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return null;
  }
}
