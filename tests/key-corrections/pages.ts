import type { Test } from 'tap';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { answer, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { rightAnswers } from '../support/small-course.ts';
import { correct } from './correcting.ts';

/** Keys of every kind before and after a correction, and the choice between two versions; the course is at /courses/corrected. */
export async function correctionPages(
  t: Test,
  site: Pick<TestApp, 'app' | 'db'>,
  reading: <V extends Client>(visitor: V) => V,
): Promise<Page[]> {
  const slug = 'corrected';
  await publish(t, site, {}, slug);
  const path = `/courses/${slug}/quizzes/final/corrections`;
  const reviewer = reading(await signedIn(site, { full_name: longName, roles: ['reviewer'] }));
  const plain = await learner(site, { slug });
  const lan = reading(plain);
  const attempt = await startAttempt(plain, 'final', slug);
  const pages: Page[] = [];
  for (const key of ['one', 'several', 'true', 'word', 'number', 'pairs'])
    pages.push(await reviewer.get(`${path}/${key}`));
  const form = await reviewer.get(`${path}/word`);
  pages.push(await reviewer.submit(form, { fields: { answer_vi_0: '', answer_vi_1: '' } }));
  const vietnamese = lan.cookies.get('language') !== 'en';
  if (vietnamese) await answer(plain, attempt, { 'Trái đất phẳng': rightAnswers['Trái đất phẳng'] ?? 'Sai' });
  await handIn(plain, attempt);
  const corrected = await correct(site, reviewer, 'true', { is_void: 'yes', reason: longName }, path);
  pages.push(corrected.preview, corrected.done, await reviewer.get(`${path}/true`), await lan.get(`${attempt}/result`));

  await publish(t, site, { 'vi/second.md': `# ${longName}\n\nNăm.\n` }, slug);
  pages.push(await lan.get(`/courses/${slug}/version`), await lan.get(`/courses/${slug}`), await lan.get('/learning'));
  const running = await startAttempt(plain, 'final', slug);
  pages.push(await lan.get(`/courses/${slug}/version`));
  await handIn(plain, running);
  const closing = `/courses/${slug}/closing`;
  pages.push(await reviewer.get(closing));
  await reviewer.post(closing);
  const newcomer = reading(await signedIn(site));
  pages.push(await reviewer.get(closing), await newcomer.get(`/courses/${slug}`));
  pages.push(await newcomer.post(`/courses/${slug}/enrolment`));
  return pages;
}
