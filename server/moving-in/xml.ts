import { parseXml, XmlElement, XmlError, type XmlNode } from '@rgrove/parse-xml';
import { decodeText } from '../quizzes/gift-read.ts';
import { MovingFault } from './draft.ts';
import { most } from './limits.ts';

/**
 * Reads XML that a stranger wrote. No address in it is followed and no entity of its own expanded: a document that declares
 * any is refused. Names come without their namespace prefix.
 * @throws MovingFault with the line
 */
export function readXml(content: Uint8Array, place: string): XmlElement {
  if (content.length > most.textBytes)
    throw new MovingFault('file_too_large', place, { megabytes: most.textBytes / 1e6 });
  const text = decodeText(content);
  if (/<!ENTITY/i.test(text)) throw new MovingFault('xml_entities', place);
  tellDepth(text, place);
  try {
    const document = parseXml(text.replace(unwanted, ''), { includeOffsets: true });
    if (document.root === null) throw new MovingFault('xml_broken', place, { line: 1 });
    return document.root;
  } catch (error) {
    if (error instanceof XmlError) throw new MovingFault('xml_broken', place, { line: error.line });
    throw error;
  }
}

/** The parser goes down with each element, so it must not go too deep. */
function tellDepth(text: string, place: string): void {
  let depth = 0;
  let at = text.indexOf('<');
  while (at >= 0) {
    const [, ending] = opaque.find(([start]) => text.startsWith(start, at)) ?? ['', '>'];
    const end = text.indexOf(ending, at + 1);
    if (end < 0) return;
    if (ending === '>' && text[at + 1] === '/') depth -= 1;
    else if (ending === '>' && text[at + 1] !== '!' && text[end - 1] !== '/') depth += 1;
    if (depth > most.depth) throw new MovingFault('xml_too_deep', place, { most: most.depth });
    at = text.indexOf('<', end);
  }
}

/** XML has no control characters; people's files do. */
const unwanted = /(?![\t\n\r\u0085])\p{Cc}|[\ufffe\uffff]/gu;

const opaque = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

export function nameOf({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}

export function elements(parent: XmlElement | null | undefined, name?: string): XmlElement[] {
  const found = (parent?.children ?? []).filter(isElement);
  return name === undefined ? found : found.filter((one) => nameOf(one) === name);
}

/** The first at the end of a path of names. */
export function element(parent: XmlElement | null | undefined, ...path: string[]): XmlElement | null {
  let found: XmlElement | null = parent ?? null;
  for (const name of path) found = elements(found, name)[0] ?? null;
  return found;
}

/** All below that have the name, in order. */
export function* everyElement(parent: XmlElement, name: string): Generator<XmlElement> {
  for (const child of elements(parent)) {
    if (nameOf(child) === name) yield child;
    yield* everyElement(child, name);
  }
}

/** The text of the first at the end of a path; '' where there is none. */
export function textAt(parent: XmlElement | null | undefined, ...path: string[]): string {
  return element(parent, ...path)?.text.trim() ?? '';
}

export function attribute(of: XmlElement | null | undefined, name: string): string {
  const { attributes = {} } = of ?? {};
  const found = Object.entries(attributes).find(([key]) => key.slice(key.indexOf(':') + 1) === name);
  return found?.[1] ?? '';
}

/** Lines of elements, asked for in any order. */
export function linesOf(content: Uint8Array): (of: XmlElement) => number {
  const bytes = Buffer.from(decodeText(content));
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return ({ start }) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= start) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function isElement(node: XmlNode): node is XmlElement {
  return node instanceof XmlElement;
}
