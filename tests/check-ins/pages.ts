import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import type { SignedIn } from '../support/people.ts';
import { checkIn, note } from './check-ins.ts';

/** Who guides whom. */
export interface Pair {
  /** The address of the member. */
  home: string;
  member: string;
  mentor: SignedIn;
  manager: Client;
  learner: Client;
}

/** What is noted, corrected and withdrawn, and what the learner and a manager see of it. */
export async function checkInPages(site: Pick<TestApp, 'db'>, pair: Pair): Promise<Page[]> {
  const { home, member, mentor, manager, learner } = pair;
  const list = `${home}/check-ins`;
  const pages = [await mentor.get(list), await learner.get('/check-ins'), await mentor.get(`${list}/new`)];
  pages.push(await note(mentor, home, { met_on: '2099-01-01', minutes: 'x', next_step_on: '31/2/2026' }));
  for (let day = 1; day <= 20; day += 1) await checkIn(site, member, mentor, { note: longName, next_step: longName });
  const id = await checkIn(site, member, mentor, { private_note: `${longName}\n${longName}`, met_on: '2026-02-15' });
  const withdrawn = await checkIn(site, member, mentor, { note: longName });
  const entry = await mentor.get(`${list}/${id}`);
  await mentor.submit(entry, { form: `${list}/${id}/correction`, fields: { next_step: longName, minutes: '45' } });
  pages.push(entry, await mentor.submit(entry, { form: `${list}/${id}/correction`, fields: { met_on: '' } }));
  pages.push(await mentor.submit(entry, { form: `${list}/${id}/withdrawal` }));
  await mentor.post(`${list}/${withdrawn}/withdrawal`, { reason: longName });
  for (const path of [list, `${list}?page=2`, `${list}/${id}`, `${list}/${withdrawn}`, home]) {
    pages.push(await mentor.get(path));
  }
  const door = await manager.get(list);
  pages.push(door, await manager.submit(door), await learner.get('/'), await learner.get('/learning'));
  await learner.submit(await learner.get('/'), { form: 'form[action$="/completion"]' });
  return [...pages, await learner.get('/check-ins'), await learner.get('/check-ins?page=2')];
}
