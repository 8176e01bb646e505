import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { lessonAnswer, lessonQuestion, moderate } from './questions.ts';

type Site = Pick<TestApp, 'app' | 'db'>;
type Reading = <V extends Client>(visitor: V) => V;

/** Questions in every state, as who asked, who answers and who moderates sees them. */
export async function lessonQuestionPages(site: Site, reading: Reading): Promise<Page[]> {
  const branch = await organisation(site, 'asking');
  const group = await cohort(site, { branch });
  const guide = reading(await mentor(site, group, { branch, full_name: longName }));
  const manager = reading(await signedIn(site, { roles: ['manager'], branch }));
  const asker = reading(await learner(site, { full_name: longName }));
  const fellow = reading(await learner(site, { full_name: 'Trần Văn Út' }));
  const member = await putIn(site, group, asker, guide);
  const fellows = await putIn(site, group, fellow, guide);
  const list = `/cohorts/${group.id}/questions`;
  const lesson = `${list}?course=small&item=second`;
  const pages = await all(asker, [list, lesson, '/courses/small/lessons/second']);
  pages.push(...(await all(guide, [list, `${list}/moderation`])), await asker.submit(await asker.get(lesson)));

  const words = `${longName}\n\nhttps://example.org/${'rat-dai-'.repeat(20)} <b>&`.repeat(2);
  const ids: string[] = [];
  for (let minutesAgo = 22; minutesAgo > 0; minutesAgo -= 1)
    ids.push(await lessonQuestion(site, member, { words, minutesAgo }));
  const [old = '', second = '', hidden = ''] = ids;
  const home = `${list}/${old}`;
  const answers = [
    await lessonAnswer(site, old, { id: fellow.id, member: fellows }, { words }),
    await lessonAnswer(site, old, guide, { words: longName }),
    await lessonAnswer(site, old, { id: fellow.id, member: fellows }),
  ];
  const [bad = ''] = answers;
  const report = `${home}/report?answer=${bad}`;
  pages.push(...(await all(asker, [list, lesson, `${list}?page=2`, home, '/', '/learning', `/cohorts/${group.id}`])));
  pages.push(await asker.submit(await asker.get(home), { form: `${home}/answers` }));
  pages.push(...(await all(asker, [report, `${home}/correction`, `${list}/${ids.at(-1)}/correction`])));
  pages.push(await asker.submit(await asker.get(report)));
  await asker.submit(await asker.get(report), { fields: { reason: longName } });
  pages.push(...(await all(fellow, [`${home}/correction?answer=${answers[2]}`])));
  pages.push(await fellow.post(`${home}/correction`, { answer: answers[2] ?? '' }));
  await fellow.post(`${home}/withdrawal`, { answer: answers[2] ?? '' });

  const desk = `${home}/moderation?answer=${bad}`;
  pages.push(...(await all(guide, ['/', list, home, `/cohorts/${group.id}`, `${list}/moderation`, desk])));
  pages.push(await guide.post(`${home}/moderation`));
  await moderate(guide, home, 'hidden', { answer: bad, reason: longName });
  await asker.post(`${home}/solution`, { answer: answers[1] ?? '' });
  await moderate(manager, home, 'locked', { reason: longName });
  await moderate(manager, `${list}/${hidden}`, 'hidden', { reason: longName });
  await asker.post(`${list}/${second}/solution`);
  pages.push(...(await all(asker, [list, home, `${list}/${hidden}`, `${list}/${second}`])));
  pages.push(...(await all(fellow, [list, home, `${list}/${second}`])));
  pages.push(...(await all(manager, [list, home, `${list}/moderation`, `${home}/moderation`, desk])));
  await manager.post(`/cohorts/${group.id}/closing`);
  return [...pages, ...(await all(manager, [list, lesson, home, `${list}/moderation`]))];
}

async function all(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}
