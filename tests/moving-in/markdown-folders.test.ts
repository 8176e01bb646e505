import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import type { Note } from '../../server/moving-in/draft.ts';
import { temporaryFolder } from '../support/child.ts';
import { count, expectedOf, move, packages, skip, textOf } from './packages.ts';

interface Expected {
  markdownFiles: number;
  lessons: number;
  moduleQuizPages: number;
  quizFile: { quizzes: number; questions: number };
}

t.test('a README per lesson with quizzes in JSON comes whole', { skip }, async (t) => {
  const { expected, notes } = await course(t, 'md-iot-en-1-3');
  t.equal(pages(notes), expected.markdownFiles);
  const lessons = placesOf(notes, 'lesson').filter((place) => /lessons\/[^/]+\/README\.md$/.test(place));
  t.equal(lessons.length, expected.lessons);
  t.equal(count(notes, 'quiz', 'came'), expected.quizFile.quizzes);
  t.equal(count(notes, 'question', 'came'), expected.quizFile.questions);
});

t.test('an mdBook comes in the order of its SUMMARY, and what is not in it is named', { skip }, async (t) => {
  const { expected, notes } = await course(t, 'md-mdbook-guide');
  t.equal(pages(notes), expected.markdownFiles);
  const [first, second] = placesOf(notes, 'lesson');
  t.match(first, /README\.md$/);
  t.match(second, /installation\.md$/);
});

t.test('MkDocs comes in the order of its nav, and chapters without a file are named', { skip }, async (t) => {
  const { expected, notes } = await course(t, 'md-school-of-sre-101');
  const missing = notes.filter(({ code }) => code === 'chapter_missing');
  t.equal(pages(notes) - missing.length, expected.markdownFiles);
  t.ok(missing.length > 0);
});

t.test('flat numbered files come by number, with their modules as parts', { skip }, async (t) => {
  const { expected, notes, moved } = await course(t, 'md-security-101');
  t.equal(pages(notes), expected.markdownFiles);
  const places = placesOf(notes, 'lesson');
  const quizPages = places.filter((place) => place.includes('End of module quiz'));
  t.equal(quizPages.length, expected.moduleQuizPages);
  t.equal(places.length - quizPages.length, expected.lessons);
  t.match(textOf(moved, 'en/course.md'), /## Contents\n\n\*\*1\*\*\n\n- \[/);
});

t.test('headings close their gaps, boxes are ours, links go to lessons, pictures have words', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const folder = await folderOf(t, {
    'README.md': '# A course\n\nAll that one needs to know about lamps and their light, in two lessons.\n',
    '1-lamp/README.md':
      '# The lamp\n\n### Light\n\n> [!WARNING]\n> It is hot.\n\n> [!WHATEVER]\n> Said.\n\n![](dot.png) [next](../2-oil.md#x) [lost](../gone.md) <b>bold</b>\n\n![far](https://example.org/x.png)\n\nA note[^1].\n\n[^1]: Said below.\n',
    '1-lamp/dot.png': png,
    '2-oil.md': '---\ntitle: Oil\n---\nIt burns.\n',
    'CONTRIBUTING.md': '# How to help\n',
  });
  const moved = await move(t, folder);
  const lesson = textOf(moved, 'en/the-lamp.md');
  t.match(lesson, /^# The lamp\n\n## Light\n\n> \[!DANGER\]\n> It is hot\.\n\n> Said\./);
  t.match(lesson, '![A picture that belongs to this part](../images/dot.png) [next](oil.md) lost');
  t.match(lesson, '[far](https://example.org/x.png)');
  t.match(lesson, 'Said below.');
  t.match(textOf(moved, 'en/oil.md'), '# Oil\n\nIt burns.\n');
  const codes = new Set(moved.notes.map(({ code }) => code));
  for (const code of ['picture_words', 'link_lost', 'picture_remote', 'raw_html', 'of_the_project'])
    t.ok(codes.has(code), code);
});

t.test('a link inside a folder is not followed', async (t) => {
  const folder = await folderOf(t, { 'a.md': '# A\n\nWords.\n' });
  await symlink('/etc/passwd', join(folder, 'b.md'));
  await symlink('/etc', join(folder, 'etc'));
  const { notes, files } = await move(t, folder);
  t.strictSame(
    notes
      .filter(({ code }) => code === 'link_refused')
      .map(({ place }) => place)
      .sort(),
    ['b.md', 'etc'],
  );
  t.strictSame([...(files?.keys() ?? [])], ['en/a.md', 'course.yaml', 'en/course.md']);
});

async function course(t: Test, name: string) {
  const moved = await move(t, join(packages, name, 'course'));
  const expected = expectedOf<never>(name) as unknown as Expected;
  return { expected, moved, notes: moved.notes };
}

/** Every Markdown file that the report speaks of. */
function pages(notes: Note[]): number {
  return new Set(
    notes
      .filter(({ place, thing }) => /\.md$/.test(place) && !/course\.md$/.test(place) && thing !== 'picture')
      .map(({ place }) => place),
  ).size;
}

function placesOf(notes: Note[], thing: Note['thing']): string[] {
  return notes.filter((note) => note.thing === thing && note.outcome === 'came').map(({ place }) => place);
}

async function folderOf(t: Test, files: Record<string, string | Buffer>): Promise<string> {
  const folder = join(await temporaryFolder(t), 'lamps');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
