import { sql } from 'kysely';
import t from 'tap';
import { writeLetter } from '../../server/mail/letters.ts';
import type { Mail } from '../../server/mail/queries.ts';
import { obstacleOf } from '../../server/mentoring/offers/offering.ts';
import { translators } from '../../server/platform/i18n.ts';
import { cohort, mentor, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { endIn, finish, learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { guidedGroup } from './mentoring.ts';

const site = await testApp(t);
await publish(t, site);
const { db } = site;
const path = '/mentoring/offers';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const offersOf = (person: { id: string }) =>
  db.selectFrom('mentoring_offers').selectAll().where('person_id', '=', person.id).orderBy('made_at').execute();
const rolesOf = (person: { id: string }) =>
  db
    .selectFrom('memberships')
    .select(['role', 'organisation_id'])
    .where('person_id', '=', person.id)
    .where('valid_until', 'is', null)
    .execute();
const verbsOf = async (person: { id: string }) => {
  const rows = await db.selectFrom('audit_events').select('verb').where('subject_id', '=', person.id).execute();
  return rows.map(({ verb }) => verb).filter((verb) => verb.startsWith('mentoring_offer') || verb === 'role.granted');
};

/** Somebody with a certificate who learns in a cohort, and where their offer is decided. */
async function graduate() {
  const { branch, lan, manager, ...group } = await guidedGroup(site);
  const code = await finish(lan);
  return { ...group, branch, lan, manager, code, deciding: `/admin/organisations/${branch.code}/mentoring-offers` };
}

/** One after the other, as people do: another address is confirmed anew. */
async function confirmAddress({ id }: { id: string }): Promise<void> {
  for (const set of [{ email: 'lan@example.org' }, { email_confirmed_at: new Date() }])
    await db.updateTable('person_details').set(set).where('person_id', '=', id).execute();
}

const offer = async (person: SignedIn) => person.submit(await person.get(path), { form: '#offer' });

t.test('What stands in the way is told one thing at a time, first what nobody can change', async (t) => {
  const now = new Date('2026-11-23T12:00:00Z');
  const birth = { birth_year: 2005, birth_month: 9 };
  const [courses, organisations] = [[{}], [{ is_guide: false }]];
  t.equal(obstacleOf({ birth, courses, organisations }, now), null);
  t.equal(obstacleOf({ birth, courses, organisations: [...organisations, { is_guide: true }] }, now), null);
  t.equal(obstacleOf({ birth, courses, organisations: [{ is_guide: true }] }, now), 'guides');
  t.equal(obstacleOf({ birth, courses, organisations: [] }, now), 'cohort');
  t.equal(obstacleOf({ birth, courses: [], organisations: [] }, now), 'certificate');
  t.equal(obstacleOf({ birth: { birth_year: 2010, birth_month: 11 }, courses, organisations }, now), 'young');
  t.equal(obstacleOf({ birth: { birth_year: 2010, birth_month: 10 }, courses, organisations }, now), null);
  t.equal(obstacleOf({ birth: { birth_year: null, birth_month: null }, courses, organisations }, now), 'young');
});

t.test('Whoever cannot offer reads why, and what to do next; past the page it is refused as well', async (t) => {
  const { branch, group, hoa } = await graduate();
  const beginner = await signedIn(site);
  t.match(mainOf(await beginner.get(path)), 'Bạn cần một giấy chứng nhận');
  byRole((await beginner.get(path)).html, 'link', 'Tìm khoá học');
  const alone = await learner(site);
  await finish(alone);
  byRole((await alone.get(path)).html, 'link', 'Vào một nhóm học bằng mã');
  const child = await learner(site, { birth_year: new Date().getFullYear() - 13 });
  await putIn(site, group, child, hoa);
  await finish(child);
  t.match(mainOf(await child.get(path)), 'phải đủ 16 tuổi');
  const guide = await learner(site, { roles: ['mentor'], branch });
  await putIn(site, group, guide, hoa);
  await finish(guide);
  t.match(mainOf(await guide.get(path)), 'Bạn đã được hướng dẫn ở mọi nơi');
  for (const person of [beginner, alone, child, guide]) {
    t.equal((await person.get(path)).html.querySelector('#offer'), null);
    t.equal((await person.post(path, { course: 'small', organisation: branch.code })).status, 422);
    t.strictSame(await offersOf(person), []);
  }
  t.match((await client(site.app).get(path)).headers.location, '/sign-in');
});

t.test('A certificate that was revoked or has expired is none', async (t) => {
  for (const kind of ['revoked', 'expired']) {
    const { lan, code } = await graduate();
    if (kind === 'expired') await endIn(site, code, -1);
    else
      await db
        .updateTable('certificates')
        .set({ revoked_at: sql<Date>`now()`, revocation_reason: 'Nhầm' })
        .where('code', '=', code)
        .execute();
    t.match(mainOf(await lan.get(path)), 'Bạn cần một giấy chứng nhận', kind);
  }
});

t.test('An offer sent ten times is one; the manager accepts it, and they may guide there', async (t) => {
  const { lan, manager, branch, deciding, home, code } = await graduate();
  const form = await lan.get(path);
  await Promise.all(Array.from({ length: 5 }, () => lan.submit(form, { form: '#offer' })));
  await offer(lan);
  t.equal((await offersOf(lan)).length, 1);
  t.match(mainOf(await lan.get(path)), 'đang chờ');
  t.match(mainOf(await manager.get(`/admin/organisations/${branch.code}`)), '1 lời đề nghị đang chờ');
  const list = await manager.get(deciding);
  t.match(mainOf(list), /Nguyễn Thị Lan .*Tổ 5, Long Xuyên/);
  t.ok(list.body.includes(`/certificates/${code}`));
  const accept = { form: 'section.card > form' };
  await manager.submit(list, accept);
  const again = await manager.follow(await manager.submit(list, accept));
  t.match(mainOf(again), 'đã được quyết định hoặc rút lại từ trước');
  t.strictSame(await rolesOf(lan), [{ role: 'mentor', organisation_id: branch.id }]);
  t.strictSame((await verbsOf(lan)).sort(), ['mentoring_offer.accepted', 'mentoring_offer.made', 'role.granted']);
  t.match(mainOf(await manager.get(deciding)), 'Chưa ai đề nghị');
  const candidates = allByRole((await manager.get(`${home}/mentors`)).html, 'option').map(textOf);
  t.ok(candidates.includes('Nguyễn Thị Lan'), 'and can be put into a cohort');
});

t.test('Declining needs a reason, which the person reads; they may offer again', async (t) => {
  const { lan, manager, deciding } = await graduate();
  await offer(lan);
  const list = await manager.get(deciding);
  const decline = (reason: string) => manager.submit(list, { form: 'details form', fields: { reason } });
  for (const reason of ['', 'ab', 'x'.repeat(501)]) {
    const refused = await decline(reason);
    t.equal(refused.status, 422);
    t.match(mainOf(refused), 'Bạn hãy ghi lý do');
    t.equal(textOf(byRole(refused.html, 'textbox', 'Lý do')), reason);
  }
  t.equal((await decline('Nhóm đã đủ người, bạn hỏi lại sau Tết nhé.')).status, 303);
  t.match(mainOf(await lan.get(path)), /chưa được nhận .*Lý do: Nhóm đã đủ người, bạn hỏi lại sau Tết nhé\./);
  t.strictSame(await rolesOf(lan), []);
  await decline('Một lý do khác');
  t.notMatch(mainOf(await lan.get(path)), 'Một lý do khác');
  t.equal((await decline('')).status, 303, 'what was decided meanwhile leads back to the list');
  await offer(lan);
  t.equal((await offersOf(lan)).length, 2);
});

t.test('Each answer sends one letter, to who has confirmed an address, without the reason', async (t) => {
  const { lan, manager, deciding } = await graduate();
  const lettersTo = ({ id }: { id: string }) =>
    db.selectFrom('mails').select(['letter', 'facts']).where('person_id', '=', id).orderBy('queued_at').execute();
  await offer(lan);
  const first = await manager.get(deciding);
  await manager.submit(first, { form: 'details form', fields: { reason: 'Nhóm đã đủ người rồi.' } });
  t.strictSame(await lettersTo(lan), [], 'they read it on their page');
  await confirmAddress(lan);
  await offer(lan);
  const second = await manager.get(deciding);
  for (let time = 0; time < 2; time += 1)
    await manager.submit(second, { form: 'details form', fields: { reason: 'Bạn hỏi lại sau Tết nhé.' } });
  await offer(lan);
  await manager.submit(await manager.get(deciding), { form: 'section.card > form' });
  const letters = await lettersTo(lan);
  t.strictSame(
    letters.map(({ facts }) => facts),
    [{ outcome: 'declined' }, { outcome: 'accepted' }],
  );
  for (const { facts } of letters) {
    const mail = { full_name: 'Lan', facts, letter: 'mentoring_offer_answered' } as Mail;
    const { paragraphs, action } = writeLetter(mail, {
      t: translators.vi,
      siteSecret: new Uint8Array(),
      now: new Date(),
    });
    t.match(paragraphs.join(), 'Chào Lan.');
    t.equal(action?.path, '/mentoring/offers');
  }
});

t.test('They withdraw it; what is decided stays', async (t) => {
  const { lan, manager, deciding, binh } = { ...(await graduate()), binh: await signedIn(site) };
  await offer(lan);
  const [{ id } = { id: '' }] = await offersOf(lan);
  const withdrawal = `${path}/${id}/withdrawal`;
  t.equal((await binh.post(withdrawal)).status, 404);
  t.equal((await lan.post(`${path}/x/withdrawal`)).status, 404);
  const list = await manager.get(deciding);
  const page = await lan.get(path);
  await lan.submit(page, { form: `form[action="${withdrawal}"]` });
  await lan.submit(page, { form: `form[action="${withdrawal}"]` });
  t.match(await offersOf(lan), [{ outcome: 'withdrawn', decided_by_id: null }]);
  await manager.submit(list, { form: 'section.card > form' });
  t.strictSame(await rolesOf(lan), []);
  t.strictSame(await verbsOf(lan), ['mentoring_offer.made', 'mentoring_offer.withdrawn']);
});

t.test('Nobody is accepted on a certificate that holds no more', async (t) => {
  const { lan, manager, deciding, code } = await graduate();
  await offer(lan);
  const list = await manager.get(deciding);
  await endIn(site, code, -1);
  const told = await manager.follow(await manager.submit(list, { form: 'section.card > form' }));
  t.match(mainOf(told), 'không còn giá trị nên chưa nhận được');
  t.match(mainOf(told), 'Giấy chứng nhận không còn giá trị');
  t.strictSame(await rolesOf(lan), []);
  t.match(await offersOf(lan), [{ outcome: null }]);
});

t.test('Managers at or above decide, those beside find nothing, and nobody decides on their own', async (t) => {
  const { lan, manager, branch, deciding } = await graduate();
  const elsewhere = await graduate();
  await offer(lan);
  const [{ id } = { id: '' }] = await offersOf(lan);
  const decision = `${deciding}/${id}/decision`;
  const accepted = { decision: 'accepted' };
  for (const person of [lan, elsewhere.manager, elsewhere.lan, await signedIn(site)]) {
    t.equal((await person.get(deciding)).status, 404);
    t.equal((await person.post(decision, accepted)).status, 404);
  }
  t.equal((await elsewhere.manager.post(`${elsewhere.deciding}/${id}/decision`, accepted)).status, 404);
  t.equal((await manager.post(`${deciding}/x/decision`, accepted)).status, 404);
  t.equal((await manager.post(decision, { decision: 'maybe' })).status, 422);
  const owner = await signedIn(site, { roles: ['owner'] });
  t.match(mainOf(await owner.get('/admin/organisations/domdom/mentoring-offers')), 'Nguyễn Thị Lan');
  await db
    .insertInto('memberships')
    .values({ id: lan.id, person_id: lan.id, organisation_id: branch.id, role: 'manager' })
    .execute();
  t.equal((await lan.post(decision, accepted)).status, 404);
  t.notMatch(mainOf(await lan.get(deciding)), 'Nguyễn Thị Lan');
  const own = { decided_at: new Date(), decided_by_id: lan.id, outcome: 'accepted' };
  await t.rejects(db.updateTable('mentoring_offers').set(own).where('id', '=', id).execute(), /decider/);
  t.equal((await owner.post(decision, accepted)).status, 303);
});

t.test('Of several courses and places one is chosen, and what is not offered is refused with a sentence', async (t) => {
  const { lan, hoa, branch } = await graduate();
  const other = await organisation(site, `noi${branch.code.slice(-6)}`);
  const second = await cohort(site, { branch: other });
  await startGuiding(site, second, hoa);
  await mentor(site, second, { branch: other });
  await db
    .insertInto('memberships')
    .values({ id: hoa.id, person_id: hoa.id, organisation_id: other.id, role: 'mentor' })
    .execute();
  await putIn(site, second, lan, hoa);
  const form = await lan.get(path);
  t.equal(allByRole(form.html, 'radio').length, 3);
  const refused = await offer(lan);
  t.equal(refused.status, 422);
  t.match(mainOf(refused), 'Bạn hãy chọn một nơi bạn đã học');
  byRole(refused.html, 'radio', 'Khoá').hasAttribute('checked');
  const unknown = await lan.post(path, { course: 'nothing', organisation: 'domdom' });
  t.equal(unknown.status, 422);
  t.match(mainOf(unknown), 'Bạn hãy chọn khoá học mà bạn có giấy chứng nhận');
  await lan.submit(form, { form: '#offer', fields: { organisation: other.code } });
  t.match(await offersOf(lan), [{ organisation_id: other.id }]);
});

t.test('Offers cost few statements, however many there are', async (t) => {
  const { lan, manager, deciding } = await graduate();
  await offer(lan);
  t.ok((await statementsOf(site, () => lan.get(path))).length <= 4);
  t.ok((await statementsOf(site, () => manager.get(deciding))).length <= 4);
});

t.test('Merging organisations takes offers along, and merging people withdraws them', async (t) => {
  const { lan, branch } = await graduate();
  await offer(lan);
  const into = await organisation(site, `vao${branch.code.slice(-6)}`);
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/organisations/${branch.code}/merger`, { to: into.code, understood: 'yes' });
  t.match(await offersOf(lan), [{ organisation_id: into.id, outcome: null }]);
  const kept = await signedIn(site);
  t.equal((await owner.post(`/admin/people/${kept.id}/merger`, { other: lan.id })).status, 303);
  t.match(await offersOf(lan), [{ outcome: 'withdrawn' }]);
});
