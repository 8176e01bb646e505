import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { numbersIn, saysTheSame } from '../../server/quizzes/typed-answer.ts';
import { filledText } from './generated-questions.ts';

const strict = { accents: 'exact', case: 'exact' } as const;
const kind = { accents: 'ignore', case: 'ignore' } as const;

t.test('however it was typed, the same word is the same', async (t) => {
  for (const [typed, accepted] of [
    ['Đà Nẵng'.normalize('NFD'), 'Đà Nẵng'],
    ['  Đà \u00a0 Nẵng\n', 'Đà Nẵng'],
    ['Grant’s', "Grant's"],
    ['“a”', '"a"'],
    ['a – b', 'a - b'],
    ['a\u200bb', 'ab'],
  ] as const) {
    t.ok(saysTheSame(typed, accepted, strict), typed);
  }
});

t.test('old and new placement of the tone mark are one word, in every mode', async (t) => {
  for (const pair of ['hòa hoà', 'HÓA HOÁ', 'khỏe khoẻ', 'thủy thuỷ', 'túy tuý', 'Hòa-bình Hoà-bình', 'họa hoạ']) {
    const [old = '', recent = ''] = pair.split(' ');
    t.ok(saysTheSame(old, recent, strict), pair);
    t.ok(saysTheSame(recent.normalize('NFD'), old, strict), pair);
  }
  t.notOk(saysTheSame('hòa', 'hóa', strict), 'another tone is another word');
  t.notOk(saysTheSame('hòang', 'hoàng', strict), 'before a consonant there is one placement');
  t.notOk(saysTheSame('mùa', 'muà', strict), 'no other vowels have two placements');
});

t.test('accents and case count where the quiz says so', async (t) => {
  t.ok(saysTheSame('da nang', 'Đà Nẵng', kind));
  t.notOk(saysTheSame('Đà Nẵng', 'Da Nang', strict));
  t.ok(saysTheSame('ĐƯỜNG', 'đường', { accents: 'exact', case: 'ignore' }));
  t.notOk(saysTheSame('dường', 'đường', { accents: 'exact', case: 'ignore' }));
  t.ok(saysTheSame('Dương', 'Đường', { accents: 'ignore', case: 'exact' }));
  t.notOk(saysTheSame('dương', 'Đường', { accents: 'ignore', case: 'exact' }));
});

t.test('the vowels of Khmer are no accents', async (t) => {
  t.ok(saysTheSame('ខ្មែរ', 'ខ្មែរ', kind));
  t.notOk(saysTheSame('ខមរ', 'ខ្មែរ', kind));
});

t.test('a star in the accepted answer stands for anything, a star after a backslash for itself', async (t) => {
  const says = (typed: string, accepted: string) => saysTheSame(typed, accepted, kind);
  t.ok(says('anything', '*'));
  t.ok(says('tường lửa của máy', '*tường lửa*'));
  t.ok(says('tuong lua', '*tường lửa*'));
  t.ok(says('abcabd', 'ab*abd'));
  t.ok(says('hoàng', 'hòa*'));
  t.notOk(says('abd', 'ab*abd'), 'beginning and end do not share letters');
  t.notOk(says('xab', 'ab*'));
  t.notOk(says('acb', '*b*c*'));
  t.ok(says('2*3', '2\\*3'));
  t.notOk(says('2x3', '2\\*3'));
  t.ok(says('a.b', 'a.b'));
  t.notOk(says('axb', 'a.b'), 'nothing else is a pattern');
});

t.test('stars without end are looked through in no time', async (t) => {
  t.notOk(saysTheSame('a'.repeat(500), `${'a*'.repeat(2000)}b`, kind));
});

t.test('every text says the same as itself', async () => {
  const withoutBackslash = filledText.filter((text) => !text.includes('\\'));
  fc.assert(
    fc.property(withoutBackslash, fc.constantFrom(kind, strict), (text, rules) => {
      assert.ok(saysTheSame(text.normalize('NFD'), text.replaceAll('*', '\\*'), rules));
    }),
  );
});

t.test('numbers are read in Vietnamese and in English notation', async (t) => {
  for (const [text, number] of [
    ['3', 3],
    ['-3', -3],
    ['−3', -3],
    ['–3', -3],
    ['+3', 3],
    ['3,14', 3.14],
    ['3.14', 3.14],
    ['1.234,5', 1234.5],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ['1\u00a0234\u00a0567', 1234567],
    ['1\u202f234.5', 1234.5],
    ['1.234.567', 1234567],
    ['1,234,567.89', 1234567.89],
    ['1234,567', 1234.567],
    ['0,125', 0.125],
    ['0.125', 0.125],
    [',5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1,5E-3', 0.0015],
    ['50%', 50],
    ['12,5 %', 12.5],
    ['007', 7],
  ] as const) {
    t.same(numbersIn(text), [number], text);
  }
});

t.test('a number that has two meanings has both', async (t) => {
  t.same(numbersIn('1.234'), [1234, 1.234]);
  t.same(numbersIn('1,234'), [1.234, 1234]);
  t.same(numbersIn('-12.345'), [-12345, -12.345]);
});

t.test('what is no number is none', async (t) => {
  for (const text of [
    '',
    'x',
    '1x',
    '1,2,3',
    '1.23.456',
    '1,234,5',
    '1.234,567,8',
    '12 34',
    '--1',
    '.',
    ',',
    '-',
    '1e',
    '1e9999',
    '%',
    '0x1',
    'Infinity',
    '１',
  ]) {
    t.same(numbersIn(text), [], text);
  }
});

t.test('every number is read back from the way JavaScript writes it', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      assert.ok(numbersIn(String(number)).includes(number + 0));
    }),
  );
});
