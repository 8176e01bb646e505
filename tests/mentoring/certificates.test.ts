import t from 'tap';
import { v7 as newId } from 'uuid';
import { printMentoring } from '../../server/certificates/printing.ts';
import { standingOf } from '../../server/mentoring/certificates/standing.ts';
import { mentor, rowOf } from '../cohorts/cohorts.ts';
import { meeting } from '../meetings/meetings.ts';
import { signatory } from '../organisations/signatories.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { certifiedMentor, confirm, endedGroup } from './certificates.ts';
import { guidedGroup, talk, wasThere } from './mentoring.ts';

const site = await testApp(t);
await publish(t, site);
const { db } = site;

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const certificatesOf = ({ id }: { id: string }) =>
  db
    .selectFrom('certificates')
    .selectAll()
    .where('person_id', '=', id)
    .where('achievement', '=', 'mentoring')
    .execute();

t.test('A cohort that goes on comes first, then how many finished; what was issued stays issued', async (t) => {
  const over = { certificate: null, ended_on: '2026-06-30', minimum: 5 };
  t.equal(standingOf({ ...over, ended_on: null }, { graduates: 9 }), 'under_way');
  t.equal(standingOf(over, { graduates: 4 }), 'few');
  t.equal(standingOf(over, { graduates: 5 }), 'ready');
  t.equal(standingOf({ ...over, certificate: { code: 'x', is_revoked: true } }, { graduates: 0 }), 'issued');
});

t.test('The record says what is missing, until the cohort has ended and a manager confirms', async (t) => {
  const { hoa, lan, manager, home, group, member, branch } = await guidedGroup(site);
  const past = await meeting(site, group, { inMinutes: -120 });
  await wasThere(site, group, past, hoa);
  await talk(site, member, hoa, { minutes: 30 });
  t.match(mainOf(await hoa.get('/mentoring')), 'Chưa có: nhóm học chưa kết thúc. Đến nay 0 trên 1 học viên cần thiết');
  await finish(lan);
  t.match(mainOf(await hoa.get('/mentoring')), 'Đến nay 1 trên 1 học viên cần thiết đã học xong');
  const list = `/admin/organisations/${branch.code}/mentoring-certificates`;
  t.match(mainOf(await manager.get(list)), 'Không ai đang chờ');
  const early = await manager.follow(await confirm(manager, hoa, group));
  t.match(mainOf(early), 'Chưa cấp được: sổ hướng dẫn cho thấy chưa đủ điều kiện');
  t.strictSame(await certificatesOf(hoa), []);

  await manager.post(`${home}/closing`);
  const own = await hoa.get('/mentoring');
  t.match(mainOf(own), 'Đã đủ: 1 học viên học xong, cần 1. Chờ người quản lý xác nhận.');
  t.strictSame(
    allByRole(own.html, 'button')
      .map(textOf)
      .filter((name) => /Xác nhận/.test(name)),
    [],
  );
  const waiting = await manager.get(list);
  t.match(mainOf(waiting), /1 người đang chờ Lê Thị Hoa Tổ 5, Long Xuyên/);
  const form = { form: 'main form' };
  const page = await manager.follow(await manager.submit(waiting, form));
  t.match(mainOf(page), 'Đã cấp giấy chứng nhận hướng dẫn');
  const again = await manager.follow(await manager.submit(waiting, form));
  t.match(mainOf(again), 'Giấy này đã được cấp từ trước');
  const [certificate, second] = await certificatesOf(hoa);
  t.equal(second, undefined);
  t.match(certificate?.printed, {
    holder: 'Lê Thị Hoa',
    provider: { code: branch.code },
    mentoring: {
      titles: { vi: 'Tổ 5, Long Xuyên' },
      hours: 1.5,
      mentees: 1,
      from: /^\d{4}-\d\d-\d\d$/,
      until: /^\d{4}-/,
    },
    score: null,
    skills: [],
  });
  t.notMatch(JSON.stringify(certificate?.printed), 'Lan', 'no learner is named');
  t.match(mainOf(await manager.get(list)), 'Không ai đang chờ');
  t.match(mainOf(await hoa.get('/mentoring')), 'Đã cấp. Xem giấy chứng nhận');
  const events = await db.selectFrom('audit_events').selectAll().where('verb', '=', 'certificate.confirmed').execute();
  t.match(events, [{ actor_id: manager.id, subject_id: hoa.id, facts: { certificate: certificate?.code } }]);
  t.ok((await statementsOf(site, () => manager.get(list))).length <= 4);
});

t.test('Fewer than the organisation asks for are not enough, also past the page', async (t) => {
  const { hoa, manager, group, branch } = await endedGroup(site);
  await db
    .updateTable('cohort_settings')
    .set({ minimum_mentees: 2 })
    .where('organisation_id', '=', branch.id)
    .execute();
  t.match(mainOf(await hoa.get('/mentoring')), 'Chưa đủ: 1 trên 2 học viên cần thiết');
  t.match(mainOf(await manager.get(`/admin/organisations/${branch.code}/mentoring-certificates`)), 'Không ai đang chờ');
  t.equal((await confirm(manager, hoa, group)).headers.location, `/mentoring/${hoa.id}`);
  t.strictSame(await certificatesOf(hoa), []);
});

t.test(
  'Whoever left the cohort, and whose cohort has passed its last day, need not wait for its closing',
  async (t) => {
    const { hoa, lan, manager, group, branch, home } = await guidedGroup(site);
    await finish(lan);
    const binh = await mentor(site, group, { full_name: 'Võ Văn Bình', branch });
    await db.updateTable('cohorts').set({ ends_on: '2026-01-31' }).where('id', '=', group.id).execute();
    t.match(mainOf(await hoa.get('/mentoring')), 'Đã đủ: 1 học viên học xong');
    await db.updateTable('cohorts').set({ ends_on: null }).where('id', '=', group.id).execute();
    t.match(mainOf(await hoa.get('/mentoring')), 'Chưa có');
    const row = `${home}/mentors/${await rowOf(site, group, hoa)}`;
    await hoa.post(`${row}/departure`);
    await hoa.post(`${row}/hand-over`, { to: binh.id });
    t.match(mainOf(await hoa.get('/mentoring')), 'Đã đủ: 1 học viên học xong');
    await confirm(manager, hoa, group);
    t.match(await certificatesOf(hoa), [{ printed: { mentoring: { mentees: 1, hours: 0 } } }]);
    t.notMatch(mainOf(await binh.get('/mentoring')), 'Đã đủ', 'who took over has brought nobody so far');
  },
);

t.test('Managers at or above confirm, nobody their own, and to all others there is nothing to confirm', async (t) => {
  const { hoa, lan, manager, group, branch } = await endedGroup(site);
  const elsewhere = await endedGroup(site);
  for (const person of [lan, elsewhere.manager, await signedIn(site)]) {
    t.equal((await confirm(person, hoa, group)).status, 404);
    t.equal((await person.get(`/admin/organisations/${branch.code}/mentoring-certificates`)).status, 404);
  }
  t.equal((await confirm(elsewhere.manager, hoa, elsewhere.group)).status, 404);
  t.equal((await confirm(manager, { id: 'x' }, group)).status, 404);
  t.equal((await confirm(manager, hoa, { id: 'x' })).status, 404);
  t.equal((await confirm(hoa, hoa, group)).status, 403);
  await db
    .insertInto('memberships')
    .values({ id: newId(), person_id: hoa.id, organisation_id: branch.id, role: 'manager' })
    .execute();
  t.equal((await confirm(hoa, hoa, group)).status, 403, 'as a manager too');
  t.match(mainOf(await hoa.get(`/admin/organisations/${branch.code}/mentoring-certificates`)), 'Không ai đang chờ');
  const list = `/admin/organisations/${branch.code}/mentoring-certificates`;
  t.match((await client(site.app).get(list)).headers.location, '/sign-in');
  await confirm(client(site.app), hoa, group);
  t.strictSame(await certificatesOf(hoa), []);
  const owner = await signedIn(site, { roles: ['owner'] });
  t.match((await confirm(owner, hoa, group)).headers.location, '/certificates/');
});

t.test('Ten words at once issue one; the database itself refuses a second', async (t) => {
  const { hoa, manager, group } = await endedGroup(site);
  const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(manager, hoa, group)));
  t.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1);
  const [row] = await certificatesOf(hoa);
  if (row === undefined) throw new Error('none was issued');
  const again = { ...row, id: newId(), code: row.code.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) };
  const insert = (values: typeof again) =>
    db
      .insertInto('certificates')
      .values({ ...values, printed: JSON.stringify(row.printed) })
      .execute();
  await t.rejects(insert(again), /certificates_one_per_cohort/);
  await t.rejects(insert({ ...again, term: 2, cohort_id: null }), /certificates_of_mentoring/);
  await t.rejects(insert({ ...again, term: 2, achievement: 'course' }), /check/);
});

t.test('Anybody can check it: page, short address, PDF, picture, credential', async (t) => {
  const { hoa, code, branch } = await certifiedMentor(site);
  const visitor = client(site.app);
  const page = await visitor.follow(await visitor.get(`/v/${code}`));
  const words = mainOf(page);
  t.match(words, /Giấy chứng nhận hướng dẫn học tập trao cho Lê Thị Hoa đã hướng dẫn nhóm học Tổ 5, Long Xuyên/);
  t.match(words, /0 phút hướng dẫn, 1 học viên học xong, từ \d\d\/\d\d\/\d{4} đến/);
  t.notMatch(words, 'hoàn thành khoá học');
  t.notMatch(words, 'Phiên bản');
  t.notMatch(page.body, /chứng chỉ|văn bằng/i);
  t.match((await visitor.get(`/certificates/${code}.pdf`)).headers['content-type'], 'application/pdf');
  t.match((await visitor.get(`/certificates/${code}.png`)).headers['content-type'], 'image/png');
  const badge = JSON.parse((await visitor.get(`/certificates/${code}.json`)).body);
  t.match(badge.credentialSubject.achievement, {
    achievementType: 'Achievement',
    name: 'Tổ 5, Long Xuyên',
    criteria: { id: new RegExp(`/organisations/${branch.code}$`), narrative: /người quản lý xác nhận/ },
    version: undefined,
  });
  t.match(badge.evidence, [{ narrative: /hướng dẫn, 1 học viên học xong/ }]);
  t.match(mainOf(await hoa.get('/learning')), 'Hướng dẫn nhóm học “Tổ 5, Long Xuyên”');
});

t.test('Whoever signs for the organisation signs it', async (t) => {
  const group = await endedGroup(site);
  await signatory(site, group.branch);
  await confirm(group.manager, group.hoa, group.group);
  const [{ code, printed } = { code: '', printed: null }] = await certificatesOf(group.hoa);
  t.match(printed, { signatory: { name: 'Lê Thị Hồng Gấm', titles: { vi: 'Giám đốc' } } });
  t.match(mainOf(await client(site.app).get(`/certificates/${code}`)), 'Lê Thị Hồng Gấm');
  t.equal((await client(site.app).get(`/certificates/${code}.pdf`)).status, 200);
});

t.test('It stands in the profile, in a share link and in the record of learning', async (t) => {
  const { hoa } = await certifiedMentor(site);
  await db.updateTable('person_details').set({ birth_year: 1990 }).where('person_id', '=', hoa.id).execute();
  await hoa.post('/learning/profile', {});
  const address = (await hoa.get('/learning/profile')).html.querySelector('#profile-address')?.getAttribute('href');
  const profile = mainOf(await client(site.app).get(new URL(address ?? '').pathname));
  t.match(profile, /Tổ 5, Long Xuyên .*Giấy chứng nhận hướng dẫn học tập.*0 phút hướng dẫn, 1 học viên học xong/);
  t.match(
    mainOf(await hoa.get('/learning/transcript')),
    /Nhóm học đã hướng dẫn Tổ 5, Long Xuyên .*1 học viên học xong/,
  );
  const form = await hoa.get('/learning/shared/new');
  const boxes = form.html.querySelectorAll('input[name="certificate"]');
  t.equal(boxes.length, 1);
  const shared = await hoa.follow(
    await hoa.submit(form, {
      form: 'main form',
      fields: { name: 'Cho nơi làm', certificate: boxes[0]?.getAttribute('value') ?? '', transcript: 'yes' },
    }),
  );
  t.match(mainOf(shared), /Giấy chứng nhận hướng dẫn học tập/);
  t.match(mainOf(shared), /Nhóm học đã hướng dẫn/);
  t.match((await hoa.get(`${shared.url}/transcript.pdf`)).headers['content-type'], 'application/pdf');
});

t.test('Of a mentor under 16 the short name stands there', async (t) => {
  const { hoa, code } = await certifiedMentor(site, { full_name: 'Lê Thị Hoa' });
  const birth = { birth_year: new Date().getFullYear() - 13, birth_month: 1 };
  await db.updateTable('person_details').set(birth).where('person_id', '=', hoa.id).execute();
  const page = await client(site.app).get(`/certificates/${code}`);
  t.match(mainOf(page), 'Hoa L. T.');
  t.notMatch(page.body, 'Lê Thị Hoa');
  t.notMatch((await client(site.app).get(`/certificates/${code}.json`)).body, 'Lê Thị Hoa');
});

t.test('Revoked it is revoked for all to see, and not confirmed again; a corrected one keeps its cohort', async (t) => {
  const first = await certifiedMentor(site);
  await first.manager.post(`/admin/certificates/${first.code}/correction`, { full_name: 'Lê Thị Hoà' });
  const [, corrected] = await db
    .selectFrom('certificates')
    .select(['code', 'cohort_id'])
    .where('cohort_id', '=', first.group.id)
    .orderBy('predecessor_id', (order) => order.asc().nullsFirst())
    .execute();
  t.equal(corrected?.cohort_id, first.group.id);
  await first.manager.post(`/admin/certificates/${corrected?.code}/revocation`, { reason: 'Nhầm người' });
  t.match(mainOf(await client(site.app).get(`/certificates/${corrected?.code}`)), 'Nhầm người');
  t.match(mainOf(await first.hoa.get('/mentoring')), 'Đã cấp, rồi bị thu hồi.');
  await confirm(first.manager, first.hoa, first.group);
  t.equal((await certificatesOf(first.hoa)).length, 2);
});

t.test('Two records of one mentor become one, whatever each was certified for', async (t) => {
  const { hoa, group, code } = await certifiedMentor(site);
  const twin = await certifiedMentor(site, { full_name: 'Lê Thị Hoa' });
  // As if both had guided the one cohort.
  const row = await db.selectFrom('certificates').selectAll().where('code', '=', code).executeTakeFirstOrThrow();
  const other = {
    ...row,
    id: newId(),
    person_id: twin.hoa.id,
    code: row.code.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')),
  };
  await db
    .insertInto('certificates')
    .values({ ...other, printed: JSON.stringify(row.printed) })
    .execute();
  const owner = await signedIn(site, { roles: ['owner'] });
  t.equal((await owner.post(`/admin/people/${hoa.id}/merger`, { other: twin.hoa.id })).status, 303);
  const held = await certificatesOf(hoa);
  t.strictSame(held.map(({ cohort_id }) => cohort_id).sort(), [group.id, twin.group.id].sort());
});

t.test('Hours are printed to a tenth, whatever the record adds up to', async (t) => {
  const achievement = {
    ...{ full_name: ' Lê  Thị Hoa', language: null, cohort_name: 'Tổ 5', cohort_language: 'vi' },
    ...{ provider: { code: 'to5', name: 'Tổ 5' }, issued_on: '2026-11-23', from: '2026-03-01', until: '2026-06-30' },
  };
  const printed = printMentoring(
    achievement,
    { minutes: 749, graduates: 6 },
    { code: 'x', publicUrl: new URL('https://a.vn') },
  );
  t.match(printed, { holder: 'Lê Thị Hoa', mentoring: { hours: 12.5, mentees: 6 }, languages: ['vi', 'en'] });
});
