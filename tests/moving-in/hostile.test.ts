import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { convert, convertInto } from '../../server/moving-in/converting.ts';
import { MovingFault } from '../../server/moving-in/draft.ts';
import { most } from '../../server/moving-in/limits.ts';
import { readBytes } from '../../server/moving-in/reading.ts';
import { faultInWords } from '../../server/moving-in/report.ts';
import { temporaryFolder } from '../support/child.ts';
import { tarGzOf, wordOf, wordParagraph, zipNamed, zipOf } from './archives.ts';
import { cartridge } from './cartridge-files.ts';
import { moveDraft } from './packages.ts';

const sound: Record<string, Buffer> = {
  'questions.gift': Buffer.from('::T::One and one?{=two ~three}\n\nSay it.{}\n'),
  'aiken.txt': Buffer.from('One and one?\nA) two\nB) three\nANSWER: A\n'),
  'moodle.xml': Buffer.from(
    '<quiz><question type="multichoice"><name><text>T</text></name><questiontext format="html"><text>&lt;p&gt;Two?&lt;/p&gt;</text></questiontext><answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question></quiz>',
  ),
  'word.docx': await wordOf(wordParagraph('A heading', 'Heading1') + wordParagraph('Words.')),
  'folder.zip': await zipOf({
    'README.md': '# A\n\nWords.\n',
    'b.md': '# B\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
  }),
  'backup.mbz': await tarGzOf({
    'moodle_backup.xml':
      '<moodle_backup><information><original_course_fullname>C</original_course_fullname><contents><activities><activity><moduleid>1</moduleid><modulename>page</modulename><title>P</title><directory>activities/page_1</directory></activity></activities></contents></information></moodle_backup>',
    'activities/page_1/page.xml':
      '<activity><page><content>Words.</content><contentformat>1</contentformat></page></activity>',
  }),
  'cartridge.imscc': await zipOf(cartridge),
};

/** Either a draft that becomes a package without fault, or a fault with words. */
async function survives(test: Test, content: Buffer, place: string): Promise<void> {
  try {
    await moveDraft(test, await readBytes(content, place));
  } catch (error) {
    if (!(error instanceof MovingFault)) throw error;
    faultInWords(error, 'vi');
    faultInWords(error, 'en');
  }
}

t.test('random bytes are read or refused, never a crash', async (t) => {
  const starts = [
    Buffer.alloc(0),
    Buffer.from('PK\u0003\u0004'),
    Buffer.from([0x1f, 0x8b, 8]),
    Buffer.from('<quiz>'),
    Buffer.from('::a::'),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 600 }), async (start, bytes) => {
      await survives(t, Buffer.concat([start, bytes]), 'random');
    }),
    { numRuns: 200 },
  );
});

t.test('cut and damaged sources of each format are read or refused', async (t) => {
  const names = Object.keys(sound);
  const damage = fc.record({
    name: fc.constantFrom(...names),
    cut: fc.nat(),
    at: fc.nat(),
    byte: fc.nat(255),
    isCut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ name, cut, at, byte, isCut }) => {
      const content = Buffer.from(sound[name] ?? '');
      if (isCut) await survives(t, content.subarray(0, cut % content.length), name);
      content[at % content.length] = byte;
      await survives(t, content, name);
    }),
    { numRuns: 300 },
  );
});

t.test('a cartridge with any file damaged inside is read without it, or refused', async (t) => {
  const damage = fc.record({
    path: fc.constantFrom(...Object.keys(cartridge)),
    from: fc.nat(),
    length: fc.nat(60),
    put: fc.oneof(
      fc.constantFrom('', '<', '</item>', '"', '&amp;', '$IMS-CC-FILEBASE$/../', '%', '\u0000'),
      fc.string({ maxLength: 8 }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const files = { ...cartridge };
      for (const { path, from, length, put } of damages) {
        const text = String(files[path]);
        const at = from % text.length;
        files[path] = text.slice(0, at) + put + text.slice(at + length);
      }
      await survives(t, await zipOf(files), 'cartridge.imscc');
    }),
    { numRuns: 300 },
  );
});

t.test('hostile words in a lesson stay words', async (t) => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '(',
    ')',
    '![',
    '](x)',
    '<b>',
    '</b>',
    '<img src=x>',
    '`',
    '```\n',
    '> ',
    '[!NOTE]',
    '- ',
    '1. ',
    '# ',
    '|',
    '\n',
    '\n\n',
    '---',
    '    ',
    '\\',
    '*',
    '_',
    '&lt;',
    '{',
    '}',
    '=',
    '~',
    '%50%',
    '->',
    '::',
    'a',
    'đ',
    '\u202e',
    '\u0000',
    '[^1]',
    '[^1]: x',
    '<!--',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.array(piece, { maxLength: 12 }), async (words, title) => {
      await survives(
        t,
        await zipOf({ 'a.md': `# ${title.join('')}\n\n${words.join('')}`, 'b.md': words.join('') }),
        'words.zip',
      );
      const html = `${words.join('')}<p>${title.join('')}</p>`.replaceAll(']]>', '').replaceAll('\u0000', '');
      const question = `<quiz><question type="shortanswer"><questiontext format="html"><text><![CDATA[${html}]]></text></questiontext><answer fraction="100"><text><![CDATA[a${title.join('').replaceAll('\u0000', '')}]]></text></answer></question></quiz>`;
      await survives(t, Buffer.from(question), 'words.xml');
    }),
    { numRuns: 300 },
  );
});

t.test('paths that lead out and links are refused by name, and the rest comes', async (t) => {
  for (const name of ['../out.md', '/etc/out.md', 'a/../../o.md', 'C:/out.md']) {
    await t.rejects(readBytes(await zipNamed(name, '# Out\n'), 'out.zip'), { code: 'path_outside' }, name);
  }
  const archive = await tarGzOf({ 'a.md': '# A\n\nWords.\n', '../b.md': '# B\n' }, { 'c.md': '/etc/passwd' });
  const { notes } = await moveDraft(t, await readBytes(archive, 'out.tar.gz'));
  t.strictSame(
    notes.filter(({ thing }) => thing === 'file').map(({ place, code }) => [place, code]),
    [
      ['../b.md', 'path_outside'],
      ['c.md', 'link_refused'],
    ],
  );
});

t.test('what unpacks to more than the bounds is refused', async (t) => {
  const heavy = Buffer.alloc(most.fileBytes - 1);
  const entries = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}.md`, heavy]));
  await t.rejects(readBytes(await zipOf(entries), 'bomb.zip'), { code: 'unpacks_too_large' });
  const many = Object.fromEntries(Array.from({ length: most.entries + 1 }, (_, index) => [`${index}`, '']));
  await t.rejects(readBytes(await tarGzOf(many), 'many.tgz'), { code: 'too_many_files' });
});

t.test('what is nested thousands deep is told, not fallen over', async (t) => {
  const deep = `<quiz><question type="essay"><questiontext format="html"><text><![CDATA[${'<div>'.repeat(50_000)}x]]></text></questiontext></question></quiz>`;
  await survives(t, Buffer.from(deep), 'deep.xml');
  await survives(
    t,
    await zipOf({ 'a.md': `${'> '.repeat(20_000)}x\n`, 'b.md': `${'- '.repeat(20_000)}x\n` }),
    'deep.zip',
  );
});

t.test('a folder appears whole, once, and nothing is overwritten', async (t) => {
  const folder = await temporaryFolder(t);
  const source = join(folder, 'questions.gift');
  await writeFile(source, sound['questions.gift'] ?? '');
  const target = join(folder, 'a-course');
  await convertInto(source, target, 'en');
  t.strictSame((await readdir(target)).sort(), ['README.md', 'course.yaml', 'en']);
  await t.rejects(convertInto(source, target, 'en'), { code: 'folder_full' });
  await t.rejects(convertInto(source, join(folder, 'Not a key'), 'en'), { code: 'folder_name' });
  await t.rejects(convertInto(join(folder, 'none'), join(folder, 'other'), 'en'), { code: 'source_missing' });
  await mkdir(join(folder, 'empty'));
  await convertInto(source, join(folder, 'empty'), null);
  t.strictSame((await readdir(folder)).sort(), ['a-course', 'empty', 'questions.gift']);
});

t.test('a source that takes too long is ended', async (t) => {
  const folder = await temporaryFolder(t);
  const source = join(folder, 'questions.gift');
  await writeFile(source, sound['questions.gift'] ?? '');
  await t.rejects(convert(source, 'x', null, { ...most, milliseconds: 1 }), { code: 'source_too_slow' });
});
