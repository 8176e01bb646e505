import t from 'tap';
import { lookAtEveryPage, patience } from './looking.ts';

t.setTimeout(patience);
t.test('In Vietnamese everybody can read and use every page, by day and by night', { timeout: patience }, async (t) => {
  await lookAtEveryPage(t, 'vi');
});
