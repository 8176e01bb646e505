import type { Blockquote } from 'mdast';

/** Boxes of other dialects, and those of ours that mean the same. A self-check needs an answer, which only ours has. */
const kinds: Record<string, string> = {
  NOTE: 'NOTE',
  INFO: 'NOTE',
  CHECK: 'NOTE',
  TIP: 'TIP',
  SUCCESS: 'TIP',
  IMPORTANT: 'REMEMBER',
  REMEMBER: 'REMEMBER',
  WARNING: 'DANGER',
  CAUTION: 'DANGER',
  DANGER: 'DANGER',
};

/** A quotation that begins with `[!NOTE]` and its like is a box; what begins so and is none loses the mark. */
export function fitCallout(quotation: Blockquote): void {
  const [first, ...others] = quotation.children;
  const text = first?.type === 'paragraph' ? first.children[0] : undefined;
  if (first?.type !== 'paragraph' || text?.type !== 'text') return;
  const mark = /^\s*\[!([a-z]+)\][ \t]*\n?/i.exec(text.value);
  if (mark === null) return;
  text.value = text.value.slice(mark[0].length);
  if (text.value === '') first.children.shift();
  const kind = kinds[mark[1]?.toUpperCase() ?? ''];
  if (first.children[0]?.type === 'break') first.children.shift();
  const isEmpty = first.children.length === 0;
  if (kind === undefined || (isEmpty && others.length === 0)) {
    quotation.children = isEmpty ? others : quotation.children;
    return;
  }
  // The one thing that is written as it is, not as the text of a stranger.
  const line = { type: 'html' as const, value: `[!${kind}]` };
  if (isEmpty) quotation.children = [line, ...others];
  else first.children = [line, { type: 'text', value: '\n' }, ...first.children];
}
