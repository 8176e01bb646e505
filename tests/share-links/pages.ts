import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { finish, learner } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';

type Reading = <V extends Client>(visitor: V) => V;

/** The record of learning and links to it: with everything on them and with little, of adults and of a child, and over. */
export async function sharedPages(site: Pick<TestApp, 'app' | 'db'>, reading: Reading, stranger: Client) {
  const adult = await learner(site, { full_name: longName });
  await finish(adult);
  const child = await learner(site, { birth_year: new Date().getFullYear() - 13 });
  await finish(child);
  for (const person of [adult, child]) await person.post('/courses/other/enrolment');
  const pages: Page[] = [];
  const newcomer = reading(await signedIn(site));
  for (const person of [reading(adult), reading(child), newcomer]) {
    pages.push(await person.get('/learning/transcript'), await person.get('/learning/shared'));
    pages.push(await person.get('/learning/shared/new'), await person.post('/learning/shared', { days: '1' }));
    pages.push(await person.get('/learning/profile'));
    await person.post('/learning/profile', { scores: 'yes' });
    const profile = await person.get('/learning/profile');
    const address = profile.html.querySelector('#profile-address')?.getAttribute('href');
    pages.push(profile);
    if (address) pages.push(await stranger.get(new URL(address).pathname), await person.get(new URL(address).pathname));
  }
  const everything = { transcript: 'yes', scores: 'yes', full_name: 'yes', days: '365' };
  for (const [person, wanted] of [
    [adult, everything],
    [adult, { transcript: 'yes', days: '7' }],
    [child, { days: '30' }],
  ] as const) {
    const form = await person.get('/learning/shared/new');
    const certificate = form.html.querySelector('input[name=certificate]')?.getAttribute('value') ?? '';
    const { headers } = await person.submit(form, { fields: { name: longName, certificate, ...wanted } });
    const path = String(headers.location);
    pages.push(await stranger.get(path), await person.get(path));
  }
  const list = await adult.get('/learning/shared');
  const [withdrawal] = list.html
    .querySelectorAll('form[action$="/withdrawal"]')
    .map((form) => form.getAttribute('action'));
  await adult.post(withdrawal ?? '');
  return [...pages, list, await adult.get('/learning/shared'), await stranger.get('/shared/x')];
}
