import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { type MarkdownOptions, renderInline, renderMarkdown } from '../../server/courses/markdown.ts';
import { sanitiseForeign, sanitiseForeignInline } from '../../server/courses/sanitise.ts';
import { allByRole, byRole, parse } from '../support/html.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const options: MarkdownOptions = {
  words: {
    note: 'Ghi chú',
    tip: 'Mẹo',
    remember: 'Nhớ',
    danger: 'Nguy hiểm',
    check: 'Tự kiểm tra',
    answer: 'Xem câu trả lời',
  },
  resolveImage: (image, alt) => ({
    html: `<picture data-image="/${image}"><img src="/p.png" alt="${alt.replaceAll('"', '&quot;')}" /></picture>`,
  }),
  resolveItem: (file) => (file === 'second.md' ? '/courses/small/lessons/second' : null),
};
const render = (...lines: string[]) => renderMarkdown(lines.join('\n'), options);

t.test('html of the author is shown as text', (t) => {
  const { html } = render('<script>alert(1)</script> <b onclick="x">đậm</b>', '', '<div style="color:red">khối</div>');
  t.equal(parse(html).querySelectorAll('script, b, div').length, 0);
  t.match(parse(html).text, '<script>alert(1)</script> <b onclick="x">đậm</b>');
  t.end();
});

t.test('a heading has an id without marks, each its own, that no page has', (t) => {
  const { html, places } = render('## Dấu hiệu đáng ngờ', '### Main', '## Dấu hiệu đáng ngờ!', '## ???');
  const ids = allByRole(parse(html), 'heading').map(({ id }) => id);
  t.strictSame(ids, ['h-dau-hieu-dang-ngo', 'h-main', 'h-dau-hieu-dang-ngo-2', 'h-']);
  t.strictSame([...places], ids);
  t.end();
});

t.test('a callout is a box with its name in words', (t) => {
  const page = parse(
    render('> [!TIP]', '> Nhập **tay**.', '>', '> - một', '', '> [!note] Cùng dòng', '> [!DANGER]').html,
  );
  const [tip, note] = page.querySelectorAll('.note');
  t.equal(tip?.getAttribute('class'), 'note tip');
  t.strictSame(
    tip?.querySelectorAll('p').map(({ text }) => text),
    ['Mẹo', 'Nhập tay.'],
  );
  t.equal(tip?.querySelectorAll('li').length, 1);
  t.match(note?.text, 'Ghi chú');
  t.match(note?.text, /Cùng dòng\s+\[!DANGER\]/, 'one quotation is one box');
  t.end();
});

t.test('a quotation that begins with no mark stays one', (t) => {
  t.match(render('> Trích [!NOTE] dẫn').html, '<blockquote>\n<p>Trích [!NOTE] dẫn</p>\n</blockquote>');
  t.end();
});

for (const [title, lines] of Object.entries({
  'after a list': ['> [!CHECK] Tin *nào* thật?', '> - Tin một', '> - Tin hai', '> ---', '> Tin **hai**.'],
  'after a line of text, which is no heading': [
    '> [!CHECK] Tin *nào* thật?',
    '> - Tin một',
    '> - Tin hai',
    '>',
    '> Chọn đi',
    '> ---',
    '> Tin **hai**.',
  ],
  'after a blank line': [
    '> [!CHECK] Tin *nào* thật?',
    '>',
    '> - Tin một',
    '> - Tin hai',
    '>',
    '> ---',
    '>',
    '> Tin **hai**.',
  ],
})) {
  t.test(`the answer of a self-check is closed, and begins after the rule: ${title}`, (t) => {
    const page = parse(render(...lines).html);
    const details = byRole(page, 'group', 'Xem câu trả lời');
    t.equal(page.querySelector('.check .check-question')?.text, 'Tin nào thật?');
    t.equal(page.querySelectorAll('.check li').length, 2);
    t.equal(details.querySelectorAll('li').length, 0);
    t.notOk(details.hasAttribute('open'));
    t.equal(details.querySelector('strong')?.text, 'hai');
    t.equal(allByRole(page, 'heading').length, 0);
    t.end();
  });
}

t.test('without a rule all after the question is the answer', (t) => {
  const page = parse(render('> [!CHECK] Hỏi?', '> Đáp một', '>', '> Đáp hai').html);
  t.strictSame(
    page.querySelectorAll('details p').map(({ text }) => text),
    ['Đáp một', 'Đáp hai'],
  );
  t.end();
});

t.test('a rule right under the question parts it from the answer', (t) => {
  const { html, faults } = render('> [!CHECK] Hỏi?', '> ---', '> Đáp', '> ---', '> thêm');
  const page = parse(html);
  t.equal(page.querySelector('.check-question')?.text, 'Hỏi?');
  t.match(page.querySelector('details')?.text, /Đáp\s+thêm/);
  t.strictSame(faults, []);
  t.end();
});

t.test('Short code stands in one piece; the label of a card has one mark behind it', async (t) => {
  const page = parse(render('| `rm -rf` | Nên dùng? |', '|---|---|', `| 1 | \`${'a-'.repeat(20)}\` |`).html);
  t.strictSame(
    page.querySelectorAll('code').map((code) => code.getAttribute('class')),
    ['short', undefined],
  );
  t.strictSame(
    page.querySelectorAll('tbody td').map((cell) => cell.getAttribute('data-label')),
    ['rm -rf', 'Nên dùng'],
  );
});

t.test('the cells of a table carry their heading, for screens where rows become cards', (t) => {
  const page = parse(render('| | Tên | Giá |', '|---|:-:|--:|', '| 1 | **Gạo** | 20 |').html);
  t.strictSame(
    allByRole(page, 'columnheader').map((cell) => [cell.text, cell.getAttribute('scope'), cell.getAttribute('class')]),
    [
      ['Tên', 'col', 'at-middle'],
      ['Giá', 'col', 'at-end'],
    ],
  );
  t.strictSame(
    page.querySelectorAll('tbody td').map((cell) => [cell.text, cell.getAttribute('data-label')]),
    [
      ['1', undefined],
      ['Gạo', 'Tên'],
      ['20', 'Giá'],
    ],
  );
  t.notMatch(page.toString(), 'style');
  t.end();
});

t.test('a link to another site tells it nothing and stays in the window', (t) => {
  const link = byRole(parse(render('[Công an](https://bocongan.gov.vn/?a=1&b=2 "tên")').html), 'link', 'Công an');
  t.strictSame(link.attributes, { href: 'https://bocongan.gov.vn/?a=1&b=2', rel: 'noopener nofollow' });
  t.end();
});

t.test('links to pages of this site, letters and calls stay as they are', (t) => {
  const links = allByRole(parse(render('[a](/verify) [b](mailto:a@b.vn) [c](tel:113) [d](second.md)').html), 'link');
  t.strictSame(
    links.map(({ attributes }) => attributes),
    [{ href: '/verify' }, { href: 'mailto:a@b.vn' }, { href: 'tel:113' }, { href: '/courses/small/lessons/second' }],
  );
  t.end();
});

t.test('a refused link leaves its words, and is told with its line', (t) => {
  const refused = [
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    '&#106;avascript:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.vn',
    'http://',
    'third.md',
    '../vi/second.md',
    '#khong-co',
    '',
  ];
  for (const address of refused) {
    const { html, faults } = render('Một', `[chữ](<${address}>)`);
    t.equal(html, '<p>Một\nchữ</p>\n', address);
    t.strictSame(
      faults.map(({ line }) => line),
      [2],
      address,
    );
  }
  t.end();
});

t.test('a picture stands where it is named, with the words for it', (t) => {
  const { html, plain, faults } = render('Xem ![hình "một" <b>](../images/a.svg)', 'và ![](../images/b.svg)');
  t.equal(byRole(parse(html), 'img').getAttribute('alt'), 'hình "một" <b>');
  t.equal(plain, 'Xem hình "một" <b> và');
  t.match(faults, [{ line: 2, code: 'image_without_alt', values: { image: '../images/b.svg' } }]);
  t.end();
});

t.test('plain text has the words of every block and no mark', (t) => {
  const { plain } = render(
    '## Đề *mục*',
    '> [!TIP]',
    '> Mẹo **nhỏ**',
    '',
    '| a | b |',
    '|---|---|',
    '| c | d |',
    '',
    '    mã',
    '',
    '[đọc](second.md)',
    'tiếp',
  );
  t.strictSame(plain.split('\n'), ['Đề mục', 'Mẹo nhỏ', 'a', 'b', 'c', 'd', 'mã', 'đọc tiếp']);
  t.end();
});

t.test('inside a line there are no blocks, links or pictures', (t) => {
  t.strictSame(renderInline('# **Hai** [a](https://b.vn) ![c](d.png) <b>'), {
    html: '# <strong>Hai</strong> [a](https://b.vn) ![c](d.png) &lt;b&gt;',
    plain: '# Hai [a](https://b.vn) ![c](d.png) <b>',
  });
  t.end();
});

t.test('html of a question keeps plain formatting only', (t) => {
  const html =
    '<h2 id="x">Tên</h2><p style="x" onclick="y">Một<br>hai <a href="javascript:x">a</a><a href="https://b.vn" target="_blank">b</a><iframe src="c"></iframe></p>';
  t.equal(
    sanitiseForeign(html),
    '<p>Tên</p><p>Một<br>hai <a rel="noopener nofollow">a</a><a href="https://b.vn" rel="noopener nofollow">b</a></p>',
  );
  t.equal(sanitiseForeignInline('<p>Một</p><p><b>hai</b></p>'), 'Một<br><b>hai</b>');
  t.end();
});

/** What no page may hold, whatever an author wrote. */
function dangers(html: string): string[] {
  return parse(html)
    .querySelectorAll('*')
    .flatMap((element) => {
      const names = Object.keys(element.attributes).filter(
        (name) => /^(?:on|style|src$)/i.test(name) && element.tagName !== 'IMG',
      );
      const address = element.getAttribute('href') ?? '';
      const isForbidden = /^(?:SCRIPT|STYLE|IFRAME|OBJECT|EMBED|FORM|INPUT|META|LINK|BASE|SVG)$/.test(element.tagName);
      return [
        ...names,
        ...(/^\s*(?:javascript|data|vbscript):/i.test(address) ? [address] : []),
        ...(isForbidden ? [element.tagName] : []),
      ];
    });
}

const pieces = fc.constantFrom(
  ...[
    '> ',
    '> [!CHECK] ',
    '> [!NOTE]',
    '[!TIP]',
    '---',
    '\n',
    '\n\n',
    '# ',
    '### ',
    '- ',
    '1. ',
    '|a|b|\n|-|-|\n|c|',
    '    ',
    '```',
    '`',
    '**',
    '_',
    '[',
  ],
  ...[
    '](second.md)',
    '](javascript:alert(1))',
    '](data:text/html,x)',
    '![',
    '](x.png "',
    '")',
    '<script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:x">',
  ],
  ...[
    '<style>',
    '<!--',
    '&lt;',
    '&#x6A;',
    '<javascript:x>',
    '[a]: javascript:x\n',
    '[a]',
    '\\',
    '"',
    '\u202e',
    '\u0000',
    'đ',
    ' style="x"',
  ],
);

t.test('whatever is written, nothing throws and nothing dangerous comes out', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
      const source = parts.join('');
      const html = [
        renderMarkdown(source, options).html,
        renderInline(source).html,
        sanitiseForeign(source),
        sanitiseForeignInline(source),
      ];
      return html.every((one) => dangers(one).length === 0);
    }),
    { numRuns: 2000 },
  );
  t.end();
});

t.test('a hostile text takes time in proportion to its length', (t) => {
  const hostile = [
    '[',
    '![',
    '**a ',
    '`a',
    '> ',
    '> [!CHECK] a\n\n',
    '> > > [!NOTE] a\n\n',
    '## a\n',
    '[a](b ',
    '<',
    '|a',
  ];
  for (const piece of hostile) {
    // What grows with the square takes minutes, which no test file has.
    t.ok(renderMarkdown(piece.repeat(100_000 / piece.length), options), piece);
  }
  const wide = `|${'a|'.repeat(2000)}\n|${'-|'.repeat(2000)}\n${'|x\n'.repeat(2000)}`;
  const long = `|${'x'.repeat(50_000)}|\n|-|\n${'|x|\n'.repeat(5000)}`;
  t.ok(render(wide).html.length < 10_000_000);
  t.ok(render(long).html.length < 2_000_000);
  t.end();
});

t.test('all that Markdown can say here is valid HTML', async (t) => {
  const { html, faults } = render(
    ...[
      'Lời *dẫn* <b> `mã` \\',
      'xuống dòng ![hình "1"](../images/a.svg) [a](second.md) <https://a.vn> [b](#mot)',
      '',
      '## Một',
      '',
      '### Hai',
    ],
    ...[
      '1. a',
      '   - b',
      '',
      '   > c',
      '3) d',
      '',
      '***',
      '',
      '    <mã>',
      '',
      '```js',
      'let a;',
      '```',
      '',
      '| | A & B |',
      '|-|--:|',
      '| 1 | "2" |',
    ],
    ...[
      '',
      '> [!NOTE]',
      '> - a',
      '',
      '> [!CHECK] Hỏi & đáp?',
      '> | a |',
      '> |---|',
      '> | b |',
      '>',
      '> ---',
      '> ## Ba',
      '> > [!TIP] đáp',
      '',
      '> trích',
    ],
  );
  t.strictSame(faults, []);
  const page = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Bài</title></head><body><h1>Bài</h1>${html}</body></html>`;
  await assertValidHtml(t, new Map([['everything', page]]));
});

const packages = fileURLToPath(new URL('../../../shared/data/packages/', import.meta.url));
const isHere = existsSync(packages);
t.test(
  'real Markdown of other projects renders',
  { skip: isHere ? false : 'the folder of test material is not here' },
  async (t) => {
    const folders = (await readdir(packages)).filter((folder) => folder.startsWith('md-'));
    let count = 0;
    for (const folder of folders) {
      for (const file of await readdir(join(packages, folder), { recursive: true })) {
        if (!file.endsWith('.md')) continue;
        const { html, plain } = renderMarkdown(readFileSync(join(packages, folder, file), 'utf8'), options);
        t.strictSame(dangers(html), [], file);
        t.ok(html.trim() === '' || plain !== '' || html.includes('<hr'), file);
        count += 1;
      }
    }
    t.ok(count > 150);
  },
);
