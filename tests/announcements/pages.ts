import { queueLetters } from '../../server/announcements/letters/queries.ts';
import { sendDueMails } from '../../server/mail/postman.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { announcement, courseId } from './announcements.ts';

type Site = Pick<TestApp, 'app' | 'db'>;
type Reading = <V extends Client>(visitor: V) => V;

/** Announcements of every kind and in every state, as writers, readers and everybody see them. */
export async function announcementPages(site: Site, reading: Reading, stranger: Client): Promise<Page[]> {
  const branch = await organisation(site, 'telling');
  const group = await cohort(site, { branch });
  const writer = reading(await mentor(site, group, { branch, full_name: longName }));
  const manager = reading(await signedIn(site, { roles: ['manager'], branch }));
  const reader = reading(await learner(site, { roles: ['learner'], branch }));
  await putIn(site, group, reader, writer);
  const desk = `/cohorts/${group.id}/announcements`;
  const office = '/admin/organisations/telling/announcements';
  const pages = await all(writer, [desk, `${desk}/new`, `${desk}/digest`]);
  pages.push(...(await all(manager, [office, `${office}/new`])));
  pages.push(await writer.post(desk, { title: '', words: 'Chữ <b>', pinned_until: '31/2/2027' }));
  pages.push(await manager.post(office, { title: longName }));

  const course_id = await courseId(site);
  const far = { pinned_until: '2099-01-01' };
  const words = `${longName}\n\nhttps://example.org/${'rat-dai-'.repeat(20)} <b>&`;
  const codes = [
    await announcement(site, { cohort_id: group.id }, writer, { title: longName, words, ...far }),
    await announcement(site, { organisation_id: branch.id }, manager, { is_public: true, title: longName.repeat(2) }),
    await announcement(site, { course_id }, manager, { is_public: true }),
  ];
  for (const code of codes) pages.push(...(await all(reader, [`/announcements/${code}`])));
  pages.push(...(await all(reader, ['/announcements', '/', '/account/announcements'])));
  // One after the other: another address is not confirmed yet.
  for (const set of [{ email: 'doc@example.com' }, { email_confirmed_at: new Date() }])
    await site.db.updateTable('person_details').set(set).where('person_id', '=', reader.id).execute();
  pages.push(await reader.get('/account/announcements'));
  const way = await newestWayOut(site);
  pages.push(await stranger.get(way), await stranger.follow(await stranger.post(way)));

  const [told = '', , ofCourse] = codes;
  await reader.post(`/announcements/${told}/reading`);
  pages.push(await reader.get(`/announcements/${told}`));
  pages.push(...(await all(stranger, ['/organisations/telling', '/courses/small', `/announcements/${ofCourse}`])));
  pages.push(...(await all(writer, [`/announcements/${told}`, `/announcements/${told}/settings`, `${desk}/digest`])));
  pages.push(await writer.post(`/announcements/${told}/settings`, { title: 'Khác', words: 'x', revision: '9' }));
  await writer.post(`/announcements/${told}/withdrawal`);
  pages.push(...(await all(writer, [desk, `/announcements/${told}`, `/announcements/${told}/settings`])));
  await manager.post(`/cohorts/${group.id}/closing`);
  return [...pages, ...(await all(manager, [office, desk, `${desk}/new`]))];
}

async function newestWayOut({ app, db }: Site): Promise<string> {
  await queueLetters(db);
  let way = '';
  const send = async ({ text }: { text: string }) => {
    way = /http:\/\/localhost(\/announcement-letters\/\S+)/.exec(text)?.[1] ?? way;
  };
  // Whatever the time is: letters wait for the morning.
  await sendDueMails({ db, config: app.config, send }, () => new Date(Date.now() + 86_400_000));
  return way;
}

async function all(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}
