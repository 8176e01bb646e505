import { later } from './later.ts';
import { cleanLine } from './text.ts';

const csv = later<typeof import('csv-parse/sync')>('csv-parse/sync');

export interface CsvRow {
  /** In the file, from 1: where an editor finds it. */
  line: number;
  cells: string[];
}

export type CsvReading =
  | { header: string[]; rows: CsvRow[] }
  /** `encoding`: no Unicode text; `quotes`: an opening quotation mark that nothing closes; `empty`; `rows`: too many. */
  | { fault: 'encoding' | 'quotes' | 'empty' | 'rows'; line: number };

/**
 * A table as spreadsheets save it: UTF-8, or the UTF-16 that Excel calls Unicode text; commas, semicolons or tabs, whichever the
 * header has most of. Rows without any text are left out, cells are single clean lines.
 */
export function readCsv(bytes: Uint8Array, mostRows: number): CsvReading {
  const text = decoded(bytes);
  if (text === null) return { fault: 'encoding', line: 1 };
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = csv().parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      // One more than may come, to know that there are too many.
      to: mostRows + 2,
    }) as unknown as typeof records;
  } catch (error) {
    return { fault: 'quotes', line: lineOf(error) };
  }
  const rows = records
    // A record tells the line that it ends on.
    .map(({ record, info }) => ({
      line: info.lines - record.join('').split('\n').length + 1,
      cells: record.map(cleanLine),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [header, ...rest] = rows;
  if (header === undefined) return { fault: 'empty', line: 1 };
  return rest.length > mostRows ? { fault: 'rows', line: header.line } : { header: header.cells, rows: rest };
}

/** With the mark by which Excel knows UTF-8; what a spreadsheet would run as a formula is text there. */
export function writeCsv(rows: (string | number | null)[][], separator: ',' | ';'): string {
  const lines = rows.map((row) => row.map((cell) => quoted(cell, separator)).join(separator));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function quoted(cell: string | number | null, separator: string): string {
  if (typeof cell === 'number') return String(cell);
  // Also behind a separator of the other kind: that is where a spreadsheet with other settings begins a cell.
  const text = (cell ?? '').replace(/(^|[,;\t]\s*)(?=[=+\-@\t\r])/g, "$1'");
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function decoded(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text.trimStart().replace(/"[^"]*"/g, ''))?.[0] ?? '';
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

function lineOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'lines' in error ? Number(error.lines) : 1;
}
