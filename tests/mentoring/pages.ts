import { v7 as newId } from 'uuid';
import { abilities } from '../../server/mentoring/household/abilities.ts';
import { handedTo, mentor, putIn } from '../cohorts/cohorts.ts';
import { meeting } from '../meetings/meetings.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { finish, learner } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { confirm, endedGroup } from './certificates.ts';
import { guidedGroup, householdMember, mentoringOffer, talk, wasThere } from './mentoring.ts';

type Site = Pick<TestApp, 'app' | 'db'>;
type Reading = <V extends Client>(visitor: V) => V;

/** What a mentor has done, as they and a manager read it, from nothing to two pages of it. */
export async function mentoringPages(site: Site, reading: Reading): Promise<Page[]> {
  const pages = [await reading(await signedIn(site)).get('/mentoring')];
  const { branch, group, lan, member, home, facts, ...people } = await guidedGroup(site, { full_name: longName });
  const [hoa, manager] = [reading(people.hoa), reading(people.manager)];
  const binh = reading(await mentor(site, group, { full_name: longName, branch }));
  pages.push(await binh.get('/mentoring'), await binh.get(`/mentoring/${binh.id}/cohorts/${group.id}`));
  const past = await meeting(site, group, { inMinutes: -90 });
  pages.push(await hoa.get(`${home}/meetings/${past}`));
  await wasThere(site, group, past, hoa);
  pages.push(await hoa.get(`${home}/meetings/${past}`));
  for (let number = 0; number < 52; number += 1) await talk(site, member, hoa, { minutes: number + 1 });
  await talk(site, member, hoa, { minutes: null });
  await finish(lan);
  for (const reader of [hoa, manager])
    pages.push(await reader.get(`/mentoring/${hoa.id}`), await reader.get(facts), await reader.get(`${facts}?page=2`));
  pages.push(await hoa.get(`${facts}?all=yes`));
  await handedTo(site, member, binh);
  pages.push(await hoa.get('/mentoring'), await hoa.get(facts), await hoa.get('/cohorts'), await hoa.get('/learning'));
  pages.push(await manager.get(`${home}/mentors`));
  const more = [await offerPages(site, reading), await householdPages(site, reading)];
  return [...pages, ...(await certificatePages(site, reading)), ...more.flat()];
}

/** A certificate of mentoring: what is missing, who waits, and the paper itself. */
async function certificatePages(site: Site, reading: Reading): Promise<Page[]> {
  const { branch, group, hoa, manager } = await endedGroup(site, { full_name: longName });
  const [mentor, confirming] = [reading(hoa), reading(manager)];
  const list = `/admin/organisations/${branch.code}/mentoring-certificates`;
  const pages = [
    await mentor.get('/mentoring'),
    await confirming.get(list),
    await confirming.get(`/mentoring/${hoa.id}`),
  ];
  const issued = await confirming.follow(await confirm(confirming, hoa, group));
  pages.push(issued, await confirming.get(list), await mentor.get(issued.url), await mentor.get('/mentoring'));
  return [...pages, await mentor.get('/learning'), await mentor.get('/learning/transcript')];
}

/** Offers to mentor: what stands in the way, and what comes of one. */
async function offerPages(site: Site, reading: Reading): Promise<Page[]> {
  const { branch, group, hoa, ...people } = await guidedGroup(site);
  // In the language that its answers are in.
  await finish(people.lan);
  const another = await learner(site, { full_name: longName });
  await putIn(site, group, another, hoa);
  const [lan, manager] = [reading(people.lan), reading(people.manager)];
  const path = '/mentoring/offers';
  const list = `/admin/organisations/${branch.code}/mentoring-offers`;
  const child = reading(await signedIn(site, { birth_year: new Date().getFullYear() - 12 }));
  const pages = [await child.get(path), await reading(another).get(path), await manager.get(list)];
  const form = await lan.get(path);
  pages.push(form, await lan.post(path, { course: 'x', organisation: 'x' }));
  await mentoringOffer(site, another, branch);
  for (const decision of ['declined', 'accepted']) {
    await lan.submit(form, { form: '#offer', fields: { id: newId() } });
    const waiting = await manager.get(list);
    const id = waiting.html.querySelector('section.card:has(a)')?.getAttribute('id')?.slice('offer-'.length);
    pages.push(waiting, await lan.get(path), await manager.post(`${list}/${id}/decision`, { decision: 'declined' }));
    await manager.post(`${list}/${id}/decision`, {
      decision,
      ...(decision === 'declined' ? { reason: longName } : {}),
    });
    pages.push(await lan.get(path));
  }
  pages.push(await manager.get(`/admin/organisations/${branch.code}`), await manager.get('/admin/audit'));
  return [...pages, await reading(await signedIn(site)).get(path)];
}

/** A household with nobody, with a few, and with as many as there can be. */
async function householdPages(site: Site, reading: Reading): Promise<Page[]> {
  const path = '/mentoring/household';
  const lan = reading(await signedIn(site));
  const pages = [await lan.get(path), await lan.post(path, { name: '0912345678' })];
  const id = await householdMember(site, lan, 'Bà-ngoại-ở-dưới-quê-mà-tôi-rất-thương-đó');
  pages.push(await lan.get(path));
  await lan.post(`${path}/${id}/abilities`, { drawn_from: '0', ability: [...abilities] });
  await householdMember(site, lan, 'Ba');
  pages.push(await lan.get(path), await lan.get('/mentoring'), await lan.post(path, { name: 'ba' }));
  for (let number = 3; number <= 20; number += 1) await householdMember(site, lan, `Em ${number}`);
  return [...pages, await lan.get(path)];
}
