import type { Nodes, Root, RootContent } from 'mdast';
import { itemAddress, pictureAddress } from './addresses.ts';
import { resolvePath } from './paths.ts';

export interface Places {
  /** the id of the item that a path of the source has become */
  item(path: string): string | null;
  /** the name of the picture that lies there */
  picture(path: string): string | null;
}

/** Puts what has come in the place of addresses inside the source. Others stay as they are. */
export function relink(tree: Root, from: string, places: Places): Root {
  const visit = (nodes: (Nodes | RootContent)[]): void => {
    for (const node of nodes) {
      if (node.type === 'image' || node.type === 'link' || node.type === 'definition') {
        const path = resolvePath(from, node.url);
        const picture = path === null ? null : places.picture(path);
        const item = path === null || node.type === 'image' ? null : places.item(path);
        if (item !== null) node.url = itemAddress(item);
        else if (picture !== null) node.url = pictureAddress(picture);
      }
      if ('children' in node) visit(node.children as RootContent[]);
    }
  };
  visit([tree]);
  return tree;
}
