import t from 'tap';
import { v7 as newId } from 'uuid';
import { isAdult } from '../../server/sign-offs/signing.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish, readLessons } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { decide, doAll, readyLearner, signOffOf, withSignOff } from './signing.ts';

const site = await testApp(t);
await publish(t, site, withSignOff);
const { db } = site;
const own = '/courses/small/sign-off';

const certificatesOf = (person: { id: string }) =>
  db.selectFrom('certificates').selectAll().where('person_id', '=', person.id).execute();
const rowsOf = (person: { id: string }) =>
  db.selectFrom('sign_offs').selectAll().where('person_id', '=', person.id).orderBy('number').execute();
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function group() {
  const branch = await organisation(site, `to${newId().slice(-8)}`);
  const together = await cohort(site, { branch });
  const hoa = await mentor(site, together, { full_name: 'Lê Thị Hoa', branch });
  const binh = await mentor(site, together, { full_name: 'Võ Văn Bình', branch });
  const lan = await readyLearner(site);
  const member = await putIn(site, together, lan, hoa);
  return { branch, hoa, binh, lan, member, home: `/cohorts/${together.id}`, address: await signOffOf(site, lan) };
}

t.test('A course without it gives its certificate as before; one with it waits', async (t) => {
  await publish(t, site, {}, 'plain');
  const plain = await learner(site, { slug: 'plain' });
  await doAll(plain, 'plain');
  t.equal((await certificatesOf(plain)).length, 1);
  t.equal((await plain.get('/courses/plain/sign-off')).status, 404);

  const { lan } = await group();
  t.same(await certificatesOf(lan), []);
  t.match(textOf(byRole((await lan.get('/courses/small/progress')).html, 'heading', '%')), '75');
  byRole((await lan.get('/courses/small')).html, 'heading', 'Người hướng dẫn xác nhận');
});

t.test('The mentor finds who waits, sees what was done, and signs off: the certificate names them', async (t) => {
  const { hoa, home } = await group();
  const lan = await learner(site);
  const member = await putIn(site, { id: home.slice('/cohorts/'.length) }, lan, hoa);
  await doAll(lan);
  const address = await signOffOf(site, lan);
  const day = await hoa.get(home);
  t.match(mainOf(day), 'chờ xác nhận');
  t.ok(day.body.includes(`href="${address}"`));
  t.ok((await hoa.get(`${home}/members/${member}`)).body.includes(`href="${address}"`));
  const page = await hoa.get(address);
  t.match(mainOf(page), /Bài đầu Xong/);
  t.match(mainOf(page), /Lần 1.*100\s%/);
  const signed = await hoa.submit(page, { form: `${address}/decisions`, fields: { verdict: 'signed' } });
  t.equal(signed.status, 303);

  const [certificate] = await certificatesOf(lan);
  t.match(certificate?.printed, { assessor: { name: 'Lê Thị Hoa', role: 'mentor', on: /^\d{4}-\d\d-\d\d$/ } });
  t.match(textOf((await lan.get(own)).html), 'Lê Thị Hoa đã xác nhận');
  t.notOk((await hoa.get(home)).body.includes(address));
  t.match(mainOf(await lan.get('/courses/small/progress')), 'đã được xác nhận lúc');
});

t.test('Saying what is missing needs words, which the learner reads; then it can still be signed off', async (t) => {
  const { hoa, lan, home, address } = await group();
  const silent = await decide(hoa, address, { verdict: 'missing' });
  t.equal(silent.status, 422);
  t.match(textOf(silent.html), 'Bạn hãy ghi còn thiếu gì');
  t.equal((await decide(hoa, address, { verdict: 'yes' })).status, 422);
  const long = await decide(hoa, address, { words: 'a'.repeat(2001) });
  t.equal(long.status, 422);
  await decide(hoa, address, { verdict: 'missing', words: 'Bạn kể lại cách đặt mật khẩu nhé.' });
  t.match(textOf((await lan.get(own)).html), 'Bạn kể lại cách đặt mật khẩu nhé.');
  t.match(textOf((await lan.get('/learning')).html), 'còn thiếu');
  t.notMatch(mainOf(await hoa.get(home)), 'chờ xác nhận');

  const stale = await decide(hoa, address);
  t.equal(stale.status, 409, 'not over what has been said meanwhile');
  const [{ id } = { id: '' }] = await rowsOf(lan);
  t.equal((await decide(hoa, address, { supersedes: id })).status, 303);
  t.equal((await certificatesOf(lan)).length, 1);
  t.equal((await decide(hoa, address, { supersedes: (await rowsOf(lan))[1]?.id ?? '' })).status, 409);
});

t.test('Before all else is done nobody signs off, on the page or past it', async (t) => {
  const { hoa, binh, home } = await group();
  const mai = await learner(site);
  await readLessons(mai);
  await putIn(site, { id: home.slice('/cohorts/'.length) }, mai, hoa);
  const address = await signOffOf(site, mai);
  t.match(textOf((await hoa.get(address)).html), 'Chưa xong mọi phần');
  const early = await decide(hoa, address);
  t.equal(early.status, 409);
  t.match(textOf(early.html), 'chưa xong mọi phần');
  t.match(textOf((await mai.get(own)).html), 'Còn 1 phần phải xong trước');
  const row = { person_id: mai.id, enrolment_id: address.slice('/sign-offs/'.length), number: 1, role: 'mentor' };
  const past = db.insertInto('sign_offs').values({ ...row, id: newId(), verdict: 'signed', decided_by_id: binh.id });
  await t.rejects(past.execute(), /not all is done/);
  const self = db.insertInto('sign_offs').values({ ...row, id: newId(), verdict: 'missing', decided_by_id: mai.id });
  await t.rejects(self.execute(), /signs off themselves/);
});

t.test('Ten taps and two assessors at once give one sign-off and one certificate', async (t) => {
  const { hoa, lan, address, branch } = await group();
  const manager = await signedIn(site, { full_name: 'Trần Văn Quản', roles: ['manager'], branch });
  const id = newId();
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => decide(hoa, address, { id })),
    decide(manager, address),
  ]);
  const statuses = answers.map(({ status }) => status).sort();
  t.ok(
    statuses.every((status) => status === 303 || status === 409),
    statuses.join(),
  );
  t.equal((await rowsOf(lan)).length, 1);
  t.equal((await certificatesOf(lan)).length, 1);
  const events = db.selectFrom('audit_events').select('verb').where('subject_id', '=', lan.id);
  t.equal((await events.where('verb', '=', 'sign_off.signed').execute()).length, 1);
});

t.test('Mentors of others and strangers find nothing, managers above do; nobody signs off themselves', async (t) => {
  const { hoa, binh, lan, address, branch } = await group();
  const root = await rootOrganisation(site);
  const elsewhere = await signedIn(site, { roles: ['manager'], branch: await organisation(site, 'elsewhere') });
  const provider = await signedIn(site, { roles: ['mentor'], branch: root });
  for (const person of [binh, elsewhere, provider, lan, await signedIn(site)]) {
    t.equal((await person.get(address)).status, 404);
    t.equal((await decide(person, address)).status, 404);
    t.equal((await person.post(`${address}/withdrawal`, { reason: 'Không phải' })).status, 404);
  }
  t.equal((await hoa.get('/sign-offs/x')).status, 404);
  t.equal((await (await signedIn(site, { roles: ['manager'], branch })).get(address)).status, 200);
  t.equal((await (await signedIn(site, { roles: ['manager'], branch: root })).get(address)).status, 200);
  await db.updateTable('memberships').set({ valid_until: new Date() }).where('person_id', '=', hoa.id).execute();
  t.equal((await hoa.get(address)).status, 404, 'whose role has been taken away');
});

t.test('Who has no mentor is told whom to ask, and the provider’s people sign off', async (t) => {
  const lan = await readyLearner(site);
  const address = await signOffOf(site, lan);
  const page = await lan.get(own);
  t.match(textOf(page.html), 'chưa ở nhóm học nào');
  t.ok(page.body.includes(address));
  const tam = await signedIn(site, {
    full_name: 'Đỗ Thị Tâm',
    roles: ['mentor'],
    branch: await rootOrganisation(site),
  });
  t.equal((await decide(tam, address, { words: 'Đã gọi điện hỏi từng bài.' })).status, 303);
  t.match((await certificatesOf(lan))[0]?.printed, { assessor: { name: 'Đỗ Thị Tâm', role: 'mentor' } });
});

t.test('Nobody under age puts their name on a paper; a manager’s role is said as it is', async (t) => {
  const { lan, address, branch } = await group();
  const year = new Date().getFullYear();
  const young = await signedIn(site, { roles: ['manager'], branch, birth_year: year - 17 });
  t.match(textOf((await young.get(address)).html), 'phải đủ 18 tuổi');
  t.equal((await decide(young, address)).status, 409);
  t.equal((await decide(await signedIn(site, { roles: ['manager'], branch }), address)).status, 303);
  t.match((await certificatesOf(lan))[0]?.printed, { assessor: { role: 'manager' } });
  const born = { role: 'mentor' as const, birth_year: 2008, birth_month: 11 };
  t.notOk(isAdult({ ...born, today: '2026-11-30' }));
  t.ok(isAdult({ ...born, today: '2026-12-01' }));
});

t.test('A sign-off is withdrawn only once its certificate is revoked, once, and for good', async (t) => {
  const { hoa, lan, address } = await group();
  await decide(hoa, address, { words: 'Tốt.' });
  const [signed] = await rowsOf(lan);
  const slip = { id: newId(), supersedes: signed?.id ?? '' };
  const withdraw = (fields = {}) =>
    hoa.post(`${address}/withdrawal`, { ...slip, reason: 'Không phải tự làm.', ...fields });
  t.match(textOf((await hoa.get(address)).html), 'phải thu hồi giấy trước');
  const refused = await withdraw();
  t.equal(refused.status, 409);
  t.match(textOf(refused.html), 'Phải thu hồi giấy trước.');
  const owner = await signedIn(site, { roles: ['owner'] });
  const [certificate] = await certificatesOf(lan);
  t.ok((await owner.get(address)).body.includes(`/admin/certificates/${certificate?.code}`));
  const row = { person_id: lan.id, enrolment_id: address.slice('/sign-offs/'.length), role: 'mentor', number: 2 };
  const link = { id: newId(), supersedes_id: slip.supersedes, decided_by_id: hoa.id };
  const past = db.insertInto('sign_offs').values({ ...row, ...link, verdict: 'withdrawn' });
  await t.rejects(past.execute(), /a certificate stands/);

  const reason = { revoked_at: new Date(), revocation_reason: 'Nhầm' };
  await db.updateTable('certificates').set(reason).where('person_id', '=', lan.id).execute();
  t.equal((await withdraw({ reason: '' })).status, 422);
  t.same(
    (await Promise.all([withdraw(), withdraw(), withdraw()])).map(({ status }) => status),
    [303, 303, 303],
  );
  t.same(
    (await rowsOf(lan)).map(({ verdict }) => verdict),
    ['signed', 'withdrawn'],
  );
  t.match(textOf((await lan.get(own)).html), 'Không phải tự làm.');
  t.equal((await decide(hoa, address, { supersedes: slip.id })).status, 409, 'not again');
});

t.test('Its pages cost at most four statements', async (t) => {
  const { hoa, lan, address } = await group();
  await hoa.get(address);
  t.ok((await statementsOf(site, () => hoa.get(address))).length <= 4);
  t.ok((await statementsOf(site, () => lan.get(own))).length <= 4);
});
