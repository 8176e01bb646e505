import { type Block, blocks, type Column, type PlacedLine, placeColumn, type Style } from '../paper/columns.ts';
import { colours, firefly } from '../paper/drawing.ts';
import type { Language, Translate } from '../platform/i18n.ts';
import { qrCode, quietZone } from '../platform/qr.ts';
import { typefaces } from '../platform/typeface.ts';
import { holderLines, type Paper, paperOf, type Standing } from './paper.ts';
import type { PrintedCertificate } from './printed.ts';
import { watermark } from './watermark.ts';

/** The size that chats and social networks show uncut, in pixels. */
export const pictureSize = { width: 1200, height: 630 };

const { width, height } = pictureSize;
const centre = width / 2;
const edge = 76;
/** With a signature in it a code has up to 57 modules a side: 3 pixels each. */
const qrSide = 171;
const middle: Column = { align: 'centre', x: centre, width: 1010, top: 106, bottom: 390, anchor: 'top' };
const left: Column = { align: 'left', x: edge, width: 830, top: 490, bottom: 576, anchor: 'bottom' };

/** A PNG to share in a chat. Every letter is an outline: no font of the machine is used, and no name becomes markup. */
export async function drawPicture(...facts: Parameters<typeof drawSvg>): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const svg = sharp(await drawSvg(...facts));
  return new Uint8Array(await svg.png({ palette: true, colours: 16, dither: 0, effort: 10 }).toBuffer());
}

export async function drawSvg(
  printed: PrintedCertificate,
  words: Record<Language, Translate>,
  standing: Standing,
  qrText = printed.verifyUrl,
): Promise<Uint8Array> {
  const paper = paperOf({ ...printed, languages: printed.languages.slice(0, 1) }, words, standing);
  return Buffer.from(svgOf(paper, qrText));
}

/** Holds numbers, colours and outlines only. */
function svgOf(paper: Paper, qrText: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="${width}" height="${height}" fill="${colours.paper}"/>
    ${frameOf(24.5, 2)}
    ${frameOf(36.5, 1)}
    ${watermarkOf(paper)}
    ${fireflyOf()}
    ${columnOf(middleOf(paper), middle)}
    ${columnOf(leftOf(paper), left)}
    ${qrOf(qrText)}
  </svg>`;
}

function middleOf(paper: Paper): Block[] {
  const { language, warning } = paper;
  return [
    ...(warning ? blocks(warning.sentence, { ...styles.warning, colour: colours[warning.kind] }) : []),
    ...blocks([{ language, text: paper.provider.toLocaleUpperCase(language) }], styles.provider),
    ...blocks(paper.title, styles.title),
    ...blocks(holderLines(paper), styles.holder),
    ...blocks(paper.completed, styles.label),
    ...blocks(paper.course.slice(0, 1), styles.course),
  ];
}

function leftOf(paper: Paper): Block[] {
  const { language } = paper;
  const dated = [...paper.issued, ...paper.code].map(({ text }) => text).join(' · ');
  return [...blocks(paper.facts, styles.foot), ...blocks([{ language, text: dated }], styles.foot)];
}

const { ink, soft } = colours;
const styles = {
  warning: { weight: 'semibold', colour: ink, size: 24, wrapBelow: 18, least: 16, height: 50, gap: 4 },
  provider: { weight: 'regular', colour: soft, size: 24, wrapBelow: 18, least: 14, height: 48, gap: 10 },
  title: { weight: 'semibold', colour: ink, size: 42, wrapBelow: 32, least: 24, height: 70, gap: 10 },
  holder: { weight: 'semibold', colour: ink, size: 76, wrapBelow: 46, least: 20, height: 120, gap: 16 },
  label: { weight: 'regular', colour: soft, size: 24, wrapBelow: 20, least: 16, height: 50, gap: 12 },
  course: { weight: 'semibold', colour: ink, size: 42, wrapBelow: 32, least: 18, height: 90, gap: 2 },
  foot: { weight: 'regular', colour: ink, size: 24, wrapBelow: 18, least: 16, height: 50, gap: 2 },
} as const satisfies Record<string, Style>;

function frameOf(inset: number, lineWidth: number): string {
  const box = `x="${inset}" y="${inset}" width="${width - 2 * inset}" height="${height - 2 * inset}"`;
  return `<rect ${box} fill="none" stroke="${colours.frame}" stroke-width="${lineWidth}"/>`;
}

function fireflyOf(): string {
  const shapes = firefly.map(({ path, fill }) => `<path d="${path}" fill="${fill}"/>`);
  return `<g transform="translate(${centre - 30} 46) scale(1.9)">${shapes.join('')}</g>`;
}

function columnOf(contents: Block[], column: Column): string {
  const placed = placeColumn(contents, column);
  return placed.flatMap(({ block, size, lines }) => lines.map((line) => lineOf(block.style, size, line))).join('');
}

function watermarkOf({ warning }: Paper): string {
  if (warning === null) return '';
  const word = watermark(warning, 1080);
  const line = lineOf({ weight: 'semibold', colour: word.colour }, word.size, word);
  return `<g transform="translate(${centre} ${height / 2}) rotate(${word.angle})">${line}</g>`;
}

function lineOf({ weight, colour }: Pick<Style, 'weight' | 'colour'>, size: number, line: PlacedLine): string {
  const { outline, unitsPerEm } = typefaces[weight];
  const scale = size / unitsPerEm;
  const transform = `translate(${line.x} ${line.baseline}) scale(${scale} ${-scale})`;
  return `<path fill="${colour}" transform="${transform}" d="${outline(line.text)}"/>`;
}

function qrOf(text: string): string {
  // A screen has neither folds nor stains: fewer and larger modules instead.
  const { modules, path } = qrCode(text, 'L');
  // Whole pixels, so that the code stays sharp.
  const scale = Math.floor(qrSide / modules);
  const [x, y] = [width - edge - modules * scale, left.bottom - modules * scale];
  const clear = modules + 2 * quietZone;
  return `<g transform="translate(${x} ${y}) scale(${scale})">
    <rect x="${-quietZone}" y="${-quietZone}" width="${clear}" height="${clear}" fill="${colours.paper}"/>
    <path d="${path}" fill="${ink}"/>
  </g>`;
}
