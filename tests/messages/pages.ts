import type { Pair } from '../check-ins/pages.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { message, report, write } from './messages.ts';

/** A thread from the first message to one that is reported and hidden. */
export async function messagePages(site: Pick<TestApp, 'db'>, pair: Pair): Promise<Page[]> {
  const { home, member, mentor, manager, learner } = pair;
  const thread = `${home}/messages`;
  const pages = [await learner.get('/messages'), await learner.get(thread), await write(learner, thread, '')];
  const ids: string[] = [];
  for (let count = 1; count <= 21; count += 1) {
    ids.push(await message(site, member, mentor, `${longName}\nhttps://example.com/${'dai'.repeat(30)}`));
  }
  await write(learner, thread, longName);
  await message(site, member, mentor);
  pages.push(...[await learner.get(thread), await learner.get(`${thread}?before=5`), await learner.get('/messages')]);
  pages.push(
    ...[await learner.get('/'), await mentor.get(thread), await mentor.get('/messages'), await mentor.get('/')],
  );
  const form = await learner.get(`/messages/${ids.at(-1)}/report`);
  pages.push(form, await learner.submit(form));
  await learner.submit(form, { fields: { reason: longName } });
  const open = await report(site, ids[0] ?? '', mentor);
  const list = await manager.get('/admin/message-reports');
  const closing = `/admin/message-reports/${open}/closing`;
  pages.push(list, await manager.submit(list, { form: closing }));
  await manager.submit(list, { form: closing, fields: { outcome: 'hidden', note: longName } });
  pages.push(await manager.get('/admin/message-reports'), await learner.get(`${thread}?before=2`));
  const door = await manager.get(thread);
  await manager.submit(door, { fields: { reason: longName } });
  return [...pages, door, await manager.get(thread), await learner.get(thread), await learner.get('/account/data')];
}
