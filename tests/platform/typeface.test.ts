import { openSync } from 'fontkit';
import t from 'tap';
import { fontFile } from '../../server/platform/fonts.ts';
import { printable, typefaces, unprintable } from '../../server/platform/typeface.ts';

t.test('Vietnamese text is printed as it is, however it was typed', async (t) => {
  const name = 'Nguyễn Thị Bé Ân Đặng Ữ ỵ';
  t.equal(printable(name), name);
  t.equal(printable(name.normalize('NFD')), name);
  t.same(unprintable(name.normalize('NFD')), []);
});

t.test('Letters of the Central Highlands are put together from letter and breve', async (t) => {
  t.equal(printable('Y Blŏ Krŭng'), 'Y Blo\u0306 Kru\u0306ng');
  t.same(unprintable('Y Blŏ Krŭng'), []);
});

t.test('Hyphens and apostrophes of word processors are kept', async (t) => {
  t.equal(printable('Hʼʼ Mai\u2011Anh'), 'H’’ Mai-Anh');
  t.same(unprintable('Hʼ Mai\u2011Anh'), []);
});

t.test('Characters that the font lacks are left out and named, each once', async (t) => {
  t.equal(printable('An សុភា 李 An 李'), 'An An');
  t.same(unprintable('An 李 An 李 😀'), ['李', '😀']);
  t.same(unprintable('👩‍👩‍👧 An'), ['👩‍👩‍👧']);
  t.equal(printable('محمد An'), 'An');
  t.equal(printable('សុភា'), '');
});

t.test('A letter stays when only a mark on it is missing', async (t) => {
  t.equal(printable('A\u0336n'), 'An');
  t.same(unprintable('A\u0336n'), ['A\u0336']);
});

t.test('Invisible characters and direction tricks are neither printed nor complained of', async (t) => {
  t.equal(printable('\u202eAn\u200b \u200d Bình\u2066'), 'An Bình');
  t.same(unprintable('\u202eAn\u200b \u200d Bình\u2066'), []);
});

t.test('Markup is text like any other', async (t) => {
  t.equal(printable('<b>An</b> & "Bình"'), '<b>An</b> & "Bình"');
});

t.test('All weights have the same characters, so that one answer holds for all', async (t) => {
  const sets = (['regular', 'semibold'] as const).map((weight) => {
    const font = openSync(fontFile(weight));
    return 'characterSet' in font ? font.characterSet : [];
  });
  t.ok(Number(sets[0]?.length) > 400);
  t.same(sets[0], sets[1]);
});

t.test('Width grows with size, and an outline has the letters of the text', async (t) => {
  const { widthOf, outline } = typefaces.semibold;
  t.ok(Math.abs(widthOf('Bé An', 20) - 2 * widthOf('Bé An', 10)) < 1e-9);
  t.match(outline('An'), /^M[-\d., MLQCZ]+Z$/i);
  t.equal(outline(' '), '');
  t.not(outline('An'), outline('Ấn'));
});
