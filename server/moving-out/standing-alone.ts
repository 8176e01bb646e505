import type { Definition, Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as wordsOf } from 'mdast-util-to-string';

export interface Elsewhere {
  /** The address of a picture of the package in the other format; null: it has no pictures. */
  picture(path: string): string | null;
  /** Of what becomes words. */
  tell(code: 'out_picture' | 'out_link', values: Record<string, string>): void;
}

/**
 * A text of a question without what leads into its package: pictures are addressed anew, or their words stand in their place, and of links
 * to other items the words stay. All else is left as its author wrote it.
 */
export function standingAlone(text: string, elsewhere: Elsewhere): string {
  const tree = fromMarkdown(text);
  const definitions = new Map(
    tree.children.flatMap((node) => (isDefinition(node) ? [[node.identifier, node.url]] : [])),
  );
  const referred = new Set(referencesIn(tree));
  return written(tree);

  function written(node: Nodes): string {
    const source = sourceOf(node);
    switch (node.type) {
      case 'image':
      case 'imageReference': {
        const url = node.type === 'image' ? node.url : (definitions.get(node.identifier) ?? '');
        const path = /^\.\.\/(images\/[^/]+)$/.exec(url)?.[1];
        if (path === undefined) return source;
        const address = elsewhere.picture(path);
        if (address !== null) return `![${escaped(node.alt ?? '')}](${address})`;
        elsewhere.tell('out_picture', { picture: path });
        return escaped(node.alt ?? '');
      }
      case 'link':
      case 'linkReference': {
        const url = node.type === 'link' ? node.url : (definitions.get(node.identifier) ?? 'https:');
        if (/^[a-z][a-z\d+.-]*:/i.test(url)) return source;
        elsewhere.tell('out_link', { words: wordsOf(node), address: url });
        return node.children.map(written).join('');
      }
      case 'definition':
        // What nothing refers to leads nowhere, and may be words that only look like an address.
        return /^[a-z][a-z\d+.-]*:/i.test(node.url) || !referred.has(node.identifier) ? source : '';
      default:
        return 'children' in node ? around(node, node.children) : source;
    }
  }

  /** What stands between the children is kept as it is. */
  function around(node: Nodes, children: Nodes[]): string {
    let at = node.position?.start.offset ?? 0;
    let result = '';
    for (const child of children) {
      const { start, end } = child.position ?? { start: { offset: at }, end: { offset: at } };
      result += text.slice(at, start.offset) + written(child);
      at = end.offset ?? at;
    }
    return result + text.slice(at, node.type === 'root' ? undefined : node.position?.end.offset);
  }

  function sourceOf({ position }: Nodes): string {
    return text.slice(position?.start.offset, position?.end.offset);
  }
}

function referencesIn(node: Nodes): string[] {
  const own = node.type === 'linkReference' || node.type === 'imageReference' ? [node.identifier] : [];
  return 'children' in node ? [...own, ...node.children.flatMap(referencesIn)] : own;
}

function isDefinition(node: Nodes): node is Definition {
  return node.type === 'definition';
}

function escaped(words: string): string {
  return words.replace(/[\\`*_[\]<&]/g, '\\$&');
}
