import t from 'tap';
import { lookAtEveryPage, patience } from './looking.ts';

t.setTimeout(patience);
t.test('In English everybody can read and use every page on a small phone', { timeout: patience }, async (t) => {
  await lookAtEveryPage(t, 'en');
});
