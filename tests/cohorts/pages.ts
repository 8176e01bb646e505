import { bundlePages } from '../certificates/bundles/pages.ts';
import { checkInPages } from '../check-ins/pages.ts';
import { meeting, recorded } from '../meetings/meetings.ts';
import { messagePages } from '../messages/pages.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { finish, handIn, learner, startAttempt } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { cohort, cohortRequest, helpRequest, putIn, rowOf, startGuiding } from './cohorts.ts';

type Site = Pick<TestApp, 'app' | 'db'>;
type Reading = <V extends Client>(visitor: V) => V;

const questions = [
  { words: longName, is_required: true },
  { words: 'Bạn có máy tính không?', is_required: false },
];

/** A cohort in every state, as its manager, its mentors, its members and those who wait see it. */
export async function cohortPages(site: Site, reading: Reading, stranger: Client): Promise<Page[]> {
  const branch = await organisation(site, 'to', { name: 'Trung tâm học tập cộng đồng phường Long Xuyên' });
  const manager = reading(await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'], branch }));
  const mentor = reading(await signedIn(site, { full_name: longName, roles: ['mentor'], branch }));
  const beside = reading(await signedIn(site, { full_name: 'Võ Thị Bình', roles: ['mentor'], branch }));
  const group = await cohort(site, { branch, isOpen: false, seats: 7 });
  const home = `/cohorts/${group.id}`;
  const pages = await all(manager, ['/cohorts/new?organisation=to', home, `${home}/mentors`, '/cohorts']);
  pages.push(
    await manager.post('/cohorts', { organisation: 'to', seats: '0', starts_on: '31/2/2027', place: 'Quảng' }),
  );
  await startGuiding(site, group, mentor);
  await startGuiding(site, group, beside, 1);
  pages.push(...(await all(mentor, [home, '/', '/learning'])));

  const people = await mentees(site, reading, group, mentor);
  await site.db
    .updateTable('cohorts')
    .set({ questions: JSON.stringify(questions) })
    .where('id', '=', group.id)
    .execute();
  const joiner = reading(await signedIn(site, { full_name: 'Lý Thị Sen' }));
  const door = `/join/${group.code}`;
  pages.push(await stranger.get(door), await joiner.get(door));
  pages.push(await joiner.post(`${door}/request`, { question: 'x', answer: 'y' }));
  await cohortRequest(site, group, joiner);
  pages.push(...(await all(joiner, [door, '/cohorts', '/account/wishes'])));
  pages.push(...(await proposed(manager, mentor, home)));
  pages.push(...(await all(mentor, [home, '/', '/cohorts', `${home}/requests`, `${home}/join-codes`, door])));
  pages.push(...(await all(mentor, [`${home}/members/new`, `${home}/people/new`, `${home}/mentors`])));
  pages.push(...(await meetingPages(site, mentor, people.asker, group, people.members)));
  const pair = { home: `${home}/members/${people.members[0]}`, member: people.members[0] ?? '' };
  pages.push(...(await checkInPages(site, { ...pair, mentor, manager, learner: people.asker })));
  pages.push(...(await messagePages(site, { ...pair, mentor, manager, learner: people.asker })));
  for (const member of people.members) pages.push(await mentor.get(`${home}/members/${member}`));
  pages.push(...(await bundlePages(mentor, home)));
  pages.push(...(await resultPages(mentor, manager, home, people.members)));
  pages.push(...(await helped(mentor, beside, people)));
  pages.push(...(await all(people.asker, [home, '/', '/learning', '/cohorts', '/courses/small/lessons/first'])));
  pages.push(...(await refusedForms(mentor, home)), await registered(mentor, home));

  const leaving = `${home}/mentors/${await rowOf(site, group, mentor)}`;
  pages.push(await mentor.get(leaving));
  await mentor.post(`${leaving}/departure`);
  pages.push(...(await all(mentor, [home, leaving])));
  await manager.post(`${home}/requests`, { request: await requestOf(site, joiner), decision: 'declined' });
  pages.push(await joiner.get('/cohorts'));
  pages.push(...(await all(manager, ['/cohorts', home, `${home}/mentors`, `${home}/settings`, leaving])));
  pages.push(await manager.get('/admin/organisations/to/mentoring'));
  pages.push(await manager.post('/admin/organisations/to/mentoring', { days_quiet: '0' }));
  pages.push(...(await broughtIn(manager, home)));
  await manager.post(`${home}/closing`);
  pages.push(...(await all(manager, [home, `${home}/settings`, `${home}/mentors`, `${home}/join-codes`])));
  return [...pages, await stranger.get(door)];
}

/** One for each reason to need somebody, and one who needs nobody. */
async function mentees(site: Site, reading: Reading, group: { id: string }, mentor: { id: string }) {
  const member = async (full_name: string, daysAgo: number) => {
    const person = await learner(site, { full_name });
    return { person, id: await putIn(site, group, person, mentor, { daysAgo }) };
  };
  const asker = await member('Nguyễn Thị Bé An', 2);
  const late = await member('Trần Văn Út', 9);
  const failing = await member(longName, 3);
  const done = await member('Danh Thị Sa Rây', 1);
  for (const _ of [1, 2]) await handIn(failing.person, await startAttempt(failing.person));
  const { url: result } = await failing.person.get(await startAttempt(failing.person));
  await handIn(failing.person, result);
  await finish(done.person);
  return {
    asker: reading(asker.person),
    failing: reading(failing.person),
    result: `${result}/result`,
    members: [asker.id, late.id, failing.id, done.id],
    request: await helpRequest(site, asker.id),
    overdue: await helpRequest(site, failing.id, { hoursAgo: 80, words: 'Tôi làm sai ở đâu?\nCâu nào cũng sai.' }),
  };
}

interface Helped {
  asker: SignedIn;
  failing: SignedIn;
  result: string;
  request: string;
  overdue: string;
}

/** Meetings to come, under way, over, cancelled; and everybody's own view of them. */
async function meetingPages(site: Site, mentor: SignedIn, asker: SignedIn, group: { id: string }, members: string[]) {
  const home = `/cohorts/${group.id}/meetings`;
  const blank = await all(mentor, [home, `${home}/new`]);
  const [past, before] = [
    await meeting(site, group, { inMinutes: -3000 }),
    await meeting(site, group, { inMinutes: -9000 }),
  ];
  for (const id of members) for (const one of [past, before]) await recorded(site, one, id, 'absent', mentor);
  await recorded(site, past, members[3] ?? '', 'late', mentor);
  const now = await meeting(site, group);
  const off = await meeting(site, group, { inMinutes: 3000, place: longName });
  await mentor.post(`${home}/${off}/cancellation`);
  const next = await meeting(site, group, { inMinutes: 1000 });
  const pages = await all(mentor, [
    home,
    ...[past, now, off, next].flatMap((id) => [`${home}/${id}`, `${home}/${id}/code`]),
  ]);
  pages.push(
    ...(await all(mentor, [`${home}/${now}?all=present`, `${home}/${now}/settings`, `${home}/${off}/settings`])),
  );
  pages.push(await mentor.post(home, { day: '31/2/2027', link: 'x', weeks: '0', note: longName }));
  pages.push(await mentor.post(`${home}/${now}/settings`, { minutes: '1' }));
  pages.push(...(await all(asker, ['/here', '/here/123456', '/here/12', `/cohorts/${group.id}`, '/account/calendar'])));
  pages.push(await asker.post('/here', { code: '000000' }));
  await asker.post('/account/calendar', { id: '' });
  return [...blank, ...pages, await asker.get('/account/calendar')];
}

/** "I'm stuck", from the question to the answer. */
async function helped(mentor: Client, beside: Client, { asker, failing, result, request, overdue }: Helped) {
  const marked = await failing.get(result);
  const [stuck = ''] = marked.html.querySelectorAll('a[href^="/help/new"]').map((a) => a.getAttribute('href') ?? '');
  const asking = await failing.get(stuck.replaceAll('&amp;', '&'));
  const long = await failing.submit(asking, { fields: { words: 'x'.repeat(1100) } });
  const asked = await failing.follow(await failing.submit(asking));
  const pages = [
    marked,
    asking,
    long,
    asked,
    await asker.get(`/help/${request}`),
    await failing.get(`/help/${overdue}`),
  ];
  pages.push(...(await all(mentor, [`/help/${request}`, `/help/${overdue}`, asked.url])));
  pages.push(await beside.get(`/help/${overdue}`), await beside.get('/'), await beside.get('/cohorts'));
  pages.push(await mentor.post(`/help/${request}/replies`));
  await mentor.post(`/help/${request}/replies`, { words: 'Nút ở góc trên,\nbên phải.' });
  await failing.post(`/help/${overdue}/solution`);
  return [...pages, ...(await all(mentor, [`/help/${request}`])), ...(await all(failing, [`/help/${overdue}`]))];
}

async function resultPages(mentor: Client, manager: Client, home: string, members: string[]): Promise<Page[]> {
  const results = `${home}/results`;
  const pages = await all(mentor, [results, `${results}?course=small&all=yes`, `${results}?q=zzz`]);
  for (const member of members) pages.push(await mentor.get(`${results}/${member}`));
  return [...pages, ...(await all(manager, [results]))];
}

async function refusedForms(mentor: Client, home: string): Promise<Page[]> {
  const mentors = await mentor.get(`${home}/mentors`);
  const capacity = mentors.html.querySelector('form[action$="/capacity"]')?.getAttribute('action') ?? '';
  return [
    await mentor.post(`${home}/members`, { learner_code: '123' }),
    await mentor.post(`${home}/people`, { full_name: 'Lý Thị Sen' }),
    await mentor.post(capacity, { capacity: '0' }),
    await mentor.post(capacity, { capacity: '1' }),
  ];
}

/** What is said for matching, and proposals for those who wait; nobody is placed. */
async function proposed(manager: Client, mentor: Client, home: string): Promise<Page[]> {
  const wishes = [await mentor.get('/account/wishes'), await mentor.post('/account/wishes', { place: 'Atlantis' })];
  const proposal = await manager.follow(await manager.post(`${home}/placements`));
  const without = await manager.post(`${home}/placements`);
  return [...wishes, await manager.get(`${home}/requests`), proposal, await manager.follow(without)];
}

/** A class list from the file to the end; nobody has room any more. Then a proposal for those who wait is taken over. */
async function broughtIn(manager: SignedIn, home: string): Promise<Page[]> {
  const refused = await manager.upload(`${home}/people/import`, {}, { name: 'lop.csv', bytes: 'Lớp\r\n8A' });
  const plan = await manager.upload(
    `${home}/people/import`,
    {},
    { name: 'lop.csv', bytes: `Họ và tên\r\n${longName}\r\n1` },
  );
  const imported = await manager.follow(await manager.submit(plan));
  const proposal = await manager.follow(await manager.post(`${home}/placements`));
  const placed = await manager.follow(await manager.post(`${proposal.url}/application`));
  return [refused, plan, imported, await manager.get(`${home}/people/import`), proposal, placed];
}

async function registered(mentor: Client, home: string): Promise<Page> {
  const form = await mentor.get(`${home}/people/new`);
  return mentor.submit(form, { fields: { full_name: 'Thạch Thị Mai', told: 'yes' } });
}

async function requestOf({ db }: Site, person: { id: string }): Promise<string> {
  const row = await db.selectFrom('join_requests').select('id').where('person_id', '=', person.id).executeTakeFirst();
  return row?.id ?? '';
}

async function all(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}
