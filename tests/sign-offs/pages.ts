import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { alsoLearns, cohort, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { decide, readyLearner, signOffOf } from './signing.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** A sign-off in every state, as its learner and its mentor see it; the course is at /courses/signed. */
export async function signOffPages(site: Site, reading: <V extends Client>(visitor: V) => V): Promise<Page[]> {
  const { db } = site;
  const slug = 'signed';
  const own = `/courses/${slug}/sign-off`;
  const group = await cohort(site);
  const hoa = reading(await signedIn(site, { full_name: longName, roles: ['mentor'] }));
  await startGuiding(site, group, hoa);
  await alsoLearns(site, group, slug, 2);
  const beginner = reading(await learner(site, { slug }));
  const pages = [await beginner.get(own), await beginner.get(`/courses/${slug}`)];
  await putIn(site, group, beginner, hoa);
  pages.push(await beginner.get(own), await hoa.get(await signOffOf(site, beginner, slug)));

  const lan = reading(await readyLearner(site, { slug, full_name: longName }));
  const member = await putIn(site, group, lan, hoa);
  const address = await signOffOf(site, lan, slug);
  const all = async () => [
    ...[await lan.get(own), await lan.get('/learning'), await lan.get(`/courses/${slug}/progress`)],
    ...[await hoa.get(address), await hoa.get(`/cohorts/${group.id}`)],
    ...[
      await hoa.get(`/cohorts/${group.id}/members/${member}`),
      await hoa.get(`/cohorts/${group.id}/results/${member}`),
    ],
  ];
  pages.push(...(await all()), await decide(hoa, address, { verdict: '' }));
  const [missing, signed, withdrawn] = [newId(), newId(), newId()];
  await decide(hoa, address, { id: missing, verdict: 'missing', words: `${longName}\nDòng hai.` });
  pages.push(...(await all()), await decide(hoa, address));
  await lan.post(`${own}/requests`, { ok: '' });
  pages.push(...(await all()));
  await decide(hoa, address, { id: signed, supersedes: missing, words: 'Tốt.' });
  pages.push(...(await all()));
  const owner = reading(await signedIn(site, { roles: ['owner'] }));
  pages.push(await owner.get('/sign-offs'));
  await readyLearner(site, { slug, full_name: longName });
  pages.push(await owner.get('/sign-offs'), await hoa.get(`/cohorts/${group.id}/results?course=${slug}`));
  pages.push(
    await owner.get(address),
    await owner.get(`${(await lan.get(own)).html.querySelector('main a.button')?.getAttribute('href')}`),
  );
  const withdraw = (reason: string) => hoa.post(`${address}/withdrawal`, { id: withdrawn, supersedes: signed, reason });
  pages.push(await withdraw('Nhầm người.'), await withdraw(''));
  await db
    .updateTable('certificates')
    .set({ revoked_at: sql<Date>`now()`, revocation_reason: 'Nhầm' })
    .where('person_id', '=', lan.id)
    .execute();
  pages.push(await hoa.get(address), await withdraw(''));
  await withdraw(longName);
  return [...pages, ...(await all())];
}
