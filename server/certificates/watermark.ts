import { fitText } from '../paper/fitting.ts';
import { typefaces } from '../platform/typeface.ts';
import type { Paper } from './paper.ts';

/** Light enough to read what is written over it, dark enough for a black and white printer. */
const watermarkColours = { example: '#efe6cf', trial: '#efe6cf', expired: '#efe6cf', revoked: '#f6d5d1' } as const;

/** The word across a paper that is not valid, to be drawn under all else around the origin, turned by `angle` degrees. */
export function watermark({ mark, kind }: NonNullable<Paper['warning']>, width: number) {
  const { size } = fitText(mark, typefaces.semibold, { width, height: width, size: width / 8, wrapBelow: 1, least: 1 });
  const x = -typefaces.semibold.widthOf(mark, size) / 2;
  return { text: mark, size, x, baseline: size * 0.36, colour: watermarkColours[kind], angle: -26 };
}
