import type { CsvRow } from '../platform/csv.ts';
import { type PlaceKind, placeName, readKind } from './typed-place.ts';

export interface PlaceFault {
  line: number;
  /** Ends the key of the sentence: `places.fault_<code>` */
  code: string;
  values: Record<string, string | number>;
}

/** What a row of a file says. */
export interface PlaceRow {
  line: number;
  code: string;
  name: string;
  kind: PlaceKind;
  parent_code: string | null;
  former_names: string[];
  /** Codes that this place has taken in. */
  merged: string[];
  /** ISO 8601; null: not said. */
  valid_from: string | null;
}

const columns = {
  code: ['code', 'ma', 'ma_so', 'ma_xa', 'ma_px', 'ma_phuong_xa', 'ma_don_vi'],
  name: ['name', 'name_vi', 'ten', 'ten_don_vi', 'ten_xa'],
  kind: ['kind', 'type', 'cap', 'loai'],
  parent: ['parent', 'parent_code', 'province_code', 'ma_tinh', 'ma_tp', 'ma_tp_tinh', 'ma_tinh_tp', 'ma_cap_tren'],
  former: ['former_names', 'merged_from', 'ten_cu', 'truoc_day'],
  merged: ['merged_codes', 'ma_cu'],
  from: ['valid_from', 'tu_ngay', 'ngay_hieu_luc', 'hieu_luc'],
};
type Column = keyof typeof columns;

/** The columns that a file must have and has not, by their first name. */
export function missingColumns(header: string[]): string[] {
  const found = columnPlaces(header);
  return (['code', 'name'] as const).filter((column) => found[column] === -1).map((column) => columns[column][0] ?? '');
}

export function readPlaceRows(header: string[], rows: CsvRow[]): { rows: PlaceRow[]; faults: PlaceFault[] } {
  const places = columnPlaces(header);
  const read: PlaceRow[] = [];
  const faults: PlaceFault[] = [];
  for (const { line, cells } of rows) {
    const result = readRow(line, (column) => cells[places[column]] ?? '');
    if ('fault' in result) faults.push(result.fault);
    else read.push(result.row);
  }
  return { rows: read, faults };
}

function readRow(line: number, cell: (column: Column) => string): { row: PlaceRow } | { fault: PlaceFault } {
  const fault = (code: string, values: PlaceFault['values'] = {}) => ({ fault: { line, code, values } });
  const written = cell('name');
  const words = written.slice(0, written.length - placeName(written).length);
  const kind = readKind(cell('kind') || words);
  if (written === '') return fault('name');
  if (written.length > 200) return fault('name_long');
  if (kind === null) return fault('kind', { text: cell('kind') || written });
  const code = readCode(cell('code'), kind);
  if (code === null) return fault('code', { text: cell('code') });
  const from = readDate(cell('from'));
  if (from === 'fault') return fault('date', { text: cell('from') });
  const parent = cell('parent');
  const parentCode = parent === '' ? null : readCode(parent, 'province');
  if (parent !== '' && parentCode === null) return fault('parent', { text: parent });
  const merged = listOf(cell('merged'));
  const wrong = merged.find((one) => readCode(one, kind) === null);
  if (wrong !== undefined) return fault('code', { text: wrong });
  return {
    row: {
      line,
      code,
      name: placeName(written),
      kind,
      parent_code: parentCode,
      former_names: listOf(cell('former'))
        .map(placeName)
        .filter((name) => name !== placeName(written) && name.length <= 200),
      merged: merged.map((one) => readCode(one, kind) ?? one).filter((one) => one !== code),
      valid_from: from,
    },
  };
}

const codeLengths: Record<PlaceKind, number> = {
  province: 2,
  city: 2,
  district: 3,
  commune: 5,
  ward: 5,
  special_zone: 5,
};

/** Spreadsheets drop leading zeros; how many digits there must be, the kind tells. */
function readCode(text: string, kind: PlaceKind): string | null {
  const digits = text.replace(/\s|^'/g, '');
  return /^\d{1,10}$/.test(digits) ? digits.padStart(codeLengths[kind], '0') : null;
}

/** 2025-07-01, or 1/7/2025 as people write it here. */
function readDate(text: string): string | null | 'fault' {
  if (text === '') return null;
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const [, d, m, y] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
  const iso = [year ?? y, (month ?? m)?.padStart(2, '0'), (day ?? d)?.padStart(2, '0')].join('-');
  const isDate = !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString().startsWith(iso);
  return isDate ? iso : 'fault';
}

function listOf(text: string): string[] {
  return text
    .split(/[;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** -1 for a column that the file has not. */
function columnPlaces(header: string[]): Record<Column, number> {
  const names = header.map(plainName);
  const placeOf = (column: Column) => names.findIndex((name) => columns[column].includes(name));
  return {
    code: placeOf('code'),
    name: placeOf('name'),
    kind: placeOf('kind'),
    parent: placeOf('parent'),
    former: placeOf('former'),
    merged: placeOf('merged'),
    from: placeOf('from'),
  };
}

/** "Mã TP/Tỉnh" is ma_tp_tinh. */
function plainName(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
