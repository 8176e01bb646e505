import { cohort, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { sent } from './uploads.ts';
import { handedIn, handIn, mark, marking, photo } from './work.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** Work in every state, as its learner and its mentors see it; the course is at /courses/work. */
export async function workPages(site: Site, reading: <V extends Client>(visitor: V) => V): Promise<Page[]> {
  const task = '/courses/work/assignments/story';
  const group = await cohort(site);
  const [hoa, binh] = [
    reading(await signedIn(site, { full_name: longName, roles: ['mentor'] })),
    reading(await signedIn(site, { full_name: 'Võ Văn Bình', roles: ['mentor'] })),
  ];
  for (const mentor of [hoa, binh]) await startGuiding(site, group, mentor);
  const { id: course_id } = await site.db
    .selectFrom('courses')
    .select('id')
    .where('slug', '=', 'work')
    .executeTakeFirstOrThrow();
  await site.db.insertInto('cohort_courses').values({ cohort_id: group.id, course_id, position: 2 }).execute();
  const lan = reading(await learner(site, { slug: 'work', full_name: 'Nguyễn Thị Lan' }));
  const list = `/cohorts/${group.id}/submissions`;
  const results = `/cohorts/${group.id}/results`;
  const both = async (submission: string) => [
    await lan.get(task),
    await lan.get('/learning'),
    await hoa.get(list),
    await hoa.get(`${list}/${submission}`),
    await binh.get(`${list}/${submission}`),
    await hoa.get(`${results}?course=work`),
  ];

  const pages = [await reading(await signedIn(site)).get(task), await lan.get(task), await lan.get('/courses/work')];
  const member = await putIn(site, group, lan, hoa);
  pages.push(await hoa.get(list), await hoa.get(`/cohorts/${group.id}`));
  await sent(lan, Buffer.from('x'), `${longName}.pdf`, `${task}/uploads`);
  pages.push(await lan.get(task), await handIn(lan, {}, { name: 'a.jpg', bytes: 'x' }, 'work'));
  const files = [
    { name: 'nhà.jpg', bytes: await photo('jpeg', 40, 30) },
    { name: `${longName}.pdf`, bytes: 'x' },
  ];
  const first = await handedIn(lan, `${longName}\nDòng hai.`, files, 'work');
  pages.push(...(await both(first)), await hoa.get(`/cohorts/${group.id}`));
  await hoa.post(`${list}/${first}/claim`, { ok: '' });
  pages.push(...(await both(first)), await hoa.post(`${list}/${first}/markings`, { decision: 'points' }));
  pages.push(await binh.post(`${list}/${first}/markings`, marking()));
  await mark(hoa, list, first, { levels: [3, 2], comment: longName });
  pages.push(...(await both(first)));
  const second = await handedIn(lan, 'Sửa rồi.', null, 'work');
  pages.push(await hoa.get(`${list}/${first}`));
  await mark(hoa, list, second, { decision: 'return', comment: 'Thử lại.' });
  const last = await site.db
    .selectFrom('assignment_markings')
    .select('id')
    .where('submission_id', '=', second)
    .executeTakeFirstOrThrow();
  await mark(binh, list, second, { supersedes: last.id });
  pages.push(...(await both(second)), await hoa.get(results), await hoa.get(`${results}/${member}`));
  return [...pages, await lan.get('/courses/work/progress')];
}
