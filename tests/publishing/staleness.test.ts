import fc from 'fast-check';
import t from 'tap';
import { pairUp } from '../../server/publishing/translation/pairing.ts';
import type { Part } from '../../server/publishing/translation/part.ts';
import { partsOf, withParts } from '../../server/publishing/translation/parts.ts';
import { type Consequences, consequencesOf, type Mark } from '../../server/publishing/translation/staleness.ts';
import '../support/seed.ts';
import { smallCourse } from '../support/small-course.ts';

const lesson = (text: string) => partsOf('vi/a.md', text);
const texts = (parts: Part[]) => parts.map(({ text }) => text);

/** Marks as the database would have them after these saves. */
function after(marks: Mark[], { added, settled, followed }: Consequences, person = 'lan'): Mark[] {
  const old = marks.map((mark): Mark => {
    const done = settled.get(mark.id);
    if (done) return { ...mark, settled_how: done.how, became: done.became, settled_by_id: person };
    return { ...mark, ...followed.get(mark.id) };
  });
  const fresh = added.map((mark, index): Mark => {
    return { ...mark, id: `${marks.length + index}`, settled_how: null, settled_by_id: null, became: null };
  });
  return [...old, ...fresh];
}

interface Book {
  vi: string;
  en: string;
}

function save(marks: Mark[], before: Book, now: Partial<Book>, person = 'lan'): { marks: Mark[]; book: Book } {
  const book = { ...before, ...now };
  const saved = (['vi', 'en'] as const).map((language) => {
    const parts = partsOf(`${language}/a.md`, before[language]);
    return { language, before: parts, after: now[language] === undefined ? parts : lesson(book[language]) };
  });
  return { marks: after(marks, consequencesOf(saved, marks, person), person), book };
}

/** What is open: the language, and what stands there. */
function open({ marks, book }: { marks: Mark[]; book: Book }): string[] {
  return marks
    .filter(({ settled_how }) => settled_how === null)
    .map(({ language, block, source_after, source_language }) => {
      const find = (one: string, hash: string | null) =>
        lesson(one === 'vi' ? book.vi : book.en).find((part) => part.hash === hash)?.text ?? 'nothing';
      return block === null
        ? `${language} lacks ${find(source_language, source_after)}`
        : `${language} ${find(language, block)}`;
    });
}

const vi = '# Bài\n\nMột con đom đóm.\n\nHai con đom đóm bay.\n\n- ba\n- bốn\n';
const en = '# Lesson\n\nOne firefly.\n\nTwo fireflies fly.\n\n- three\n- four\n';
const start = { marks: [] as Mark[], book: { vi, en } };
const then = (state: typeof start, now: Partial<Book>, person?: string) => save(state.marks, state.book, now, person);

t.test('Changing one part marks its partner alone, also when something is put in above', async (t) => {
  const changed = then(start, { vi: vi.replace('Hai con', 'Ba con') });
  t.strictSame(open(changed), ['en Two fireflies fly.']);
  const above = then(changed, { en: en.replace('# Lesson\n', '# Lesson\n\n## Quite new here\n') });
  t.strictSame(open(above), ['en Two fireflies fly.', 'vi lacks ## Quite new here']);
  t.strictSame(open(then(changed, { vi })), [], 'taken back it is as it was');
});

t.test(
  'Whoever changes what is marked follows: nobody is marked for it, nor while the same person goes on',
  async (t) => {
    const changed = then(start, { vi: vi.replace('Hai con', 'Ba con') });
    const followed = then(changed, { en: en.replace('Two', 'Three') });
    t.strictSame(open(followed), []);
    const polished = then(followed, { en: en.replace('Two fireflies', 'Three little fireflies') });
    t.strictSame(open(polished), []);
    t.strictSame(open(then(followed, { en: en.replace('Two', 'Nine') }, 'minh')), ['vi Ba con đom đóm bay.']);
    t.strictSame(open(then(polished, { vi: vi.replace('Hai con', 'Bốn con') })), ['en Three little fireflies fly.']);
  },
);

t.test('Two that are written at once are in step', async (t) => {
  const both = then(start, { vi: vi.replace('Hai con', 'Ba con'), en: en.replace('Two', 'Three') });
  t.strictSame(open(both), []);
  const added = { vi: `${vi}\nThêm một đoạn.\n`, en: `${en}\nOne more of them.\n` };
  t.strictSame(open(then(start, added)), []);
});

t.test('What is new is missing in the other language until it is written there', async (t) => {
  const added = then(start, { vi: vi.replace('\n- ba', '\nMột đoạn rất mới.\n\n- ba') });
  t.strictSame(open(added), ['en lacks Một đoạn rất mới.']);
  const typedOn = then(added, { vi: added.book.vi.replace('rất mới.', 'rất mới, dài hơn.') });
  t.strictSame(open(typedOn), ['en lacks Một đoạn rất mới, dài hơn.']);
  const written = then(typedOn, { en: en.replace('\n- three', '\nA very new one.\n\n- three') });
  t.strictSame(open(written), []);
  t.strictSame(open(then(added, { vi })), [], 'and what is gone again is not missing');
});

t.test('What is taken away leaves a mark at its partner; what is moved does not', async (t) => {
  const gone = then(start, { vi: vi.replace('Hai con đom đóm bay.\n\n', '') });
  t.strictSame(open(gone), ['en Two fireflies fly.']);
  t.strictSame(open(then(gone, { vi })), []);
  const [title, one, two, list] = vi.trim().split('\n\n');
  t.strictSame(open(then(start, { vi: `${[title, list, one, two].join('\n\n')}\n` })), []);
});

t.test('A lesson in parts is the lesson, and a change touches its own part alone', async (t) => {
  const source =
    '---\ntitle: A\n---\n\n# Tên\n\nĐoạn  một\ntiếp\n\n\n> [!TIP]\n> Nhớ.\n\n```\na\n\nb\n```\n[1]: https://a.vn\n\n| a |\n|---|\n| b |\n';
  const parts = partsOf('vi/course.md', source);
  t.strictSame(
    parts.map(({ kind }) => kind),
    ['front', 'heading', 'paragraph', 'box', 'code', 'other', 'table'],
  );
  const change = (at: number, text: string, isNew = false) =>
    withParts('vi/course.md', source, [{ at, isNew, place: null, text }], '').text;
  t.equal(change(2, 'Khác'), source.replace('Đoạn  một\ntiếp', 'Khác'));
  t.equal(change(1, 'Mới', true), source.replace('# Tên\n', '# Tên\n\nMới\n'));
  t.equal(change(3, ''), source.replace('> [!TIP]\n> Nhớ.\n\n', ''));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('# a', 'b c', '- d', '> e', '```', '', '[1]: x', '| f |', '    g', '---')),
      (lines) => {
        const text = `${lines.join('\n').trimEnd()}\n`;
        const found = partsOf('vi/a.md', text);
        const again = found.map((part, at) => ({ at, isNew: false, place: null, text: part.text }));
        return withParts('vi/a.md', text, again, '').text.trim() === text.trim();
      },
    ),
    { numRuns: 300 },
  );
});

t.test('A quiz is paired by question and place; other words leave all else of it as it was', async (t) => {
  const own = String(smallCourse['vi/final.gift']);
  const english = String(smallCourse['en/final.gift']);
  const [mine, theirs] = [partsOf('vi/f.gift', own), partsOf('en/f.gift', english)];
  t.ok(pairUp(mine, theirs).every(({ one, other }) => one !== null && other !== null));
  const at = mine.findIndex(({ place }) => place === 'several option 2');
  const { text } = withParts(
    'vi/f.gift',
    own,
    [{ at, isNew: false, place: 'several option 2', text: 'Số {bốn}' }],
    english,
  );
  t.match(text, '~%50%Số \\{bốn\\}');
  t.equal(text.slice(0, text.indexOf('Chọn nhiều')), own.slice(0, own.indexOf('Chọn nhiều')));
  t.equal(text.slice(text.indexOf('// [id:true]')), own.slice(own.indexOf('// [id:true]')));
  const changed = partsOf('vi/f.gift', text);
  t.strictSame(
    texts(changed).filter((words, index) => words !== mine[index]?.text),
    ['Số {bốn}'],
  );
});

t.test(
  'A question that a language lacks is made after the other, once it has words for all that needs some',
  async (t) => {
    const english = '// [id:q1]\n::T::[markdown]One and one?{\n\t=Two#Right.\n\t~%-50%Three\n}\n';
    const made = (words: Record<string, string>) =>
      withParts(
        'vi/f.gift',
        '$CATEGORY: Cuối\n',
        Object.entries(words).map(([place, text]) => ({ at: -1, isNew: true, place, text })),
        english,
      );
    t.strictSame(made({ 'q1 text': 'Một cộng một?' }).lacking, ['q1']);
    const whole = made({ 'q1 text': 'Một cộng một?', 'q1 option 1': 'Hai', 'q1 option 2': 'Ba' });
    t.strictSame(whole.lacking, []);
    t.match(whole.text, '$CATEGORY: Cuối\n\n// [id:q1]\n[markdown]Một cộng một?{\n\t=Hai\n\t~%-50%Ba\n}');
  },
);

t.test('A missing paragraph is found by what stands around it', async (t) => {
  const one = lesson('# A\n\nĐoạn một rất dài và có số 15.\n\nNgắn.\n\nĐoạn ba có `mã` và [nối](x.md).\n\n## Hết\n');
  const other = lesson('# A\n\nA long first paragraph with 15 in it.\n\nThird with `mã` and [link](x.md).\n\n## End\n');
  t.strictSame(
    pairUp(one, other).map((pair) => [pair.one, pair.other]),
    [
      [0, 0],
      [1, 1],
      [2, null],
      [3, 2],
      [4, 3],
    ],
  );
});
