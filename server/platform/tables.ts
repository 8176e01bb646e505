import type { FastifyReply } from 'fastify';
import { writeCsv } from './csv.ts';
import { dayOf } from './day.ts';
import { queryText } from './forms.ts';
import { type Format, formats } from './i18n.ts';

/** A moment stands for its day; null is a cell with nothing in it. */
export type Cell = string | number | Date | null;

/** What stands on a page, to take along: its cells, with the words of its header. */
export interface Table {
  /** Of the file, without its ending; ASCII. */
  name: string;
  /** Of the sheet, up to 31 characters. */
  title: string;
  header: string[];
  rows: Cell[][];
}

/** As a page says it. */
export function cellText(cell: Cell, format: Format): string {
  if (typeof cell === 'number') return format.number(cell);
  return cell instanceof Date ? format.date(cell) : (cell ?? '');
}

/** With `?separator=semicolon`, which Excel opens where the comma stands in numbers, as in Vietnam; else with commas. */
export function sendCsv(reply: FastifyReply, { name, header, rows }: Omit<Table, 'title'>) {
  const { query, language } = reply.request;
  const separator = queryText(query, 'separator') === 'semicolon' ? ';' : ',';
  // Numbers go without the points of thousands: 1.234 would be read as a little more than one.
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell : cellText(cell, formats[language]))),
  );
  return asFile(reply, `${name}.csv`, 'text/csv; charset=utf-8').send(writeCsv([header, ...cells], separator));
}

/** Text is text there, whatever it begins with: only cells of the type 'Formula' are run, and we write none. */
export async function sendSheet(reply: FastifyReply, { name, title, header, rows }: Table) {
  const format = formats[reply.request.language];
  const data = rows.map((row) =>
    row.map((cell) => {
      // A sheet knows no zones: the day as it is there, at midnight of Greenwich.
      if (cell instanceof Date) return { value: new Date(dayOf(cell)), format: 'dd/mm/yyyy' };
      return typeof cell === 'string' ? { value: cell, type: String } : cell;
    }),
  );
  const columns = header.map((words, index) => ({
    width: Math.min(
      40,
      Math.max(10, ...[words, ...rows.map((row) => cellText(row[index] ?? null, format))].map(lengthOf)),
    ),
  }));
  const head = header.map((value) => ({ value, type: String, fontWeight: 'bold' as const, wrap: true }));
  const { default: writeSheet } = await import('write-excel-file/node');
  const bytes = await writeSheet([head, ...data], {
    sheet: title,
    columns,
    stickyRowsCount: 1,
    orientation: 'landscape',
  }).toBuffer();
  return asFile(reply, `${name}.xlsx`, sheetType).send(bytes);
}

const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function lengthOf(text: string): number {
  return text.length + 2;
}

function asFile(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-cache');
}
