import type { Test } from 'tap';
import { v7 as newId } from 'uuid';
import { alsoLearns, cohort, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { drawn } from './drawn.ts';
import { endsIn } from './timed.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** A quiz that draws its questions and has a time limit, from its rules to its result, with more time for one learner. */
export async function timedPages(t: Test, site: Site, reading: <V extends Client>(visitor: V) => V): Promise<Page[]> {
  const slug = 'timed';
  const yaml = String(drawn['course.yaml']).replace('minutes: 6,', 'minutes: 6, time_limit: 20,');
  await publish(t, site, { ...drawn, 'course.yaml': yaml }, slug);
  const group = await cohort(site);
  await alsoLearns(site, group, slug, 2);
  const hoa = reading(await signedIn(site, { full_name: longName, roles: ['mentor'] }));
  await startGuiding(site, group, hoa);
  const lan = reading(await learner(site, { slug, full_name: longName }));
  const member = await putIn(site, group, lan, hoa);
  const extra = `/cohorts/${group.id}/members/${member}/extra-times`;
  const quiz = `/courses/${slug}/quizzes/final`;
  const pages = [await lan.get(quiz), await hoa.get(extra), await hoa.post(extra, { id: newId(), quiz: 'x' })];
  for (const percent of ['50', '0', '25']) await hoa.post(extra, { id: newId(), quiz: 'all', percent });
  await hoa.submit(await hoa.get(extra), { fields: { quiz: 'all', percent: '100' } });
  pages.push(await hoa.get(extra), await lan.get(quiz));
  const attempt = await startAttempt(lan, 'final', slug);
  const all = [attempt, `${attempt}?question=all`, `${attempt}/submission`, quiz];
  for (const path of all) pages.push(await lan.get(path));
  await endsIn(site, attempt, -30);
  pages.push(await lan.get(`${attempt}/submission`), await lan.get(quiz));
  await endsIn(site, attempt, -300);
  pages.push(await lan.follow(await lan.get(attempt)), await lan.get(quiz));
  pages.push(await lan.follow(await lan.post(`${attempt}/answers`, { place: '1' })));
  return [...pages, await hoa.get(`${quiz}/trial`)];
}
