import { handedTo, mentor } from '../cohorts/cohorts.ts';
import { meeting } from '../meetings/meetings.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { finish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { guidedGroup, talk, wasThere } from './mentoring.ts';

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
  await handedTo(site, member, binh);
  pages.push(await hoa.get('/mentoring'), await hoa.get(facts), await hoa.get('/cohorts'), await hoa.get('/learning'));
  return [...pages, await manager.get(`${home}/mentors`)];
}
