import t from 'tap';
import { v7 as newId } from 'uuid';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { decide, readyLearner, signOffOf, withSignOff } from './signing.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site, withSignOff);
const own = '/courses/small/sign-off';

const requestsOf = (person: { id: string }) =>
  db.selectFrom('sign_off_requests').selectAll().where('person_id', '=', person.id).execute();

t.test(
  'Who was told what is missing asks again by a button, once, and stands among the mentor’s needs again',
  async (t) => {
    const together = await cohort(site);
    const hoa = await mentor(site, together);
    const lan = await readyLearner(site, { full_name: 'Nguyễn Thị Lan' });
    await putIn(site, together, lan, hoa);
    const address = await signOffOf(site, lan);
    const day = `/cohorts/${together.id}`;
    t.match(textOf((await hoa.get(day)).html), 'chờ bạn xác nhận');
    const missing = newId();
    await decide(hoa, address, { id: missing, verdict: 'missing', words: 'Gửi tôi bài ghi chép.' });
    t.notMatch(textOf((await hoa.get(day)).html), 'chờ bạn xác nhận');
    const page = await lan.get(own);
    t.match(textOf(page.html), 'Gửi tôi bài ghi chép.');
    const sent = await lan.submit(page, { form: `${own}/requests` });
    t.match(sent, { status: 303, headers: { location: own } });
    await lan.post(`${own}/requests`, { ok: '' });
    t.match(await requestsOf(lan), [{ sign_off_id: missing }], 'asking twice is asking once');
    const asked = await lan.get(own);
    t.match(textOf(asked.html), 'Bạn đã báo làm xong lúc');
    t.notOk(asked.html.querySelector('main form'));
    t.match(textOf((await hoa.get(address)).html), 'Người học báo đã làm xong lúc');
    t.match(textOf((await hoa.get(day)).html), 'chờ bạn xác nhận');
    t.equal((await decide(hoa, address, { supersedes: missing })).status, 303);
    t.match(await lan.follow(await lan.post(`${own}/requests`, { ok: '' })), { status: 200 });
    t.equal((await requestsOf(lan)).length, 1, 'after a sign-off nothing is asked');
  },
);

t.test('Nobody asks before anything was missing, with parts left, or for others', async (t) => {
  const ready = await readyLearner(site);
  await ready.post(`${own}/requests`, { ok: '' });
  t.strictSame(await requestsOf(ready), []);
  const beginner = await learner(site);
  const owner = await signedIn(site, { roles: ['owner'] });
  await decide(owner, await signOffOf(site, beginner), { verdict: 'missing', words: 'Học nốt đã.' });
  const page = await beginner.get(own);
  t.match(textOf(page.html), 'Bạn hãy học nốt phần chưa xong');
  t.notOk(page.html.querySelector('main form'));
  t.match(
    textOf((await beginner.follow(await beginner.post(`${own}/requests`, { ok: '' }))).html),
    'Lúc này chưa báo được',
  );
  t.strictSame(await requestsOf(beginner), []);
  t.equal((await (await signedIn(site)).post(`${own}/requests`, { ok: '' })).status, 404);
});

t.test('A request belongs to a verdict of “missing” that still counts, by trigger, and is never changed', async (t) => {
  const lan = await readyLearner(site);
  const owner = await signedIn(site, { roles: ['owner'] });
  const [first, second] = [newId(), newId()];
  const address = await signOffOf(site, lan);
  await decide(owner, address, { id: first, verdict: 'missing', words: 'Một.' });
  await decide(owner, address, { id: second, supersedes: first, verdict: 'missing', words: 'Hai.' });
  const enrolment_id = address.split('/').at(-1) ?? '';
  const ask = (sign_off_id: string) =>
    db.insertInto('sign_off_requests').values({ sign_off_id, person_id: lan.id, enrolment_id }).execute();
  await t.rejects(ask(first), /nothing is missing/);
  await ask(second);
  await t.rejects(db.deleteFrom('sign_off_requests').where('sign_off_id', '=', second).execute(), /append-only/);
});

t.test('The provider’s people find who waits and has no mentor; others do not', async (t) => {
  const name = 'Hà Thị Một Mình';
  const alone = await readyLearner(site, { full_name: name });
  const together = await cohort(site);
  const guided = await readyLearner(site, { full_name: 'Bùi Có Người Hướng Dẫn' });
  await putIn(site, together, guided, await mentor(site, together));
  await learner(site, { full_name: 'Đỗ Đang Học' });
  const address = await signOffOf(site, alone);
  const provider = await signedIn(site, { roles: ['mentor'], branch: await rootOrganisation(site) });
  t.ok(byRole((await provider.get('/cohorts')).html, 'link', 'Chờ tổ chức xác nhận'));
  const list = await provider.get('/sign-offs');
  t.equal(byRole(list.html, 'link', name).getAttribute('href'), address);
  t.notMatch(list.body, /Bùi Có|Đỗ Đang/);
  t.ok((await statementsOf(site, () => provider.get('/sign-offs'))).length <= 4);
  const branch = await organisation(site, 'elsewhere', { below: await rootOrganisation(site) });
  t.notMatch((await (await signedIn(site, { roles: ['manager'], branch })).get('/sign-offs')).body, name);
  t.equal((await alone.get('/sign-offs')).status, 404);

  const missing = newId();
  await decide(provider, address, { id: missing, verdict: 'missing', words: 'Thiếu một điều.' });
  t.notMatch((await provider.get('/sign-offs')).body, name, 'who was told what is missing waits for nobody');
  await alone.post(`${own}/requests`, { ok: '' });
  t.match(textOf((await provider.get('/sign-offs')).html), new RegExp(`${name}.*xin xem lại`));
  await decide(provider, address, { supersedes: missing });
  t.notMatch((await provider.get('/sign-offs')).body, name);
});

t.test('Who has waited longest is first, and the list comes in pages of thirty', async (t) => {
  const branch = await rootOrganisation(site);
  const provider = await signedIn(site, { roles: ['manager'], branch });
  for (let number = 0; number < 31; number += 1) await readyLearner(site, { full_name: `Người Thứ ${number}` });
  const first = await provider.get('/sign-offs');
  t.equal(first.html.querySelectorAll('.rows > li').length, 30);
  t.match((await provider.get('/sign-offs?page=2')).body, 'Người Thứ 30');
  t.notMatch(first.body, 'Người Thứ 30');
});
