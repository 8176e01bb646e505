import t from 'tap';
import { assertValidHtml } from '../support/valid-html.ts';
import { lookAtAll } from './looking.ts';

t.test('Every page of accounts is accessible, fits a small phone, and is valid HTML', async (t) => {
  const pages = await lookAtAll(t, { locale: 'vi', width: 320, colorScheme: 'light' });
  await assertValidHtml(t, pages);
});
