import fc from 'fast-check';
import t from 'tap';
import Type from 'typebox';
import { blankForm, field, pageNumber, readForm, withErrors } from '../../server/platform/forms.ts';

const Form = Type.Object({
  name: field.text({ maxLength: 20, message: 'test.error_name' }),
  about: field.optional(field.text({ multiline: true })),
  secret: field.secret({ minLength: 6 }),
  year: field.integer({ minimum: 1900, maximum: 2100 }),
  level: field.choice(['basic', 'advanced']),
  consent: field.ticked(),
  topics: field.list({ maxItems: 3 }),
  phone: field.optional(field.text({ cleanWith: (text) => text.replaceAll(' ', ''), pattern: '^\\d+$' })),
});

const sound = { name: 'Lan', secret: 'thuyền giấy', year: '2005', level: 'basic', consent: 'yes', topics: ['a', 'b'] };

t.test('What is typed becomes data by the schema', async (t) => {
  const form = readForm(Form, { ...sound, about: ' một\r\nhai ', phone: '09 12 34' });
  t.strictSame(form.data, {
    name: 'Lan',
    about: 'một\nhai',
    secret: 'thuyền giấy',
    year: 2005,
    level: 'basic',
    consent: true,
    topics: ['a', 'b'],
    phone: '091234',
  });
  t.strictSame([form.ok, form.errors], [true, {}]);
});

t.test('What does not fit is told by field, and what was typed is kept', async (t) => {
  const form = readForm(Form, { name: 'x'.repeat(21), secret: 'abc', year: 'năm', level: 'x', phone: '1a' });
  t.strictSame(form.ok, false);
  t.strictSame(form.errors, {
    name: 'test.error_name',
    secret: 'shared.error_field',
    year: 'shared.error_field',
    level: 'shared.error_field',
    phone: 'shared.error_field',
  });
  t.match(form.values, { name: 'x'.repeat(21), year: 'năm', level: 'x', phone: '1a' });
});

t.test('A secret is taken as typed and never shown again', async (t) => {
  const form = readForm(Form, { ...sound, secret: '  hai  dấu cách ' });
  t.equal(form.data?.secret, '  hai  dấu cách ');
  t.notOk('secret' in form.values);
  t.notOk('secret' in readForm(Form, { secret: 'x' }).values);
  t.equal(
    readForm(Form, { ...sound, secret: 'ho\u0300a bi\u0300nh' }).data?.secret,
    'hòa bình',
    'however it was composed',
  );
});

t.test('An empty field that may be left out is left out, one that may not is told', async (t) => {
  t.notOk('about' in (readForm(Form, { ...sound, about: '' }).data ?? { about: 1 }));
  t.strictSame(Object.keys(readForm(Form, { ...sound, name: ' \t ' }).errors), ['name']);
  t.strictSame(Object.keys(readForm(Form, {}).errors), ['name', 'secret', 'year', 'level']);
  t.equal(readForm(Form, { ...sound, consent: undefined }).data?.consent, false);
});

t.test('A field sent twice counts once, the first time; a list counts all', async (t) => {
  const form = readForm(Form, { ...sound, name: ['Lan', 'Minh'], year: ['2005', 'x'], topics: 'one' });
  t.match(form, { ok: true, values: { name: 'Lan' }, data: { name: 'Lan', year: 2005, topics: ['one'] } });
  t.match(readForm(Form, { ...sound, topics: ['1', '2', '3', '4'] }).errors, { topics: 'shared.error_field' });
});

t.test('Fields that no schema names fall away', async (t) => {
  const form = readForm(Form, { ...sound, role: 'owner', __proto__: { roles: ['owner'] }, constructor: 'x' });
  t.equal(form.ok, true);
  t.notOk('role' in (form.data ?? {}) || 'role' in form.values);
});

t.test('What is no text is as if it were not there', async (t) => {
  for (const odd of [{ a: 1 }, [{ a: 1 }], [['x']], 7, true, null]) {
    const form = readForm(Form, { ...sound, name: odd });
    t.strictSame([form.ok, form.values.name, Object.keys(form.errors)], [false, '', ['name']], JSON.stringify(odd));
  }
  for (const body of [undefined, null, '', 'text', 7, [], ['x']]) t.equal(readForm(Form, body).ok, false);
});

t.test('A whole number is digits, and of a size that a number holds', async (t) => {
  for (const year of ['2005.0', '2e3', '0x7d5', '1 9 9 9', '٢٠٠٥', '9'.repeat(400), '-0.0', 'Infinity']) {
    t.equal(readForm(Form, { ...sound, year }).ok, false, year.slice(0, 10));
  }
  t.equal(readForm(Form, { ...sound, year: ' 2005 ' }).data?.year, 2005);
});

t.test('Ten thousand characters are told like one too many', async (t) => {
  for (const name of ['a'.repeat(10_000), 'ế'.repeat(10_000), '👩‍🏫'.repeat(2_000), '\u0301'.repeat(10_000)]) {
    const form = readForm(Form, { ...sound, name });
    t.strictSame(form.errors, { name: 'test.error_name' });
    t.equal(form.values.name, name.normalize('NFC'));
  }
});

t.test('Nobody’s name hides a turn of direction, an invisible letter or half a character', async (t) => {
  const names: [typed: string, name: string][] = [
    ['Lan\u202Egnod', 'Langnod'],
    ['\u2066Lan\u2069', 'Lan'],
    ['L\u200Ban', 'Lan'],
    ['\uFEFFLan\u00AD', 'Lan'],
    ['Lan\u0000Anh', 'LanAnh'],
    ['Lan\u2028Anh', 'Lan Anh'],
    ['Lan\u00A0\u3000 Anh', 'Lan Anh'],
    ['Lan\uD83D', 'Lan\uFFFD'],
    ['<b>Lan</b>', '<b>Lan</b>'],
  ];
  t.strictSame(
    names.map(([name]) => readForm(Form, { ...sound, name }).data?.name),
    names.map(([, name]) => name),
  );
});

t.test('Law: reading a form never throws, and reading what it shows again gives the same', async () => {
  const anything = fc.dictionary(
    fc.oneof(fc.constantFrom(...Object.keys(Form.properties)), fc.string()),
    fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.anything()),
  );
  fc.assert(
    fc.property(anything, (body) => {
      const { values } = readForm(Form, body);
      const again = readForm(Form, values).values;
      if (JSON.stringify(again) !== JSON.stringify(values)) throw new Error(JSON.stringify([values, again]));
    }),
  );
});

t.test('A blank form has every field, and a rule adds its sentences to what the schema found', async (t) => {
  const blank = blankForm(Form, { name: 'Lan' });
  t.match(blank, { ok: false, data: null, errors: {}, values: { name: 'Lan', about: '', secret: '' } });
  const judged = withErrors(readForm(Form, sound), { year: 'test.error_year' });
  t.match(judged, { ok: false, data: null, errors: { year: 'test.error_year' }, values: { year: '2005' } });
});

t.test('A page number is a whole one from 1; whatever else is typed is the first page', async (t) => {
  for (const [typed, page] of [
    ['2', 2],
    ['100000', 100_000],
    [['3', '4'], 3],
  ] as const) {
    t.equal(pageNumber(typed), page);
  }
  const odd = [
    '-1',
    '0',
    '1.5',
    '100001',
    '9e99',
    'hai',
    '',
    ' ',
    undefined,
    null,
    {},
    [],
    ['x'],
    'NaN',
    'Infinity',
    '\0',
  ];
  for (const typed of odd) t.equal(pageNumber(typed), 1, JSON.stringify(typed));
});
