import fc from 'fast-check';
import t from 'tap';
import { ageAt, nameOnPaper, shortName } from '../../server/certificates/names.ts';

t.test('A short name is the given name and the initials of the words before it', async (t) => {
  t.equal(shortName('Nguyễn Thị Bé An'), 'An N. T. B.');
  t.equal(shortName('đặng ánh Dương'), 'Dương Đ. Á.');
  t.equal(shortName("H'Hen Niê"), 'Niê H.');
  t.equal(shortName('Y Ƀlŏ'), 'Ƀlŏ Y.');
});

t.test('A name of one word stays', async (t) => {
  t.equal(shortName('An'), 'An');
  t.equal(shortName('សុភា'), 'សុភា');
});

t.test('Letters with accents count as one, however they were typed', async (t) => {
  t.equal(shortName('Ấn Ễ Bé'.normalize('NFD')), 'Bé Ấ. Ễ.');
  t.equal(shortName('q\u0303u An'), 'An Q\u0303.');
});

t.test('Spaces, brackets, digits and emoji around names do not come along', async (t) => {
  t.equal(shortName('  Trần\u00a0 Văn\tAn  '), 'An T. V.');
  t.equal(shortName('Trần (Văn) "An" 😀 2'), 'An T. V.');
});

t.test('A name without any letter, or none at all, gives nothing', async (t) => {
  t.equal(shortName(''), '');
  t.equal(shortName(' 12 . 😀'), '');
});

t.test('Very long names stay short', async (t) => {
  t.equal(shortName(`${'Tôn Nữ '.repeat(20)}An`), 'An T. N. T. N. T.');
  t.equal(shortName('Nguyễnthịbéannguyễnthịbéan'), 'Nguyễnthịbéannguyễnt…');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => graphemes(shortName(name)) <= 21 + 5 * 3),
  );
});

t.test('No word but the last is in a short name', async (t) => {
  const word = fc.stringMatching(/^[A-ZĐÂ][a-zàảãáạê]{2,6}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), word, (hidden, given) => {
      const short = shortName([...hidden, given].join(' '));
      return short.startsWith(`${given} `) && /^(\p{L}\. ?)+$/u.test(short.slice(given.length + 1));
    }),
  );
  t.pass();
});

t.test('Age counts full years, and the month of birth only once it is over', async (t) => {
  t.equal(ageAt(2010, 11, '2026-10-31'), 15);
  t.equal(ageAt(2010, 11, '2026-11-01'), 15);
  t.equal(ageAt(2010, 11, '2026-11-30'), 15);
  t.equal(ageAt(2010, 11, '2026-12-01'), 16);
  t.equal(ageAt(2010, 12, '2026-12-31'), 15);
  t.equal(ageAt(2010, 12, '2027-01-01'), 16);
});

t.test('What is no date is refused rather than taken for an age', async (t) => {
  for (const date of ['', '20/11/2026', '2026-11', '2026-11-20T00:00:00Z'])
    t.throws(() => ageAt(2010, 11, date), RangeError);
});

t.test('A name is printed in full from 16, or with the consent of a representative', async (t) => {
  t.equal(nameOnPaper('Nguyễn Thị Bé An', 15, false), 'An N. T. B.');
  t.equal(nameOnPaper('Nguyễn Thị Bé An', 15, true), 'Nguyễn Thị Bé An');
  t.equal(nameOnPaper('  Nguyễn Thị  Bé An ', 16, false), 'Nguyễn Thị Bé An');
});

function graphemes(text: string): number {
  return [...new Intl.Segmenter('vi').segment(text)].length;
}
