import Type, { type TSchema } from 'typebox';
import Schema from 'typebox/schema';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { TextFault } from './fault.ts';

export type Path = (string | number)[];

export interface YamlReading {
  /** null when the text is not YAML of plain values */
  value: unknown;
  lineOf(path: Path): number;
  faults: TextFault[];
}

const codes: Record<string, string> = { DUPLICATE_KEY: 'yaml_same_key', TAB_AS_INDENT: 'yaml_tab' };

/** One broken line makes others look broken. */
const mostFaults = 10;
/** In characters. The longest course needs a tenth; broken YAML takes long to read. */
const longest = 100_000;

/** @param firstLine of the text in its file */
export function readYaml(text: string, firstLine: number): YamlReading {
  if (text.length > longest) {
    const fault = { line: firstLine, code: 'yaml_too_long', values: { most: longest / 1000 } };
    return { value: null, lineOf: () => firstLine, faults: [fault] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line + firstLine - 1;
  const faults = [...document.errors, ...document.warnings].slice(0, mostFaults).map(
    ({ code, pos: [at] }): TextFault => ({
      line: lineAt(beginning(document, at)),
      code: codes[code] ?? 'yaml',
      values: {},
    }),
  );
  // One thing said in two places: no setting needs it, and it is how a small file becomes a huge value.
  visit(document, {
    Alias: (_, { range }) => void faults.push({ line: lineAt(range?.[0] ?? 0), code: 'yaml', values: {} }),
  });
  const value: unknown = faults.length === 0 ? document.toJS() : null;
  return { value, lineOf: (path) => lineAt(offsetOf(document, path)), faults };
}

/** A missing quotation mark is missed at the end of the file: what matters is where the text began. */
function beginning(document: Document.Parsed, at: number): number {
  let start = at;
  visit(document, {
    Scalar(_, { range, type }) {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuoted && range && range[0] < at && at <= range[2]) start = range[0];
    },
  });
  return start;
}

/** Where the key, or the element of a list, begins. What is not there is told where it would stand. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    let place: unknown = null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      [place, node] = [pair?.key, pair?.value];
    } else {
      node = place = isSeq(node) ? node.items[Number(step)] : null;
    }
    if (isNode(place)) offset = place.range?.[0] ?? offset;
  }
  return offset;
}

/**
 * Tells each place where a value does not fit. The sentence of a fault `setting_<key>` says what that key should be; a
 * missing or unknown key is told where its neighbours stand.
 */
export function schemaFaults(schema: TSchema, value: unknown, reading: YamlReading, path: Path = []): TextFault[] {
  const tell = (code: string, values: TextFault['values'] = {}, at = path) => [
    { line: reading.lineOf(at), code, values },
  ];
  if (Type.IsObject(schema) && isRecord(value)) {
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(schema.properties, key));
    return [
      ...unknown.flatMap((key) => tell('key_unknown', { key }, [...path, key])),
      ...Object.entries(schema.properties).flatMap(([key, property]) => {
        if (Object.hasOwn(value, key)) return schemaFaults(property, value[key], reading, [...path, key]);
        return Type.IsOptional(property) ? [] : tell('key_missing', { key });
      }),
    ];
  }
  const elements =
    Type.IsArray(schema) && Array.isArray(value)
      ? value.flatMap((element, index) => schemaFaults(schema.items, element, reading, [...path, index]))
      : [];
  if (elements.length > 0 || Schema.Check(schema, value)) return elements;
  const key = path.findLast((step) => typeof step === 'string');
  return key === undefined ? tell('yaml_no_keys') : tell(`setting_${key}`, { value: shown(value) });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listIn(value: unknown, key: string): unknown[] {
  const list = isRecord(value) ? value[key] : null;
  return Array.isArray(list) ? list : [];
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
