import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { createOwnerLink } from '../../server/accounts/owner-links/queries.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { listeningSite, type Site } from './site.ts';
import { press, secret, untilHeading } from './steps.ts';

/** Somebody with a small phone of their own, without scripts. */
async function phone(t: Test) {
  const page = await browserPage(t, { javaScriptEnabled: false, expectedStatuses: [403] });
  let pictures = 0;
  return {
    page,
    /** Checks that the page fits, and keeps its picture. */
    async look(name: string): Promise<void> {
      await assertNoSideScroll(t, page);
      pictures += 1;
      await screenshot(page, `organisations-${name}-${pictures}`);
    },
  };
}
type Phone = Awaited<ReturnType<typeof phone>>;

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const control = page.locator(`main [name="${name}"]`);
    const kind = await control.first().evaluate((element) => element.getAttribute('type') ?? element.localName);
    if (kind === 'select') await control.selectOption(value);
    else if (kind === 'radio') await page.locator(`main [name="${name}"][value="${value}"]`).check();
    else if (kind === 'checkbox') await control.check();
    else await control.fill(value);
  }
}

async function becomeOwner(owner: Phone, { db, origin }: Site): Promise<void> {
  await owner.page.goto(`${origin}/owner-link/${await createOwnerLink(db)}`);
  await fill(owner.page, { full_name: 'Chủ Trang', birth_month: '3', birth_year: '1980', secret, consent: 'yes' });
  await owner.page.locator('main form button.next').click();
  await untilHeading(owner.page, 'Đây là thẻ của bạn');
}

async function addOrganisation({ page, look }: Phone, { origin }: Site, parent: string, name: string, code: string) {
  await page.goto(`${origin}/admin/organisations/new?parent=${parent}`);
  await look('new');
  await fill(page, { name, code, kind: 'association' });
  await press(page, 'Thêm tổ chức');
  await untilHeading(page, name);
  await look('overview');
}

/** @returns the link, as it goes out by Zalo */
async function invite({ page, look }: Phone, { origin }: Site, code: string): Promise<string> {
  await page.goto(`${origin}/admin/organisations/${code}/invitations`);
  await fill(page, { role: 'manager', note: 'Cô Quản' });
  await look('invite');
  await press(page, 'Tạo lời mời');
  await look('invited');
  const [link = ''] = /http\S+\/invitations\/[\w-]+/.exec((await page.locator('main').innerText()) ?? '') ?? [];
  return link;
}

async function signUp({ page }: Phone, name: string, year: string): Promise<void> {
  await fill(page, { full_name: name, birth_month: '9', birth_year: year, secret, consent: 'yes' });
  await press(page, 'Tạo tài khoản của tôi');
  await untilHeading(page, 'Đây là thẻ của bạn');
}

async function importClass({ page, look }: Phone, { origin }: Site): Promise<void> {
  const rows = Array.from({ length: 200 }, (_, index) => `Học Viên ${index};0${(index % 9) + 1}/2004`);
  rows[7] = ';05/2001';
  rows[9] = 'Ngày Sai;32/13/2001';
  await page.goto(`${origin}/admin/organisations/huyen/people/import`);
  await look('import');
  const buffer = Buffer.from(`\ufeffHọ và tên;Ngày sinh\r\n${rows.join('\r\n')}`);
  await page.locator('input[type=file]').setInputFiles({ name: 'lop.csv', mimeType: 'text/csv', buffer });
  await press(page, 'Xem trước');
  await look('plan');
  await press(page, 'Thêm 199 người');
  await untilHeading(page, 'Đã thêm xong');
  await look('imported');
}

/** @returns the code and the PIN that are read out */
async function openDoor({ page, look }: Phone): Promise<{ code: string; pin: string }> {
  await press(page, 'Cấp PIN một lần');
  await look('pin');
  const [code = '', pin = ''] = (await page.locator('#pins td').allInnerTexts()).map((text) => text.replace(/\D/g, ''));
  return { code: code.slice(-10), pin: pin.slice(-6) };
}

async function findPerson({ page }: Phone, { origin }: Site, name: string): Promise<void> {
  await page.goto(`${origin}/admin/organisations/huyen/people?q=${encodeURIComponent(name)}`);
  await page.getByRole('link', { name: `Xem ${name}`, exact: true }).click();
  await untilHeading(page, name);
}

/** From the QR of the card, which has the code in it. */
async function enterFromCard({ page, look }: Phone, { origin }: Site, code: string, pin: string): Promise<void> {
  await page.goto(`${origin}/sign-in?name=${code}`);
  await fill(page, { secret: pin });
  await press(page, 'Đăng nhập');
  await look('entered');
}

t.test('Two associations with a branch, a class from a spreadsheet, a lost PIN, a child, and a farewell', async (t) => {
  const site = await listeningSite(t);
  await ensureRootOrganisation(site.db);
  const { origin } = site;
  const owner = await phone(t);
  await becomeOwner(owner, site);
  await addOrganisation(owner, site, 'domdom', 'Hội Khuyến học tỉnh', 'tinh');
  await addOrganisation(owner, site, 'tinh', 'Hội Khuyến học huyện', 'huyen');
  await addOrganisation(owner, site, 'domdom', 'Trung tâm Ánh Sáng', 'trungtam');
  const link = await invite(owner, site, 'tinh');

  const manager = await phone(t);
  await manager.page.goto(link);
  await manager.look('invitation');
  await manager.page.locator('main a.next').click();
  await signUp(manager, 'Lê Thị Quản', '1985');
  await manager.page.goto(link);
  await press(manager.page, 'Tôi nhận lời');
  await manager.look('accepted');
  await importClass(manager, site);
  const cards = await manager.page.request.get(`${origin}/admin/organisations/huyen/cards.pdf?state=new`);
  t.match(cards.headers()['content-type'], 'application/pdf');
  await manager.page.goto(`${origin}/admin/organisations/huyen/people?state=new`);
  await manager.look('people');

  await findPerson(manager, site, 'Học Viên 1');
  await manager.look('person');
  const first = await openDoor(manager);
  const learner = await phone(t);
  await enterFromCard(learner, site, first.code, first.pin);
  await fill(learner.page, { secret: '839204', consent: 'yes' });
  await learner.page.locator('main form button.next').click();
  await untilHeading(learner.page, 'Đây là thẻ của bạn');
  await learner.look('card');

  // They forget it, and stand before the manager again.
  await findPerson(manager, site, 'Học Viên 1');
  const again = await openDoor(manager);
  const borrowed = await phone(t);
  await enterFromCard(borrowed, site, again.code, again.pin);
  await fill(borrowed.page, { secret: '605271' });
  await borrowed.page.locator('main form button.next').click();
  await borrowed.look('again');
  await untilHeading(borrowed.page, 'Đây là thẻ của bạn');

  const child = await phone(t);
  await child.page.goto(`${origin}/sign-up`);
  await signUp(child, 'Trần Bé Tí', String(new Date().getFullYear() - 14));
  await manager.page.goto(`${origin}/admin/organisations/huyen/join-codes`);
  await manager.look('join-codes');
  await manager.page.locator('form[action$="/join-codes"] button').first().click();
  await manager.look('join-code');
  const [, code = ''] = /\/join\/(\d{8})/.exec(await manager.page.content()) ?? [];
  await child.page.goto(`${origin}/join/${code}`);
  await child.look('join');
  await child.page.locator('main form button.next').click();
  await child.look('waits');
  await child.page.goto(`${origin}/account/consents/paper`);
  await child.look('paper');
  await manager.page.goto(`${origin}/admin/organisations/huyen/requests`);
  await manager.look('requests');
  await manager.page.getByLabel('Trần Bé Tí').check();
  await press(manager.page, 'Nhận người đã chọn');
  await findPerson(manager, site, 'Trần Bé Tí');
  await manager.page.getByRole('link', { name: 'Ghi ý kiến người đại diện (dưới 16 tuổi)' }).click();
  await fill(manager.page, {
    contact: 'no',
    full_name_on_certificates: 'yes',
    full_name: 'Trần Văn Ba',
    relationship: 'father',
    is_representative: 'yes',
  });
  await manager.page.locator('main form button.next').click();
  await manager.look('witnessed');

  await borrowed.page.goto(`${origin}/account/data`);
  await borrowed.look('data');
  const archive = await borrowed.page.request.get(`${origin}/account/data/archive`);
  t.match(archive.headers()['content-type'], 'application/zip');
  await borrowed.page.goto(`${origin}/account/deletion`);
  await fill(borrowed.page, { sure: 'yes' });
  await borrowed.look('deletion');
  await borrowed.page.locator('main form button.danger').click();
  await borrowed.page.waitForURL(`${origin}/`);
  await borrowed.look('gone');
  const left = await site.db
    .selectFrom('person_details')
    .select('person_id')
    .where('learner_code', '=', first.code)
    .execute();
  t.strictSame(left, []);
});
