import { type Format, formats, type Language, translators } from '../platform/i18n.ts';
import { type Cell, cellText } from '../platform/tables.ts';
import type { Column, Title } from './columns.ts';

/** A table as a page draws it. */
export interface ShownTable {
  columns: { title: Title; isNumber: boolean; isDay: boolean; isTotal: boolean }[];
  rows: { cells: { text: string; href: string | null }[]; isApart: boolean }[];
}

/** The same cells that go into files, as words with what they open. */
export function shownTable<Row>(
  columns: Column<Row>[],
  rows: Row[],
  language: Language,
  isApart: (row: Row) => boolean = () => false,
): ShownTable {
  const format = formats[language];
  const cells = rows.map((row) => columns.map((column) => shownCell(column, row, format)));
  return {
    columns: columns.map((column) => ({
      title: titleOf(column, language),
      isTotal: column.isTotal ?? false,
      isNumber: rows.some((row) => typeof column.cell(row) === 'number'),
      isDay: rows.some((row) => column.cell(row) instanceof Date),
    })),
    rows: rows.map((row, index) => ({ cells: cells[index] ?? [], isApart: isApart(row) })),
  };
}

export function headerOf<Row>(columns: Column<Row>[], language: Language): string[] {
  return columns.map((column) => titleOf(column, language).text);
}

function titleOf<Row>({ key, title }: Column<Row>, language: Language): Title {
  return title ?? { text: translators[language](`results.column_${key}`), language };
}

export function cellsOf<Row>(columns: Column<Row>[], row: Row): Cell[] {
  return columns.map((column) => column.cell(row));
}

function shownCell<Row>({ cell, href }: Column<Row>, row: Row, format: Format) {
  const value = cell(row);
  return { text: cellText(value, format), href: value === null || href === undefined ? null : href(row) };
}
