import t from 'tap';
import { lookAtAll } from './looking.ts';

t.test('Every page of accounts is accessible and fits in English on a wide dark screen', async (t) => {
  await lookAtAll(t, { locale: 'en', width: 1280, colorScheme: 'dark' });
});
