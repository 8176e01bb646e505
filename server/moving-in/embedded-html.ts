import type { Html, Image, Nodes, RootContent } from 'mdast';
import type { Note } from './draft.ts';
import { readHtml } from './html.ts';

/** HTML inside Markdown: what has a form in Markdown gets it, tags of all else go, their words stay. */
export function fitHtml({ value }: Html, tell: (code: string, values?: Note['values']) => void): RootContent[] {
  const html = value.replace(/<!--[\s\S]*?-->/g, '').trim();
  if (html === '') return [];
  if (/^<br\s*\/?>$/i.test(html)) return [{ type: 'break' }];
  tell('raw_html');
  const notes: Note[] = [];
  const { children } = readHtml(html, '', notes);
  for (const { code, values } of notes) tell(code, values);
  const isOneTag = /^<[^<>]*>$/.test(html);
  if (!isOneTag) return children;
  const image = /^<img\b/i.test(html) ? firstImage(children) : null;
  return image === null ? [] : [image];
}

function firstImage(nodes: Nodes[]): Image | null {
  for (const node of nodes) {
    const found = node.type === 'image' ? node : 'children' in node ? firstImage(node.children) : null;
    if (found !== null) return found;
  }
  return null;
}
