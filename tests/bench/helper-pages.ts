import { cookieOf, type LearnerPage, long } from '../budgets/learner.ts';
import { alsoLearns, cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { draft } from '../publishing/drafts.ts';
import type { TestApp } from '../support/app.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

const [mentees, drafts] = [30, 60];

/** What mentors and authors look at first: a cohort of thirty, half of whom need help, and the first page of sixty drafts. */
export async function helperPages(site: Pick<TestApp, 'app' | 'db'>): Promise<LearnerPage[]> {
  const group = await cohort(site);
  await alsoLearns(site, group, long.slug, 1);
  const hoa = await mentor(site, group, { capacity: mentees });
  for (let count = 0; count < mentees; count += 1) {
    const full_name = `Nguyễn Thị Học ${count + 1}`;
    const mentee = await signedIn(site, { full_name });
    await mentee.post(`/courses/${long.slug}/enrolment`);
    await putIn(site, group, mentee, hoa, { daysAgo: (count % 2) * 5 });
  }
  const author = await signedIn(site, { roles: ['author'] });
  for (let count = 0; count < drafts; count += 1) await draft(site, author, { slug: `khoa-moi-${count + 1}` });
  return [
    { name: 'who needs help', path: `/cohorts/${group.id}`, headers: headersOf(hoa) },
    { name: 'drafts', path: '/publishing', headers: headersOf(author) },
  ];
}

function headersOf(person: SignedIn): LearnerPage['headers'] {
  return { 'accept-language': 'vi', cookie: cookieOf(person) };
}
