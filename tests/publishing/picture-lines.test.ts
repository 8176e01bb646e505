import fc from 'fast-check';
import t from 'tap';
import { escapeHtml } from '../../server/courses/escape-html.ts';
import { renderMarkdown } from '../../server/courses/markdown.ts';
import { cleanLine } from '../../server/platform/text.ts';
import { markdownOf, withPicture } from '../../server/publishing/pictures/usage.ts';

const words = { note: '', tip: '', remember: '', danger: '', check: '', answer: '' };
const picture = 'images/den-dau.jpg';

/** What an author may type, with what means something in Markdown more often than by chance. */
const typed = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom('[', ']', '(', ')', '!', '\\', '*', '_', '`', '<b>', '&amp;', '](x)', '![', ' ', 'a', 'đ', '"'),
        { maxLength: 20 },
      )
      .map((all) => all.join('')),
  )
  .map(cleanLine)
  .filter((said) => said !== '');

t.test('Whatever words a picture has, its line is one picture with these words', async (t) => {
  fc.assert(
    fc.property(typed, (said) => {
      const shown: string[] = [];
      const { faults } = renderMarkdown(`Lời.\n\n${markdownOf(picture, said, 'vi/bai.md')}\n`, {
        words,
        resolveItem: () => null,
        resolveImage(image, alt) {
          shown.push(image, alt);
          return { html: `<img alt="${escapeHtml(alt)}">` };
        },
      });
      t.strictSame([shown, faults], [[`../${picture}`, said], []]);
    }),
  );
});

t.test('Put at the end of a text it stands there once, after all that stood there', async (t) => {
  fc.assert(
    fc.property(fc.string(), typed, (text, said) => {
      const line = markdownOf(picture, said, 'vi/bai.md');
      const once = withPicture(text, line) ?? text;
      t.ok(once.startsWith(text.trimEnd()) && once.trimEnd().endsWith(line));
      t.equal(withPicture(once, line), null);
    }),
  );
});
