import { v7 as newId } from 'uuid';
import { alsoLearns, cohort, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { essayOf, handedIn, mark, marking, waitingEssay } from './essays.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** Essays in every state, as their learner and who marks them find them; the course is at /courses/essay. */
export async function essayPages(site: Site, reading: <V extends Client>(visitor: V) => V): Promise<Page[]> {
  const slug = 'essay';
  const group = await cohort(site);
  const [hoa, binh] = [
    reading(await signedIn(site, { full_name: longName, roles: ['mentor'] })),
    reading(await signedIn(site, { full_name: 'Võ Văn Bình', roles: ['mentor'] })),
  ];
  for (const mentor of [hoa, binh]) await startGuiding(site, group, mentor);
  await alsoLearns(site, group, slug, 2);
  const lan = await learner(site, { slug, full_name: longName });
  const member = await putIn(site, group, lan, hoa);
  const attempt = await handedIn(lan, undefined, slug);
  const address = essayOf(attempt);
  reading(lan);
  const owner = reading(await signedIn(site, { roles: ['owner'] }));
  const all = async () => [
    ...[
      await lan.get(`${attempt}/result`),
      await lan.get(`/courses/${slug}/quizzes/final`),
      await lan.get('/learning'),
    ],
    ...[await lan.get(`/courses/${slug}/progress`), await hoa.get(`/cohorts/${group.id}/submissions`)],
    ...[await hoa.get(address), await binh.get(address), await hoa.get(`/cohorts/${group.id}/results/${member}`)],
  ];
  const pages = [...(await all()), await owner.get('/essays')];
  await hoa.post(`${address}/claim`, { ok: '' });
  pages.push(...(await all()), await hoa.post(`${address}/markings`, marking({ points: '', remark: longName })));
  pages.push(await binh.post(`${address}/markings`, marking()));
  const id = newId();
  await hoa.post(`${address}/markings`, marking({ points: '0', remark: `${longName}\nDòng hai.`, id }));
  pages.push(...(await all()));
  await mark(binh, address, { points: '0.75', supersedes: id });
  pages.push(...(await all()));
  const again = await startAttempt(lan, 'final', slug);
  pages.push(await lan.get(`${again}?question=2`), await lan.get(`${again}?question=all`));
  const trial = `/courses/${slug}/quizzes/final/trial?question=2`;
  const asked = await hoa.get(trial);
  const name = asked.html.querySelector('textarea')?.getAttribute('name') ?? '';
  pages.push(asked, await hoa.submit(asked, { fields: { [name]: longName } }));
  await waitingEssay(site, await learner(site, { slug, full_name: longName }), slug);
  return [...pages, await owner.get('/essays'), await owner.get('/cohorts')];
}
