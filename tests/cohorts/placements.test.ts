import { sql } from 'kysely';
import t, { type Test } from 'tap';
import type { StatedWishes } from '../../server/cohorts/wishes/queries.ts';
import { setWishes } from '../../server/cohorts/wishes/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { cohort, cohortRequest, joiner, loads, memberOf, mentor, type TestCohort } from './cohorts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCourse(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  return site;
}

function wishing({ db }: Pick<TestApp, 'db'>, person: { id: string }, wishes: Partial<StatedWishes>) {
  return db.transaction().execute((trx) => setWishes(trx, person, wishes));
}

/** Somebody on the list. */
async function waiting(site: TestApp, group: TestCohort, full_name: string, wishes: Partial<StatedWishes> = {}) {
  const person = await signedIn(site, { full_name });
  await cohortRequest(site, group, person);
  await wishing(site, person, wishes);
  return person;
}

t.test('Who joins by a code says when they are free, comes to whom that fits, and all three read why', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group, { full_name: 'Lê Thị Hoa', capacity: 6 });
  for (const name of ['Một', 'Hai', 'Ba', 'Bốn', 'Năm']) await joiner(site, group, name);
  const sen = await mentor(site, group, { full_name: 'Thạch Thị Sen' });
  const form = await sen.get('/account/wishes');
  const ticked = { language: ['vi', 'km'], hours: ['weekday_evening', 'weekend_day'], topic: ['data'] };
  t.match(mainOf(await sen.follow(await sen.submit(form, { fields: ticked }))), 'Đã lưu');
  t.equal(byRole((await sen.get('/account/wishes')).html, 'checkbox', 'tiếng Khmer').hasAttribute('checked'), true);

  const out = await signedIn(site, { full_name: 'Danh Út' });
  const door = await out.get(`/join/${group.code}`);
  await out.submit(door, { fields: { language: ['km', 'tlh'], hours: ['weekday_evening', 'midnight'] } });
  t.equal((await memberOf(site, group, out))?.mentor_id, sen.id, 'though somebody else had begun and had room');
  const why = /cùng nói tiếng Khmer.*cùng rảnh buổi tối, thứ Hai đến thứ Sáu.*chưa đủ 5 học viên/;
  t.match(mainOf(await out.get(`/cohorts/${group.id}`)), why);
  const path = `/cohorts/${group.id}/members/${(await memberOf(site, group, out))?.id}`;
  t.match(mainOf(await sen.get(path)), why);
  t.match(mainOf(await (await signedIn(site, { roles: ['manager'] })).get(path)), why);
  t.equal((await hoa.get(path)).status, 404, 'who does not guide them does not read it');

  await wishing(site, sen, { languages: ['en'] });
  t.match(mainOf(await out.get(`/cohorts/${group.id}`)), why, 'what was so then is told as it was then');
  await out.post(`/cohorts/${group.id}/departure`);
  const kept = await site.db.selectFrom('cohort_members').select('mentor_reasons').where('person_id', '=', out.id);
  t.strictSame(await kept.execute(), [{ mentor_reasons: null }]);
});

t.test('Wishes may stay empty; a place that nobody knows keeps what was typed', async (t) => {
  const site = await testApp(t);
  const out = await signedIn(site);
  t.notMatch(mainOf(await out.get('/account/wishes')), 'thích hướng dẫn', 'who does not guide is not asked');
  t.equal((await out.submit(await out.get('/account/wishes'))).status, 303);
  const refused = await out.submit(await out.get('/account/wishes'), {
    fields: { place: 'Atlantis', hours: ['weekend_day'] },
  });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox').getAttribute('value'), 'Atlantis');
  t.ok(byRole(refused.html, 'checkbox', 'ban ngày cuối tuần').hasAttribute('checked'));
});

t.test('A whole list is proposed with reasons, and placed after a second tap, each once', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group, { full_name: 'Lê Thị Hoa', capacity: 5 });
  const sen = await mentor(site, group, { full_name: 'Thạch Thị Sen', capacity: 5 });
  await wishing(site, sen, { languages: ['km'] });
  const khmer = { languages: ['km'] };
  const people = [];
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    people.push(await waiting(site, group, `Học Viên ${number}`, number > 3 && number < 9 ? khmer : {}));
  const manager = await signedIn(site, { roles: ['manager'] });
  const list = await manager.get(`/cohorts/${group.id}/requests`);
  const proposal = await manager.follow(await manager.submit(list, { form: 'form[action$="/placements"]' }));
  t.match(mainOf(proposal), /Có chỗ cho 10 trên 11.*Học Viên 4 → người hướng dẫn Thạch Thị Sen cùng nói tiếng Khmer/);
  t.strictSame(await loads(site, [hoa, sen]), [0, 0], 'a proposal changes nothing');

  const done = await manager.follow(await manager.submit(proposal));
  await manager.submit(proposal);
  t.match(mainOf(done), /Đã xếp xong Xếp đúng như đề xuất10/);
  t.strictSame(await loads(site, [hoa, sen]), [5, 5]);
  for (const person of people.slice(3, 8)) t.equal((await memberOf(site, group, person))?.mentor_id, sen.id);
  t.equal(await memberOf(site, group, { id: people[10]?.id ?? '' }), undefined, 'who came last waits');
});

t.test('What has changed since the proposal counts, and is told', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group, { full_name: 'Lê Thị Hoa', capacity: 2 });
  const people = [];
  for (const number of [1, 2]) people.push(await waiting(site, group, `Học Viên ${number}`));
  const manager = await signedIn(site, { roles: ['manager'] });
  const proposal = await manager.follow(await manager.post(`/cohorts/${group.id}/placements`));
  t.match(mainOf(proposal), 'Có chỗ cho 2 trên 2');

  await people[0]?.post(`/cohorts/${group.id}/requests/own/remove`);
  await site.db.updateTable('cohort_mentors').set({ leaving_at: new Date() }).where('person_id', '=', hoa.id).execute();
  const sen = await mentor(site, group, { full_name: 'Thạch Thị Sen' });
  const done = await manager.follow(await manager.submit(proposal));
  t.match(mainOf(done), /như đề xuất0 Xếp với người khác, vì tình hình đã thay đổi1.*Không còn chờ nữa1/);
  t.strictSame(await loads(site, [hoa, sen]), [0, 1]);

  const { url } = await manager.follow(await manager.post(`/cohorts/${group.id}/placements`));
  await site.db.updateTable('cohort_placements').set({ pairs: null }).execute();
  t.match(mainOf(await manager.follow(await manager.post(`${url}/application`))), 'Đề xuất ấy đã cũ');
});

t.test('Only those who manage the cohort propose and place', async (t) => {
  const site = await testApp(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group);
  const stranger = await signedIn(site);
  const member = await waiting(site, group, 'Trần Văn Út');
  const manager = await signedIn(site, { roles: ['manager'] });
  const { url } = await manager.follow(await manager.post(`/cohorts/${group.id}/placements`));
  for (const [person, status] of [
    [hoa, 403],
    [stranger, 404],
    [member, 404],
  ] as const) {
    t.equal((await person.post(`/cohorts/${group.id}/placements`)).status, status);
    t.equal((await person.get(url)).status, status);
    t.equal((await person.post(`${url}/application`)).status, status);
  }
  t.match((await client(site.app).get(url)).headers.location, /sign-in/);
  const elsewhere = await cohort(site);
  t.equal((await manager.get(url.replace(group.id, elsewhere.id))).status, 404, 'a proposal is of one cohort');
  await sql`update cohorts set closed_at = now() where id = ${group.id}`.execute(site.db);
  t.equal((await manager.post(`${url}/application`)).status, 403);
});
