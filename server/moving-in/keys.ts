import { cleanLine, folded } from '../platform/text.ts';

const longestTitle = 120;
const longestKey = 60;

/** A title as a package may have it. */
export function fitTitle(title: string, otherwise: string): string {
  const line = cleanLine(title) || otherwise;
  return line.length > longestTitle ? `${[...line].slice(0, longestTitle - 20).join('')}…` : line;
}

/** A name for a file and an address out of a title, taken by nobody yet. */
export function freeKey(title: string, taken: Set<string>, otherwise: string): string {
  const words = folded(title).match(/[a-z0-9]+/g) ?? [];
  let wanted = '';
  for (const word of words) if (`${wanted}-${word}`.length <= longestKey) wanted += `${wanted && '-'}${word}`;
  if (wanted === '' || wanted === 'course') wanted = otherwise;
  let key = wanted;
  for (let count = 2; taken.has(key); count += 1) key = `${wanted}-${count}`;
  taken.add(key);
  return key;
}
