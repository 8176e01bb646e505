import t from 'tap';
import { failuresOf } from './failures.ts';
import { assertValidHtml, withoutJava } from './valid-html.ts';

const page = (body: string) =>
  `<!doctype html><html lang="vi"><head><title>Thử</title></head><body>${body}</body></html>`;

t.test('A fault is told with its page, and a valid page is not', { skip: withoutJava }, async (t) => {
  const pages = new Map([
    ['/good', page('<p>a</p>')],
    ['/bad', page('<p><div>b</p>')],
  ]);
  const told = await failuresOf((t) => assertValidHtml(t, pages));
  t.match(told, /\/bad:1: error: No “p” element in scope/);
  t.notMatch(told, '/good:');
});
