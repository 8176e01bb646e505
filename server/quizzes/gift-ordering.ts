import { type ReadText, Refusal } from './gift-answers.ts';
import { cut, type Piece } from './gift-text.ts';
import type { QuestionOf } from './question.ts';

// How Moodle writes it (qtype_ordering): `{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none`, then an item a line, in the right order. The
// words say how many of the items are shown and how they are marked and look: here all are shown, and each earns the same in its place.

const start = [
  String.raw`^\s*>[^\S\n]*\d*`,
  ...[
    'ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG',
    'HORIZONTAL|HORI|H|1|VERTICAL|VERT|V|0',
    'ALL_OR_NOTHING|ABSOLUTE_POSITION|ABSOLUTE|ABS|RELATIVE[A-Z_]*|REL|LONGEST[A-Z_]*',
    'SHOW|TRUE|YES|1|HIDE|FALSE|NO|0',
    'none|123|abc|ABCD|iii|IIII',
  ].map((words) => String.raw`(?:[^\S\n]+(?:${words})(?=\s|$))?`),
].join('');

const most = 100;

export function isOrdering({ text }: Piece): boolean {
  return text.trimStart().startsWith('>');
}

export function readOrdering(body: Piece, read: ReadText): Pick<QuestionOf<'ordering'>, 'type' | 'items'> {
  const [head = ''] = new RegExp(start).exec(body.text) ?? [];
  const lines = cut(body, head.length)
    .text.split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length > most) throw new Refusal('gift_too_many_answers', body.at, { most });
  const items = lines.map((line, index) => ({ text: read(line, `items.${index}.text`) }));
  if (items.length === 0 || items.some(({ text }) => text === '')) throw new Refusal('gift_empty_answer', body.at);
  return { type: 'ordering', items };
}

/** What stands between the braces, of items that are written as a line each. */
export function writeOrdering(items: string[]): string {
  const lines = items.map((item) => `${item}\n`).join('');
  return `>${items.length} ALL VERTICAL ABSOLUTE_POSITION SHOW none\n${lines}`;
}
