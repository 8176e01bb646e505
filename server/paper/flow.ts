import { typefaces } from '../platform/typeface.ts';
import { type Block, belowBaseline, type Placed } from './columns.ts';
import { fitText, leading } from './fitting.ts';

/** Where text runs on from page to page. */
export interface Area {
  x: number;
  width: number;
  /** Of the first page, which has a head, and of the others. */
  firstTop: number;
  top: number;
  bottom: number;
}

/** Sets groups of blocks under each other on as many pages as they need; a group is kept together. */
export function placeFlow(groups: Block[][], area: Area): Placed[][] {
  let page: Placed[] = [];
  const pages = [page];
  let y = area.firstTop;
  for (const group of groups) {
    const fitted = group.map((block) => ({
      block,
      ...fitText(block.line.text, typefaceOf(block), boxOf(block, area)),
    }));
    const height = fitted.reduce(
      (sum, { block, lines, size }) => sum + block.style.gap + lines.length * size * leading,
      0,
    );
    if (y + height > area.bottom && page.length > 0) {
      page = [];
      pages.push(page);
      y = area.top;
    }
    for (const { block, lines, size } of fitted) {
      y += block.style.gap;
      const placed = lines.map((text) => {
        y += size * leading;
        return { text, x: area.x, baseline: y - size * belowBaseline };
      });
      page.push({ block, size, lines: placed });
    }
  }
  return pages;
}

function typefaceOf({ style }: Block) {
  return typefaces[style.weight];
}

function boxOf({ style }: Block, { width }: Area) {
  return { ...style, width };
}
