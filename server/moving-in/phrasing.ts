import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { toString as wordsOf } from 'mdast-util-to-string';

const inline = new Set(['text', 'emphasis', 'strong', 'delete', 'inlineCode', 'break', 'link', 'image', 'html']);

function isPhrasing(node: Nodes): node is PhrasingContent {
  return inline.has(node.type);
}

/** Trees of other tools may have words where a paragraph belongs, and blocks where words do. */
export function asBlocks(nodes: RootContent[]): RootContent[] {
  const blocks: RootContent[] = [];
  let words: PhrasingContent[] = [];
  const end = () => {
    if (words.length > 0) blocks.push({ type: 'paragraph', children: words });
    words = [];
  };
  for (const node of nodes) {
    if (isPhrasing(node)) words.push(node);
    else {
      end();
      blocks.push(node);
    }
  }
  end();
  return blocks;
}

export function asPhrasing(nodes: RootContent[]): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    if (isPhrasing(node)) return [node];
    if (node.type === 'code') return [{ type: 'inlineCode', value: node.value }];
    return 'children' in node ? asPhrasing(node.children) : [];
  });
}

/** Words alone, with stress and code: no link, no picture, one line. */
export function inOneLine(nodes: RootContent[]): PhrasingContent[] {
  const line: PhrasingContent[] = [];
  for (const node of nodes) {
    const isBlock = !isPhrasing(node);
    if (isBlock && line.length > 0) line.push({ type: 'text', value: ' ' });
    if (node.type === 'text') line.push({ ...node, value: node.value.replace(/\s+/g, ' ') });
    else if (node.type === 'inlineCode' || node.type === 'code')
      line.push({ type: 'inlineCode', value: node.value.replace(/\s+/g, ' ').trim() });
    else if (node.type === 'break') line.push({ type: 'text', value: ' ' });
    else if (node.type === 'image') line.push({ type: 'text', value: node.alt ?? '' });
    else if (node.type === 'strong' || node.type === 'emphasis') {
      line.push({ ...node, children: inOneLine(node.children) });
    } else if ('children' in node) line.push(...inOneLine(node.children as RootContent[]));
    else line.push({ type: 'text', value: wordsOf(node) });
  }
  return line;
}
