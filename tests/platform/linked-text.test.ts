import fc from 'fast-check';
import t from 'tap';
import { linkedParts } from '../../server/platform/linked-text.ts';

const linksIn = (words: string) => linkedParts(words).flatMap(({ href }) => (href === null ? [] : [href]));

t.test('Addresses of the web become links, without what only follows them in a sentence', async (t) => {
  for (const [words, links] of [
    ['Xem https://example.com/a.', ['https://example.com/a']],
    ['(xem http://example.com/a(b))', ['http://example.com/a(b)']],
    ['“https://example.com/?q=1&b=2”, HTTPS://example.org!', ['https://example.com/?q=1&b=2', 'https://example.org/']],
    ['https://vi.wikipedia.org/wiki/Hà_Nội nhé', ['https://vi.wikipedia.org/wiki/H%C3%A0_N%E1%BB%99i']],
    ['https://www.youtube.com/@kenh.hoc-tap', ['https://www.youtube.com/@kenh.hoc-tap']],
    ['example.com, ftp://example.com, javascript:alert(1), data:text/html,x', []],
    ['https://bank.example@evil.example/ và https://a:b@evil.example', []],
    ['https://', []],
    ['Chào bạn', []],
  ] as [string, string[]][])
    t.strictSame(linksIn(words), links, words);
});

t.test('Whatever is typed, nothing of it is lost, and links lead to the web alone, as nobody', async () => {
  const bits = fc.constantFrom(
    'https://',
    'http://',
    'javascript:',
    'a.vn',
    '@',
    '"',
    '<',
    '>',
    ')',
    '(',
    '.',
    ' ',
    '\n',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(bits).map((some) => some.join('')),
      ),
      (words) => {
        const parts = linkedParts(words);
        const toTheWeb = /^https?:\/\/[^"<>\s@/]+\/[^"<>\s]*$/;
        return (
          parts.map(({ text }) => text).join('') === words &&
          parts.every(({ href }) => href === null || toTheWeb.test(href))
        );
      },
    ),
  );
});
