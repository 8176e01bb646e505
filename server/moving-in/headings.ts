import type { Heading, Parents, PhrasingContent, RootContent } from 'mdast';
import { toString as wordsOf } from 'mdast-util-to-string';
import { placeId } from '../courses/markdown-headings.ts';

/** The page brings the title, so headings begin below it, and no level is left out. */
export function levelHeadings(blocks: RootContent[], title: string): RootContent[] {
  const first = blocks.find((block) => block.type !== 'paragraph' || !isEmpty(block.children));
  const isTitle = first?.type === 'heading' && placeId(wordsOf(first)) === placeId(title);
  const rest = isTitle ? blocks.filter((block) => block !== first) : blocks;
  const open: { was: number; is: number }[] = [];
  const headings = headingsIn({ type: 'root', children: rest });
  for (const heading of headings) {
    if (wordsOf(heading).trim() === '') continue;
    while (open.length > 0 && (open.at(-1)?.was ?? 0) >= heading.depth) open.pop();
    const is = Math.min((open.at(-1)?.is ?? 1) + 1, 6);
    open.push({ was: heading.depth, is });
    heading.depth = is as Heading['depth'];
  }
  return rest;
}

export function headingsIn(parent: Parents): Heading[] {
  return (parent.children as RootContent[]).flatMap((child) => {
    if (child.type === 'heading') return [child];
    return 'children' in child ? headingsIn(child) : [];
  });
}

export function isEmpty(children: PhrasingContent[]): boolean {
  return children.every((child) => child.type === 'break' || (child.type === 'text' && child.value.trim() === ''));
}
