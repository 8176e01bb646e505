import { later } from './later.ts';

const qrcode = later<typeof import('qrcode')>('qrcode');

/** The white margin that scanners need around a QR code, in modules. */
export const quietZone = 4;

export interface QrCode {
  /** Modules a side, without the quiet zone. */
  modules: number;
  /** The dark modules as an SVG path, one unit a module. */
  path: string;
}

/** @param errorCorrectionLevel M: a code on paper still reads with 15 % of it folded or stained; L: 7 % */
export function qrCode(text: string, errorCorrectionLevel: 'L' | 'M' = 'M'): QrCode {
  const { modules } = qrcode().create(text, { errorCorrectionLevel });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    // Neighbours in one run: between single squares printers and screens leave hairlines.
    for (let column = 0; column < modules.size; column += 1) {
      const start = column;
      while (column < modules.size && modules.get(row, column)) column += 1;
      if (column > start) path += `M${start} ${row}h${column - start}v1h${start - column}z`;
    }
  }
  return { modules: modules.size, path };
}
