import fc from 'fast-check';
import t from 'tap';
import { renderMarkdown } from '../../server/courses/markdown.ts';
import type { OpenGlossary, ShownTerm, Term } from '../../server/courses/markdown-terms.ts';
import { readPackage } from '../../server/courses/package.ts';
import { parse } from '../support/html.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { courseFolder } from './folder.ts';

const words = { note: '', tip: '', remember: '', danger: '', check: 'Tự kiểm tra', answer: 'Xem' };

function glossary(...terms: (string | Partial<Term>)[]): OpenGlossary {
  return {
    terms: terms.map((term) => ({
      term: '',
      meaning: 'Nghĩa.',
      forms: [],
      ...(typeof term === 'string' ? { term } : term),
    })),
    shown: new Set(),
    address: '/courses/small/glossary',
    words: { title: 'Từ trong bài này', back: 'Quay lại', all: 'Mọi từ' },
  };
}

function render(open: OpenGlossary, ...lines: string[]) {
  const resolveImage = (_: string, alt: string) => ({ html: `<img src="/p.png" alt="${alt}">` });
  const options = { words, glossary: open, resolveImage, resolveItem: () => '/courses/small/lessons/first' };
  const { html, plain, terms } = renderMarkdown(lines.join('\n'), options);
  const page = parse(html);
  return { html, page, plain, terms, marked: page.querySelectorAll('a.term').map(({ text }) => text) };
}

t.test('the first occurrence of a term leads to its meaning under the lesson, and back', (t) => {
  const open = glossary({ term: 'Băng thông', meaning: 'Bao nhiêu <b>dữ liệu</b> mỗi giây.' });
  const { page, marked, plain, terms } = render(open, 'Mạng có băng thông hẹp.', '', 'Băng thông là gì?');
  t.strictSame(marked, ['băng thông']);
  const link = page.querySelector('a.term');
  const meaning = page.querySelector(link?.getAttribute('href') ?? '');
  t.equal(meaning?.querySelector('dt dfn')?.text, 'Băng thông');
  t.match(meaning?.text, 'Bao nhiêu <b>dữ liệu</b> mỗi giây.', 'what an author writes is text');
  t.equal(meaning?.querySelector('dd a')?.getAttribute('href'), `#${link?.id}`);
  t.equal(page.querySelector('.terms p a')?.getAttribute('href'), '/courses/small/glossary');
  t.strictSame(terms, [{ position: 0, place: link?.id }]);
  t.notMatch(plain, 'Bao nhiêu', 'and counts for no word of the lesson');
  t.end();
});

t.test('a lesson that shows no new term has no list', (t) => {
  const open = glossary('mạng');
  t.match(render(open, 'Vào mạng.').html, 'class="terms"');
  const second = render(open, 'Vào mạng.');
  t.equal(second.html, '<p>Vào mạng.</p>\n');
  t.strictSame(second.terms, []);
  t.end();
});

t.test('only whole words are terms, in any case, over the end of a line, and a longer term wins', (t) => {
  const open = glossary('mạng', 'mạng xã hội', 'data', { term: 'Tên miền', forms: ['tên của miền'] });
  const { marked } = render(open, 'Mạngx x-mạng mạng-x metadata.', 'Một mạng xã', 'hội, *MẠNG*, tên của miền. Data!');
  t.strictSame(marked, ['mạng xã\nhội', 'MẠNG', 'tên của miền', 'Data']);
  t.end();
});

t.test('headings, links, code and the words of pictures stay as they are', (t) => {
  const open = glossary('mạng');
  const source = [
    '## Vào mạng',
    '[mạng *mạng*](first.md) `mạng` ![mạng](a.svg)',
    '',
    '    mạng',
    '',
    '| mạng |',
    '|---|',
  ];
  const { page, marked } = render(open, ...source.slice(0, 4));
  t.strictSame(marked, []);
  t.equal(page.querySelectorAll('a a').length, 0);
  t.strictSame(render(open, ...source.slice(5)).marked, ['mạng'], 'the heading of a column may be one');
  t.end();
});

t.test('what is marked says the same as before, whatever the text', async (t) => {
  const word = fc.constantFrom(
    'mạng',
    'Mạng',
    'xã',
    'hội',
    '**mạng xã hội**',
    '[mạng](a.md)',
    '`mạng`',
    'a<b',
    '\n',
    '(C++)',
    '-',
  );
  const law = fc.property(fc.array(word, { maxLength: 20 }), (parts) => {
    const source = parts.join(' ');
    const { page } = render(glossary('mạng', 'mạng xã hội', 'C++'), source);
    page.querySelector('.terms')?.remove();
    const ids = page.querySelectorAll('[id]').map(({ id }) => id);
    return page.text.trim() === parse(render(glossary(), source).html).text.trim() && new Set(ids).size === ids.length;
  });
  fc.assert(law, { numRuns: 300 });
  const { html } = render(glossary('mạng'), '## A', 'Vào mạng.');
  await assertValidHtml(t, new Map([['lesson', `<!doctype html><html lang="vi"><title>x</title>${html}`]]));
});

t.test('the lessons of a course share its glossary, in their order, each language its own', async (t) => {
  const folder = await courseFolder(t, {
    'course.yaml': `format: 1
id: small
topic: internet
level: basic
hours: 1
languages: [vi, en]
provider: domdom
licence: CC-BY-4.0
skills: []
completion: { lessons: all }
items:
  - { key: zebra, kind: lesson, minutes: 5 }
  - { key: apple, kind: lesson, minutes: 5 }
`,
    'vi/first.md': null,
    'en/first.md': null,
    'vi/final.gift': null,
    'en/final.gift': null,
    'vi/zebra.md': '# Một\n\nChữ `hai`, mạng.\n',
    'vi/apple.md': '# Hai\n\nMạng, hai.\n',
    'en/zebra.md': '# One\n\nTwo.\n',
    'en/apple.md': '# Two\n\nTwo networks.\n',
    'vi/glossary.yaml': '- { term: mạng, meaning: A. }\n- { term: hai, meaning: B. }\n',
    'en/glossary.yaml': '- { term: network, meaning: A., forms: [networks] }\n- { term: two, meaning: B. }\n',
  });
  const reading = await readPackage(folder);
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  const { items, glossaries, files } = reading.package;
  const shown = items.map((item) =>
    Object.values(item.texts).map((text) =>
      'terms' in text ? text.terms.map((term: ShownTerm) => term.position) : [],
    ),
  );
  t.strictSame(shown, [
    [[0], [1]],
    [[1], [0]],
  ]);
  t.strictSame(glossaries.en?.[0], { term: 'network', meaning: 'A.', forms: ['networks'] });
  t.ok(files.has('vi/glossary.yaml'), 'the source is kept');
});
