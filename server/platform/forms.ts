import Type, { type Static, type TObject, type TSchema } from 'typebox';
import Schema from 'typebox/schema';
import { cleanLine, cleanText } from './text.ts';

/**
 * One schema gives the check and the type. A property may carry, beside its type:
 * `message`: the key of the sentence told when it does not fit; `multiline`: line breaks are kept;
 * `secret`: taken as typed, never shown again; `cleanWith`: a last change to the text (a phone number's spaces).
 */
type FieldOptions = {
  message?: string;
  multiline?: boolean;
  secret?: boolean;
  cleanWith?: (text: string) => string;
};

export const field = {
  text: (options: FieldOptions & { minLength?: number; maxLength?: number; pattern?: string } = {}) =>
    Type.String({ minLength: 1, maxLength: 200, ...options }),
  secret: (options: FieldOptions & { minLength?: number; maxLength?: number } = {}) =>
    Type.String({ minLength: 1, maxLength: 200, secret: true, ...options }),
  integer: (options: FieldOptions & { minimum: number; maximum: number }) => Type.Integer(options),
  choice: <const T extends string>(values: readonly T[], options: FieldOptions = {}) =>
    Type.Unsafe<T>(Type.String({ enum: [...values], ...options })),
  ticked: (options: FieldOptions = {}) => Type.Boolean(options),
  list: (options: FieldOptions & { maxItems?: number } = {}) =>
    Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100, ...options }),
  optional: Type.Optional,
};

export type Errors = Record<string, string>;

/** What was typed, by field, to show again: without secrets. */
export type Values<T> = { [name in keyof T]-?: string };

export type Form<T> =
  | { ok: true; data: T; values: Values<T>; errors: Errors }
  | { ok: false; data: null; values: Values<T>; errors: Errors };

/**
 * Reads form fields (or a query) by a schema of flat fields.
 * @returns `errors`: message key by field
 */
export function readForm<T extends TObject>(schema: T, body: unknown): Form<Static<T>> {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const data: Record<string, unknown> = {};
  const values = {} as Record<string, string>;
  for (const [name, property] of Object.entries(schema.properties)) {
    const options = property as TSchema & FieldOptions & { type?: string };
    const typed = fields[name];
    const text = firstText(typed, options);
    if (!options.secret) values[name] = text;
    const value = convert(options.type, text, typed);
    if (value !== undefined) data[name] = value;
  }
  const [, found] = Schema.Errors(schema, data);
  const wrong = new Set(found.flatMap(errorFields));
  const errors: Errors = {};
  // In the order of the form, as they are read.
  for (const [name, property] of Object.entries(schema.properties)) {
    if (wrong.has(name)) errors[name] = (property as TSchema & FieldOptions).message ?? 'shared.error_field';
  }
  return Object.keys(errors).length === 0
    ? { ok: true, data: data as Static<T>, values: values as Values<Static<T>>, errors }
    : { ok: false, data: null, values: values as Values<Static<T>>, errors };
}

/** The same form with what a rule found beyond the schema. */
export function withErrors<T>(form: Form<T>, errors: Errors): Form<T> {
  return { ok: false, data: null, values: form.values, errors: { ...form.errors, ...errors } };
}

/** An empty form, or one filled with what is on record. */
export function blankForm<T extends TObject>(schema: T, values: Partial<Values<Static<T>>> = {}): Form<Static<T>> {
  const blank = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, '']));
  return { ok: false, data: null, values: { ...blank, ...values } as Values<Static<T>>, errors: {} };
}

/** A field sent twice counts once, the first time. */
function firstText(typed: unknown, options: FieldOptions): string {
  const first: unknown = Array.isArray(typed) ? typed[0] : typed;
  if (typeof first !== 'string') return '';
  if (options.secret) return first.normalize('NFC');
  const clean = options.multiline ? cleanText(first) : cleanLine(first);
  return options.cleanWith ? options.cleanWith(clean) : clean;
}

function convert(type: string | undefined, text: string, typed: unknown): unknown {
  switch (type) {
    case 'boolean':
      return text === 'yes';
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text === '' ? undefined : text;
    case 'array':
      return [typed].flat().filter((item) => typeof item === 'string');
    default:
      return text === '' ? undefined : text;
  }
}

function errorFields(error: { keyword: string; instancePath: string; params: object }): string[] {
  if (error.keyword === 'required' && 'requiredProperties' in error.params) {
    return error.params.requiredProperties as string[];
  }
  return [error.instancePath.split('/')[1] ?? ''];
}

export type SentField = [name: string, value: string];

/** All that a form has sent, name by name, as it came; null for a body that is none. */
export function sentFields(body: unknown): SentField[] | null {
  if (body instanceof URLSearchParams) return [...body];
  if (typeof body !== 'object' || body === null) return null;
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((one: unknown): [string, unknown] => [name, one]),
  );
  return fields.every((one): one is SentField => typeof one[1] === 'string') ? fields : null;
}

/** A page number out of a query: whatever else is typed means the first page. */
export function pageNumber(value: unknown): number {
  const number = Number(Array.isArray(value) ? value[0] : value);
  return Number.isInteger(number) && number >= 1 && number <= 100_000 ? number : 1;
}

/** A text out of a query: one clean line, and not so long that a search for it costs anything. */
export function queryText(query: unknown, name: string): string {
  const value = (query as Record<string, unknown> | null | undefined)?.[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? cleanLine(first.slice(0, 200)).slice(0, 100) : '';
}
