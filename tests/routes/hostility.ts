import fc from 'fast-check';
import { controlsOf, type Fields, formFields, type HTMLElement } from '../support/html.ts';

/** What nobody means well by, and what phones send by mistake. */
const strings = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '-1', '0', '1e309', 'NaN', '9'.repeat(400), '2147483648', '9223372036854775808', '0x10', '１２３'],
    ...['<script>alert(1)</script>"\'><img src=x onerror=alert(1)>', '{{7*7}}<%= 7*7 %>', '&lt;script&gt;'],
    ...["' or 1=1; drop table persons; --", '\\', "E'\\\\'", '%00', '$1', '{"$gt":""}', '{1,2}', '*', '%', '_'],
    ...['\u0000', 'a\u0000b', '\u202e\u200b\ufeff', '\ud83d', 'e\u0302\u0301'.repeat(300), 'ế'.repeat(3000)],
    ...['//evil.example', 'javascript:alert(1)', '\r\nSet-Cookie: a=b', '../../etc/passwd', '..%2f..%2f', 'file:///'],
    ...['__proto__', 'constructor', 'toString', '[]', '{}', 'null', 'undefined', 'true', 'yes', '😀'],
    ...['00000000-0000-0000-0000-000000000000', '2026-02-30', '9999-12-31', '0000-00-00', '+010000-01-01', '24:61'],
    'x'.repeat(20_000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);

/** What is done to one field of a form that is right otherwise. */
export interface Mutation {
  deed: 'replace' | 'drop' | 'twice' | 'rename' | 'add';
  /** Of the field, modulo how many there are. */
  at: number;
  text: string;
}

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    deed: fc.constantFrom('replace', 'replace', 'replace', 'drop', 'twice', 'rename', 'add'),
    at: fc.nat(50),
    text: strings,
  }),
  { minLength: 1, maxLength: 3 },
);

const deeds: Record<Mutation['deed'], (sent: Fields, index: number, text: string) => Fields> = {
  replace: (sent, index, text) => sent.map(([name, value], place) => [name, place === index ? text : value]),
  drop: (sent, index) => sent.filter((_, place) => place !== index),
  twice: (sent, index, text) => [
    ...sent,
    ...sent.slice(index, index + 1).map(([name]): [string, string] => [name, text]),
  ],
  rename: (sent, index, text) => sent.map(([name, value], place) => [place === index ? name + text : name, value]),
  add: (sent, _, text) => [...sent, [text, text]],
};

export function mutated(fields: Fields, changes: Mutation[]): Fields {
  return changes.reduce((sent, { deed, at, text }) => deeds[deed](sent, at % Math.max(sent.length, 1), text), fields);
}

/** A form of a page as somebody would fill it in who means well: a hostile field among empty ones would meet the first check only. */
export function filled(form: HTMLElement): Fields {
  const kinds = new Map(
    controlsOf(form, 'input, select, textarea').map((control) => [control.getAttribute('name') ?? '', kindOf(control)]),
  );
  const typed = formFields(form).map(([name, value]): [string, string] => [name, value || meant(kinds.get(name))]);
  const unticked = controlsOf(form, 'input[type=radio], input[type=checkbox]')
    .filter((box) => !typed.some(([name]) => name === box.getAttribute('name')))
    .map((box): [string, string] => [box.getAttribute('name') ?? '', box.getAttribute('value') ?? 'on']);
  const button = controlsOf(form, 'button')[0];
  const pressed: Fields = button ? [[button.getAttribute('name') ?? '', button.getAttribute('value') ?? '']] : [];
  return [...typed, ...new Map(unticked), ...pressed];
}

function kindOf(control: HTMLElement): string {
  return control.getAttribute('inputmode') ?? control.getAttribute('type') ?? 'text';
}

function meant(kind = 'text'): string {
  const values: Record<string, string> = {
    date: '2026-12-01',
    time: '19:30',
    'datetime-local': '2026-12-01T19:30',
    email: 'lan@example.com',
    tel: '0912345678',
    number: '3',
    numeric: '3',
    url: 'https://example.com/',
    password: 'thuyền giấy qua sông',
  };
  return values[kind] ?? 'Nguyễn Thị Lan';
}

/** What of a request is wrong beside its fields. */
export const envelopes = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({ cookie: strings.map((text) => `session=${encodeURIComponent(text.toWellFormed())}`) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { 'content-type': 'application/json' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'multipart/form-data' },
      { 'content-type': 'application/x-www-form-urlencoded; charset=utf-7' },
      { 'content-type': '\u00ff' },
      { 'hx-request': 'true', 'hx-target': '<script>' },
      { 'accept-language': `${'x-'.repeat(2000)}` },
      { 'accept-encoding': '*;q=0, identity;q=x' },
      { 'if-none-match': '"'.repeat(3000) },
      { range: 'bytes=-1--1' },
      { host: 'evil.example' },
      { 'x-forwarded-for': "'; --" },
      { 'content-length': '-5' },
    ),
  },
);

/** A part of an address in place of the right one. */
export const parts = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: strings });

export function wellFormed(fields: Fields): Fields {
  return fields.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]);
}

/** @param at which part of the address, modulo how many there are */
export function withPart(address: string, part: string | null, at: number): string {
  if (part === null) return address;
  const [path = '', query] = address.split('?');
  const steps = path.split('/');
  const index = 1 + (at % Math.max(1, steps.length - 1));
  const hostile = encodeURIComponent(part.toWellFormed()).slice(0, 2000);
  return `${steps.with(Math.min(index, steps.length - 1), hostile).join('/')}${query ? `?${query}` : ''}`;
}
