import fc from 'fast-check';
import t from 'tap';
import { type Box, fitText, leading } from '../../server/paper/fitting.ts';
import { typefaces } from '../../server/platform/typeface.ts';

const face = typefaces.semibold;
const box: Box = { width: 300, height: 60, size: 40, wrapBelow: 20, least: 8 };

t.test('A short text has the full size', async (t) => {
  t.same(fitText('An', face, box), { size: 40, lines: ['An'], isCut: false });
});

t.test('A longer one shrinks before it wraps', async (t) => {
  const { size, lines } = fitText('Nguyễn Thị Bé An Khánh', face, box);
  t.same(lines, ['Nguyễn Thị Bé An Khánh']);
  t.ok(size < 40 && size >= 20);
});

t.test('One that would shrink too far is wrapped into lines of like width', async (t) => {
  const { lines, isCut } = fitText('Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Ngọc An', face, box);
  const widths = lines.map((line) => face.widthOf(line, 1));
  t.equal(lines.length, 2);
  t.equal(lines.join(' '), 'Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Ngọc An');
  t.ok(Math.min(...widths) > 0.7 * Math.max(...widths));
  t.notOk(isCut);
});

t.test('Words are only broken when they are wider than a line', async (t) => {
  t.same(fitText(`An ${'W'.repeat(12)} Bé`, face, { ...box, width: 200 }).lines.join(' '), `An ${'W'.repeat(12)} Bé`);
  const broken = fitText('W'.repeat(60), face, box).lines;
  t.ok(broken.length > 1);
  t.equal(broken.join(''), 'W'.repeat(60));
});

t.test('What fits at no size is cut, and says so', async (t) => {
  const { lines, size, isCut } = fitText('Nguyễn Thị Bé An '.repeat(60).trim(), face, box);
  t.ok(isCut);
  t.equal(size, 8);
  t.match(lines.at(-1), /…$/);
});

t.test('A text beyond all measure is cut without being measured to its end', async (t) => {
  for (const text of ['Nguyễn '.repeat(50_000).trim(), 'ạ'.repeat(300_000)]) {
    const { lines, isCut } = fitText(text, face, box);
    t.ok(isCut);
    t.equal(lines.length, 6);
  }
});

t.test('Nothing leaves its box, whatever the text', async (t) => {
  const text = fc
    .string({ unit: fc.constantFrom('W', 'i', 'ễ', ' ', 'Đ', '.'), maxLength: 300 })
    .map((it) => it.replace(/ +/g, ' ').trim());
  fc.assert(
    fc.property(text, (text) => {
      const { size, lines, isCut } = fitText(text, face, box);
      const isInside = lines.every((line) => face.widthOf(line, size) <= box.width * 1.01);
      const isWhole = isCut || lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '');
      return isInside && isWhole && lines.length * size * leading <= box.height;
    }),
    { numRuns: 60 },
  );
  t.pass();
});
