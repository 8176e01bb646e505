import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type CoursePackage, checkPackage, readPackage } from '../../server/courses/package.ts';
import { hashOf, readFolder } from '../../server/courses/package-files.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { courseFolder, type Files, soundCourse } from './folder.ts';

const fonts = await mkdtemp(join(tmpdir(), 'domdom-fonts-'));
t.teardown(() => rm(fonts, { recursive: true, force: true }));
useOwnFonts(fonts);

async function read(t: Test, changes: Files = {}): Promise<CoursePackage> {
  const reading = await readPackage(await courseFolder(t, changes));
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.package;
}

t.test('settings come typed, with what may be left out filled in', async (t) => {
  const { settings } = await read(t);
  t.strictSame(settings, {
    id: 'small',
    topic: 'internet',
    level: 'basic',
    hours: 1.5,
    validMonths: null,
    languages: ['vi', 'en'],
    provider: 'domdom',
    licence: 'CC-BY-4.0',
    skills: [{ framework: 'tt02-2025', code: '1.1' }],
    completion: { lessons: ['first'], quizzes: ['final'], assignments: [] },
    signOff: false,
    items: [
      { key: 'first', kind: 'lesson', minutes: 5, skills: [{ framework: 'digcomp-3.0', code: '1.1' }] },
      {
        key: 'final',
        kind: 'quiz',
        minutes: 3,
        skills: [],
        quiz: { pass: 70, attempts: null, shuffle: true, accents: 'ignore', case: 'ignore' },
      },
    ],
  });
});

t.test('a course has its texts in every language', async (t) => {
  const { texts } = await read(t);
  t.match(texts, {
    vi: {
      title: 'Khoá nhỏ',
      summary: 'Một khoá rất nhỏ.',
      outcomes: ['Làm được một việc.'],
      html: '<p>Lời giới thiệu.</p>\n',
    },
    en: { title: 'Small course', plain: 'Welcome.', pictures: [], pictureBytes: 0 },
  });
});

t.test('a lesson has a title, html, plain words and their number', async (t) => {
  const { items } = await read(t, { 'vi/first.md': '# Bài *đầu* tiên\n\nMột **hai** ba.\n' });
  t.match(items[0]?.texts.vi, {
    title: 'Bài đầu tiên',
    html: '<p>Một <strong>hai</strong> ba.</p>\n',
    plain: 'Một hai ba.',
    words: 3,
  });
});

t.test('words are counted where no spaces part them', async (t) => {
  const { items } = await read(t, {
    'course.yaml': soundCourse['course.yaml'].replace('[vi, en]', '[km]'),
    'km/course.md': soundCourse['en/course.md'],
    'km/first.md': '# ក\n\nសួស្តីពិភពលោក\n',
    'km/final.gift': soundCourse['en/final.gift'],
    ...Object.fromEntries(
      Object.keys(soundCourse)
        .filter((path) => /^(?:vi|en)\//.test(path))
        .map((path) => [path, null]),
    ),
  });
  const text = items[0]?.texts.km;
  t.ok(text && 'words' in text && text.words >= 2);
});

t.test(
  'a quiz is named by its category, else by the word for a quiz; its texts are html, its matches stay plain',
  async (t) => {
    const matching = '\n// [id:q2]\n[html]Ghép<script>x</script>{=<b>a</b> -> <x> =c -> d}\n';
    const { items } = await read(t, {
      'vi/final.gift': soundCourse['vi/final.gift'] + matching,
      'en/final.gift': soundCourse['en/final.gift'] + matching,
    });
    const [vi, en] = [items[1]?.texts.vi, items[1]?.texts.en];
    t.match(vi, {
      title: 'Cuối khoá',
      questions: [{ key: 'q1', tags: ['lesson:first'], text: '<p>Một cộng một?</p>\n' }, {}],
    });
    t.match(vi, {
      questions: [
        { options: [{ text: 'Hai' }, { feedback: '<p>Đếm <strong>lại</strong> nhé.</p>\n' }] },
        { text: 'Ghép', pairs: [{ prompt: '<b>a</b>', match: '<x>' }, {}] },
      ],
    });
    t.match(en, { title: 'Quiz' });
  },
);

t.test('links lead to lessons, quizzes and places in them', async (t) => {
  const { items } = await read(t, {
    'vi/first.md':
      '# Bài đầu\n\n## Dấu hiệu\n\n[a](final.gift) [b](first.md) [c](#dau-hieu) [d](./first.md#Dấu%20hiệu) [e](course.md)\n',
  });
  const text = items[0]?.texts.vi;
  const links = text && 'html' in text ? [...text.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href) : [];
  t.strictSame(links, [
    '/courses/small/quizzes/final',
    '/courses/small/lessons/first',
    '#h-dau-hieu',
    '/courses/small/lessons/first#h-dau-hieu',
    '/courses/small',
  ]);
});

t.test('a text knows its pictures and what they weigh', async (t) => {
  const { items, pictures } = await read(t, {
    'images/hình.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6"/></svg>',
    'vi/first.md': '# Bài đầu\n\n![Khung](../images/hình.svg)\n',
    'en/first.md': '# First\n\n![Frame](../images/hi%CC%80nh.svg) ![Again](<../images/hình.svg>)\n',
  });
  const picture = pictures.get('images/hình.svg');
  const widest = picture?.copies.find(({ format, width }) => format === 'webp' && width === 800);
  t.match(items[0]?.texts, {
    vi: { pictures: ['images/hình.svg'], pictureBytes: widest?.content.length },
    en: { pictures: ['images/hình.svg'], pictureBytes: widest?.content.length },
  });
  t.match(items[0]?.texts.vi, { html: `/courses/small/pictures/${widest?.hash.slice(0, 32)}.webp 800w` });
});

t.test(
  'texts in any common form read the same: a mark at the front, line ends of Windows, letters in parts',
  async (t) => {
    const plain = await read(t);
    const odd = Object.fromEntries(
      Object.entries(soundCourse).map(([path, text]) => [
        path,
        `\ufeff${text.replaceAll('\n', '\r\n').normalize('NFD')}`,
      ]),
    );
    const other = await read(t, odd);
    t.strictSame({ ...other, hash: '', files: [] }, { ...plain, hash: '', files: [] });
    t.not(other.hash, plain.hash);
  },
);

async function packageHash(folder: string): Promise<string> {
  return hashOf(await readFolder(folder));
}

t.test('the hash is the same for equal folders, and another after any change', async (t) => {
  const folder = await courseFolder(t);
  const hash = await packageHash(folder);
  t.equal((await read(t)).hash, hash);
  t.equal(await packageHash(await courseFolder(t)), hash);
  await writeFile(join(folder, 'README.md'), 'x');
  t.not(await packageHash(folder), hash);
  await rename(join(folder, 'README.md'), join(folder, 'READ.md'));
  const renamed = await packageHash(folder);
  await writeFile(join(folder, 'READ.md'), 'y');
  t.not(await packageHash(folder), renamed);
  await rm(join(folder, 'READ.md'));
  t.equal(await packageHash(folder), hash);
  await symlink('/etc/passwd', join(folder, 'READ.md'));
  t.not(await packageHash(folder), hash, 'a link that is refused');
});

t.test('the source is kept byte for byte', async (t) => {
  const { files } = await read(t);
  t.strictSame([...files.keys()], Object.keys(soundCourse).sort());
  t.strictSame(files.get('vi/first.md'), Buffer.from(soundCourse['vi/first.md']));
});

t.test('whatever a file holds, the reader answers with a package or with faults', async () => {
  const paths = Object.keys(soundCourse) as (keyof typeof soundCourse)[];
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const edits = fc.record({
    path: fc.constantFrom(...paths),
    at: fc.nat(400),
    junk: fc.oneof(
      bytes,
      fc.string().map((text) => Buffer.from(text)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(edits, async ({ path, at, junk }) => {
      const files = new Map(paths.toSorted().map((each) => [each as string, Buffer.from(soundCourse[each])]));
      const content = Buffer.from(soundCourse[path]);
      files.set(path, Buffer.concat([content.subarray(0, at), junk, content.subarray(at)]));
      const reading = await checkPackage({ name: 'small', files, faults: [] });
      if ('faults' in reading && reading.faults.length === 0) throw new Error('neither package nor fault');
    }),
    { numRuns: 300 },
  );
});

const pages = new Map<string, string>();
const courses = fileURLToPath(new URL('../../courses/', import.meta.url));
for (const name of readdirSync(courses)) {
  if (!existsSync(join(courses, name, 'course.yaml'))) continue;
  t.test(`the course ${name} has no fault, and no text or picture that is heavy`, async (t) => {
    const reading = await readPackage(join(courses, name));
    t.strictSame('faults' in reading ? reading.faults : [], []);
    if ('faults' in reading) return;
    for (const { key, texts } of reading.package.items) {
      for (const [language, text] of Object.entries(texts)) {
        t.ok(text.bytes < 6000, `${key}: ${text.bytes} bytes`);
        if ('html' in text) pages.set(`${name}/${language}/${key}`, pageOf(language, text));
      }
    }
    for (const [path, { copies }] of reading.package.pictures) {
      const heaviest = Math.max(
        ...copies.filter(({ format }) => format === 'webp').map(({ content }) => content.length),
      );
      t.ok(heaviest < 25_000, `${path}: ${heaviest} bytes`);
    }
  });
}

function pageOf(language: string, { title, html }: { title: string; html: string }): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title></head><body><main id="main"><h1>${title}</h1>${html}</main></body></html>`;
}

t.test('the lessons are valid HTML', async (t) => {
  await assertValidHtml(t, pages);
});
