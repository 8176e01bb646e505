import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { handedIn, photo, withWork } from '../assignments/work.ts';
import { alsoLearns, cohort, helpRequest, memberOf, mentor, rowOf, type TestCohort } from '../cohorts/cohorts.ts';
import { meeting } from '../meetings/meetings.ts';
import { assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { publish } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { listeningSite, type Site } from './site.ts';
import { follow, press, untilHeading } from './steps.ts';

/** The phone of somebody who has signed in, without scripts. */
async function phoneOf(t: Test, { origin }: Site, person: SignedIn) {
  const page = await browserPage(t, { javaScriptEnabled: false });
  const cookies = Array.from(person.cookies, ([name, value]) => ({ name, value, url: origin }));
  await page.context().addCookies(cookies);
  let pictures = 0;
  const look = async (name: string) => {
    await assertNoSideScroll(t, page);
    pictures += 1;
    await screenshot(page, `mentor-${String(pictures).padStart(2, '0')}-${name}`);
  };
  return { page, look };
}
type Phone = Awaited<ReturnType<typeof phoneOf>>;

const wordsOf = (page: Page) => page.locator('main').innerText();

t.test('A new mentor guides a cohort from the poster to the hand-over, on a small phone without scripts', async (t) => {
  const site = await listeningSite(t);
  await publish(t, site, withWork, 'work');
  const group = await cohort(site);
  await site.db.deleteFrom('join_codes').where('cohort_id', '=', group.id).execute();
  await alsoLearns(site, group, 'work', 2);
  const hoa = await mentor(site, group);
  const phone = await phoneOf(t, site, hoa);
  const { page, look } = phone;

  await page.goto(`${site.origin}/cohorts`);
  await look('cohorts');
  await follow(page, 'Tổ 5, Long Xuyên');
  await untilHeading(page, 'Chưa có');
  await look('nobody');
  const code = await makePoster(phone);
  const learners = await joinByCode(site, code);
  await addByHand(t, phone, site, group, ['Thạch Sa Rươl', 'Đặng Thị Gấm']);
  await page.goto(`${site.origin}/cohorts/${group.id}`);
  t.match(await wordsOf(page), '7 học viên');
  t.match(await wordsOf(page), 'mọi người đều ổn');
  await look('seven');

  await daysPass(t, phone, site, group, learners);
  await markPhoto(t, phone, site, group, learners[4]);
  await takeAttendance(t, phone, site, group);
  await page.goto(`${site.origin}/cohorts/${group.id}/results`);
  t.match(await wordsOf(page), 'Bùi Văn Bốn');
  await page.emulateMedia({ media: 'print' });
  await look('results-on-paper');
  t.notOk(await page.getByRole('button', { name: 'Xem' }).first().isVisible(), 'the filter is not printed');
  await page.emulateMedia({ media: 'screen' });
  await handOver(t, phone, site, group);
});

/** @returns the code that stands on it */
async function makePoster({ page, look }: Phone): Promise<string> {
  await follow(page, 'Mời vào nhóm');
  await press(page, 'Tạo mã');
  await look('code');
  const poster = page.getByRole('link', { name: 'Áp phích A4 (PDF)' });
  const path = (await poster.getAttribute('href')) ?? '';
  return /\/(\d+)\/poster\.pdf$/.exec(path)?.[1] ?? '';
}

/** Five scan the QR code, which leads to the page of the code. */
async function joinByCode(site: Site, code: string): Promise<SignedIn[]> {
  const names = ['Lý Thị Một', 'Danh Văn Hai', 'Kim Thị Ba', 'Bùi Văn Bốn', 'Võ Thị Năm'];
  const learners: SignedIn[] = [];
  for (const full_name of names) {
    const learner = await signedIn(site, { full_name });
    await learner.submit(await learner.get(`/join/${code}`), { form: `form[action="/join/${code}/request"]` });
    learners.push(learner);
  }
  return learners;
}

async function addByHand(t: Test, { page, look }: Phone, site: Site, group: TestCohort, names: string[]) {
  for (const full_name of names) {
    const person = await signedIn(site, { full_name });
    const { learner_code } = await site.db
      .selectFrom('person_details')
      .select('learner_code')
      .where('person_id', '=', person.id)
      .executeTakeFirstOrThrow();
    await page.goto(`${site.origin}/cohorts/${group.id}/members/new`);
    await page.getByLabel('Mã học viên').fill(learner_code);
    await page.getByLabel(/Tôi đã nói với người này/).check();
    await look('by-hand');
    await press(page, 'Tôi thêm người này');
    t.ok(await memberOf(site, group, person), `${full_name} is in`);
  }
}

/** Three have joined four days ago and not begun; one of the others asks: those four are flagged, and nobody else. */
async function daysPass(t: Test, { page, look }: Phone, site: Site, group: TestCohort, learners: SignedIn[]) {
  const late = learners.slice(0, 3);
  await site.db
    .updateTable('cohort_members')
    .set({ joined_at: new Date(Date.now() - 4 * 86_400_000) })
    .where(
      'person_id',
      'in',
      late.map(({ id }) => id),
    )
    .execute();
  const asking = learners[3] ?? (await signedIn(site));
  await helpRequest(site, (await memberOf(site, group, asking))?.id ?? '');
  await page.goto(`${site.origin}/cohorts/${group.id}`);
  const flagged = await page.locator('main ul.cards').first().locator('.row > strong').allInnerTexts();
  t.strictSame(flagged.map((name) => name.trim()).sort(), [...late, asking].map(({ full_name }) => full_name).sort());
  t.match(flagged[0], 'Bùi Văn Bốn', 'who asked comes first');
  await look('flagged');
}

async function markPhoto(t: Test, { page, look }: Phone, site: Site, group: TestCohort, learner?: SignedIn) {
  if (learner === undefined) throw new Error('nobody hands in');
  await handedIn(learner, 'Ảnh bài làm', { name: 'bai.jpg', bytes: await photo() }, 'work');
  await page.goto(`${site.origin}/cohorts/${group.id}/submissions`);
  await look('waiting');
  await follow(page, 'Võ Thị Năm');
  await press(page, 'Tôi bắt đầu chấm');
  await look('to-mark');
  t.equal(await page.locator('main img').count(), 1, 'the photo is on the page');
  await page.locator('#level-1').check();
  await page.locator('#level-2').check();
  await page.locator('[name="comment"]').fill('Rõ và đủ.');
  await page.locator('button[name="decision"][value="points"]').click();
  await page.waitForLoadState();
  await look('marked');
  t.match(await wordsOf(page), 'Đã ghi kết quả');
  const marks = await site.db.selectFrom('assignment_markings').select('passed').execute();
  t.strictSame(marks, [{ passed: true }]);
}

async function takeAttendance(t: Test, { page, look }: Phone, site: Site, group: TestCohort) {
  const id = await meeting(site, group, { inMinutes: -30 });
  await page.goto(`${site.origin}/cohorts/${group.id}/meetings/${id}`);
  await press(page, 'Tất cả có mặt');
  await page
    .locator('#roster fieldset')
    .filter({ hasText: 'Kim Thị Ba' })
    .locator('label')
    .filter({ hasText: /^\s*Vắng\s*$/ })
    .click();
  await look('roster');
  await press(page, 'Lưu điểm danh');
  await look('attendance');
  const rows = await site.db.selectFrom('attendance').select('state').where('meeting_id', '=', id).execute();
  const states = rows.map(({ state }) => state).sort();
  t.strictSame(states, ['absent', ...Array.from({ length: 6 }, () => 'present')]);
}

async function handOver(t: Test, { page, look }: Phone, site: Site, group: TestCohort) {
  const binh = await mentor(site, group, { full_name: 'Võ Văn Bình' });
  const home = `${site.origin}/cohorts/${group.id}`;
  const [hoa] = await site.db
    .selectFrom('mentorships')
    .select('mentor_id as id')
    .where('cohort_id', '=', group.id)
    .limit(1)
    .execute();
  await page.goto(`${home}/mentors/${await rowOf(site, group, hoa ?? binh)}`);
  await press(page, 'Thôi hướng dẫn nhóm này');
  await look('leaving');
  await page.getByLabel(/Võ Văn Bình/).check();
  await press(page, 'Bàn giao');
  await look('handed-over');
  const rows = await site.db.selectFrom('mentorships').select('mentor_id').where('valid_until', 'is', null).execute();
  t.strictSame(
    rows.map(({ mentor_id }) => mentor_id),
    Array.from({ length: 7 }, () => binh.id),
  );
  await page.goto(`${site.origin}/mentoring`);
  t.match(await wordsOf(page), 'Tổ 5, Long Xuyên');
  await look('record');
}
