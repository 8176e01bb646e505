import t from 'tap';
import { readBytes } from '../../server/moving-in/reading.ts';
import { wordOf, wordParagraph, wordPicture, zipOf } from './archives.ts';
import { moveDraft, textOf } from './packages.ts';

const cell = (text: string) => `<w:tc>${wordParagraph(text)}</w:tc>`;
const row = (...cells: string[]) => `<w:tr>${cells.map(cell).join('')}</w:tr>`;

t.test('the headings of a Word document are lessons; pictures and tables come', async (t) => {
  const source = await wordOf(
    [
      wordParagraph('Đèn dầu', 'Heading1'),
      wordParagraph('Thắp đèn', 'Heading2'),
      wordParagraph('Châm lửa &lt;b&gt; * từ từ.'),
      wordPicture,
      wordParagraph('Đổ dầu', 'Heading2'),
      wordParagraph('Ít thôi', 'Heading4'),
      `<w:tbl>${row('Việc', 'Khi nào')}${row('Đổ', 'Chiều | tối')}</w:tbl>`,
    ].join(''),
  );
  const moved = await moveDraft(t, await readBytes(source, 'den.docx'));
  t.match(textOf(moved, 'vi/course.md'), 'title: Đèn dầu');
  t.match(
    textOf(moved, 'vi/thap-den.md'),
    /^# Thắp đèn\n\nChâm lửa \\<b> \\\* từ từ\.\n\n!\[One dot\]\(\.\.\/images\/picture-1\.png\)\n$/,
  );
  t.match(textOf(moved, 'vi/do-dau.md'), /^# Đổ dầu\n\n## Ít thôi\n\n[\s\S]*Chiều \\\| tối/);
});

t.test('a document with entities, or none at all, is refused', async (t) => {
  const bomb = await zipOf({ 'word/document.xml': '<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>' });
  await t.rejects(readBytes(bomb, 'x.docx'), { code: 'xml_entities' });
  await t.rejects(readBytes(await zipOf({ 'word/document.xml': '<d/>' }), 'x.docx'), { code: 'word_broken' });
});
