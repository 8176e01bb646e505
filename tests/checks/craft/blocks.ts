import MarkdownIt, { type Token } from 'markdown-it';

/** A piece of a text that a reader takes in at once: a paragraph, a heading, a cell of a table. */
export interface Block {
  /** what it stands in, from outside to inside, such as `blockquote paragraph` */
  kind: string;
  /** counted from 1 */
  line: number;
  /** its words, without pictures */
  text: string;
  /** its words, with code left out: what is typed follows other rules than what is said */
  prose: string;
  pictures: { alt: string; source: string }[];
  links: string[];
}

const markdown = new MarkdownIt({ html: false, linkify: false });
// Wrong addresses are read too, so that they can be told.
markdown.validateLink = () => true;

/** @param firstLine of the text in its file */
export function blocksOf(source: string, firstLine = 1): Block[] {
  const blocks: Block[] = [];
  const open: string[] = [];
  let line = firstLine;
  for (const token of markdown.parse(source, {})) {
    if (token.map) line = token.map[0] + firstLine;
    if (token.nesting === 1) open.push(nameOf(token));
    else if (token.nesting === -1) open.pop();
    else if (token.type === 'inline') blocks.push({ kind: open.join(' '), line, ...wordsOf(token.children ?? []) });
    else blocks.push({ kind: [...open, token.type].join(' '), line, ...empty, text: token.content });
  }
  return blocks;
}

const empty = { text: '', prose: '', pictures: [], links: [] };

function nameOf({ type, tag }: Token): string {
  return type === 'heading_open' ? tag : type.replace(/_open$/, '');
}

function wordsOf(children: Token[]): Pick<Block, 'text' | 'prose' | 'pictures' | 'links'> {
  const words = { text: '', prose: '', pictures: [] as Block['pictures'], links: [] as string[] };
  for (const child of children) {
    if (child.type === 'image') words.pictures.push({ alt: child.content, source: String(child.attrGet('src')) });
    else if (child.type === 'link_open') words.links.push(String(child.attrGet('href')));
    else if (child.type === 'code_inline') words.text += child.content;
    else {
      const text = /break$/.test(child.type) ? ' ' : child.content;
      words.text += text;
      words.prose += text;
    }
  }
  return words;
}

export function isSaid({ kind }: Block): boolean {
  return /paragraph$/.test(kind);
}
