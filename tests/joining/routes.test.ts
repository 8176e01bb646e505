import jsQr from 'jsqr';
import t, { type Test } from 'tap';
import { extractText, getDocumentProxy } from 'unpdf';
import { accountsSite, applicant } from '../accounts/site.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { joinCode, waitAt } from './joining.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const codes = '/admin/organisations/hoi/join-codes';
const requests = '/admin/organisations/hoi/requests';

async function siteWithManager(t: Test) {
  const site = await accountsSite(t);
  const hoi = await organisation(site, 'hoi', { name: 'Hội Phụ nữ' });
  return { ...site, hoi, manager: await signedIn(site, { full_name: 'Trần Bình', roles: ['manager'], branch: hoi }) };
}

t.test('From the poster to the branch: a newcomer types the code, signs up, waits, and is accepted', async (t) => {
  const site = await siteWithManager(t);
  await site.manager.submit(await site.manager.get(codes));
  const shown = /\d{4} \d{4}/.exec(mainOf(await site.manager.get(codes)))?.[0] ?? '';
  const newcomer = client(site.app);
  const form = await newcomer.get('/join');
  const page = await newcomer.follow(await newcomer.submit(form, { fields: { code: ` ${shown.replace(' ', '-')}` } }));
  t.match(mainOf(page), /Hội Phụ nữ/);
  const signUp = await newcomer.get(byRole(page.html, 'link', 'tạo tài khoản và tham gia').getAttribute('href') ?? '');
  const card = await newcomer.submit(signUp, { fields: { ...applicant, full_name: 'Vàng Thị Mỷ' } });
  const back = card.html.querySelector('a[href^="/join/"]')?.getAttribute('href') ?? '';
  const asked = await newcomer.follow(await newcomer.submit(await newcomer.get(back)));
  t.match(mainOf(asked), /Hội Phụ nữ đang chờ/);
  t.match(mainOf(await newcomer.get(back)), 'Bạn đã xin tham gia lúc');

  const mentor = await signedIn(site, { roles: ['mentor'], branch: site.hoi });
  const list = await mentor.get(requests);
  t.match(mainOf(list), /1 người đang chờ.*Vàng Thị Mỷ/);
  t.notMatch(list.body, /2001|912345/, 'a name and dates, no more');
  const id = list.html.querySelector('#decisions input[type=checkbox]')?.getAttribute('value') ?? '';
  await mentor.submit(list, { form: '#decisions', fields: { request: [id] }, button: 'Nhận người đã chọn' });
  t.match(mainOf(await newcomer.get('/account/organisations')), /Tổ chức bạn tham gia Hội Phụ nữ Học viên/);
  t.match(mainOf(await newcomer.get(back)), 'Bạn đã ở trong tổ chức này');
  t.match(mainOf(await mentor.get(requests)), 'Không ai đang chờ');
});

t.test('A code that is set to open lets people in at once, once', async (t) => {
  const site = await siteWithManager(t);
  await site.manager.submit(await site.manager.get(codes), { fields: { is_open: 'yes' } });
  const code = /\d{4} \d{4}/.exec(mainOf(await site.manager.get(codes)))?.[0].replace(' ', '') ?? '';
  const person = await signedIn(site);
  const answers = await Promise.all([1, 2, 3].map(() => person.post(`/join/${code}/request`)));
  t.strictSame(
    answers.map(({ status }) => status),
    [303, 303, 303],
  );
  const roles = await site.db.selectFrom('memberships').select('role').where('person_id', '=', person.id).execute();
  t.strictSame(roles, [{ role: 'learner' }]);
});

t.test('Asking twice, also at once, is one request; it can be withdrawn, declined, and asked again', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  const person = await signedIn(site, { full_name: 'Lò Pao' });
  await Promise.all([1, 2, 3].map(() => person.post(`/join/${code}/request`)));
  const count = async () =>
    (await site.db.selectFrom('join_requests').select('outcome').where('outcome', 'is', null).execute()).length;
  t.equal(await count(), 1);
  const own = await person.get('/account/organisations');
  await person.submit(own);
  await person.submit(own);
  t.equal(await count(), 0);
  await person.post(`/join/${code}/request`);
  const list = await site.manager.get(requests);
  const id = list.html.querySelector('#decisions input')?.getAttribute('value') ?? '';
  await site.manager.submit(list, { form: '#decisions', fields: { request: [id] }, button: 'Không nhận' });
  t.match(mainOf(await person.get('/account/organisations')), 'chưa được nhận');
  const late = await site.manager.submit(list, { form: '#decisions', fields: { request: [id] }, button: 'Nhận người' });
  t.match(textOf((await site.manager.follow(late)).html), 'đã được xem xét trước đó');
  await person.post(`/join/${code}/request`);
  t.equal(await count(), 1);
});

t.test('Two mentors who decide differently at once: one of them is heard', async (t) => {
  const site = await siteWithManager(t);
  const person = await signedIn(site);
  const request = await waitAt(site, person, site.hoi);
  const other = await signedIn(site, { roles: ['mentor'], branch: site.hoi });
  await Promise.all([
    site.manager.post(requests, { request, decision: 'accepted' }),
    other.post(requests, { request, decision: 'declined' }),
  ]);
  const { outcome } = await site.db.selectFrom('join_requests').select('outcome').executeTakeFirstOrThrow();
  const held = await site.db.selectFrom('memberships').select('id').where('person_id', '=', person.id).execute();
  t.equal(held.length, outcome === 'accepted' ? 1 : 0);
});

t.test('A list decides only about its own branch', async (t) => {
  const site = await siteWithManager(t);
  const con = await organisation(site, 'con', { below: site.hoi, name: 'Chi hội' });
  const khac = await organisation(site, 'khac');
  const [inside, outside] = [
    await signedIn(site, { full_name: 'Trong' }),
    await signedIn(site, { full_name: 'Ngoài' }),
  ];
  const ids = [await waitAt(site, inside, con), await waitAt(site, outside, khac), 'x'];
  t.match(mainOf(await site.manager.get(requests)), /1 người đang chờ.*Trong Chi hội/);
  await site.manager.post(requests, { request: ids, decision: 'accepted' });
  const open = await site.db.selectFrom('join_requests').select('person_id').where('outcome', 'is', null).execute();
  t.strictSame(open, [{ person_id: outside.id }]);
  const none = await site.manager.follow(await site.manager.post(requests, { decision: 'accepted' }));
  t.match(textOf(none.html), 'Bạn hãy chọn ít nhất một người');
  t.equal((await outside.get(requests)).status, 404);
  t.equal((await (await signedIn(site, { roles: ['mentor'], branch: khac })).get(requests)).status, 404);
});

t.test('A class is accepted at one press', async (t) => {
  const site = await siteWithManager(t);
  for (let number = 0; number < 8; number += 1) await waitAt(site, await signedIn(site), site.hoi);
  const list = await site.manager.get(requests);
  const form = allByRole(list.html, 'form', /./).find((one) => textOf(one).includes('Nhận cả 8 người'));
  const ids = form?.querySelectorAll('input[name=request]').map((input) => input.getAttribute('value') ?? '') ?? [];
  await site.manager.post(requests, { request: ids, decision: 'accepted' });
  t.match(mainOf(await site.manager.get(requests)), 'Không ai đang chờ');
  t.ok((await statementsOf(site, () => site.manager.get(requests))).length <= 4);
});

t.test('A code that is closed or renewed ends, and the new one works', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  await site.manager.post(`${codes}/${code}/renewal`);
  await site.manager.post(`${codes}/${code}/renewal`);
  const open = await site.db.selectFrom('join_codes').select('code').where('closed_at', 'is', null).execute();
  t.equal(open.length, 1, 'renewed twice by a double tap, there is one new');
  t.equal((await client(site.app).get(`/join/${code}`)).status, 404);
  t.equal((await (await signedIn(site)).post(`/join/${code}/request`)).status, 404);
  t.equal((await client(site.app).get(`/join/${open[0]?.code}`)).status, 200);
  await site.manager.post(`${codes}/${open[0]?.code}/remove`);
  t.equal((await client(site.app).get(`/join/${open[0]?.code}`)).status, 404);
  const khac = await organisation(site, 'khac');
  const foreign = await joinCode(site, khac);
  t.equal((await site.manager.post(`${codes}/${foreign.code}/remove`)).status, 404);
  t.equal((await site.manager.get(`${codes}/${foreign.code}/poster.pdf`)).status, 404);
});

t.test('A code that will not do is told by what is wrong with it, and names nobody', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  const swapped = `${code.slice(0, 6)}${(Number(code[6]) + 1) % 10}${code[7]}`;
  for (const [typed, words, status] of [
    ['12ab5678', 'Mã chỉ có chữ số', 422],
    ['1234', 'Mã có 8 chữ số', 422],
    [swapped, 'Có một chữ số chưa đúng', 422],
  ] as const) {
    const page = await client(site.app).get(`/join?code=${typed}`);
    t.equal(page.status, status);
    t.match(mainOf(page), words);
    t.equal(page.html.querySelector('#code')?.getAttribute('value'), typed);
  }
  for (const path of ['/join/x', '/join/00000000', `/join/${swapped}`, `/join/${'9'.repeat(300)}`]) {
    const page = await client(site.app).get(path);
    t.equal(page.status, 404, path.slice(0, 30));
    t.notMatch(page.body, 'Hội Phụ nữ');
  }
});

t.test('Guessing codes is slowed down for an account, and nobody else waits', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  const guesser = await signedIn(site);
  const { newDigitCode } = await import('../../server/platform/digit-code.ts');
  const { randomBytes } = await import('node:crypto');
  for (let count = 0; count < 21; count += 1) await guesser.get(`/join/${newDigitCode(8, randomBytes)}`);
  t.equal((await guesser.get(`/join/${code}`)).status, 429);
  t.equal((await (await signedIn(site)).get(`/join/${code}`)).status, 200);
});

t.test('Somebody leaves, and gives a role up; the owner does not by accident', async (t) => {
  const site = await siteWithManager(t);
  const person = await signedIn(site, { roles: ['learner', 'mentor'], branch: site.hoi });
  const page = await person.get('/account/organisations');
  for (const form of page.html.querySelectorAll('form[action$="/remove"]'))
    await person.post(form.getAttribute('action') ?? '');
  t.match(mainOf(await person.get('/account/organisations')), 'Bạn chưa ở trong tổ chức nào');
  const owner = await signedIn(site, { roles: ['owner'] });
  t.equal((await owner.get('/account/organisations')).html.querySelectorAll('main form').length, 0);
  const { id } = await site.db
    .selectFrom('memberships')
    .select('id')
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow();
  t.equal((await owner.post(`/account/organisations/memberships/${id}/remove`)).status, 403);
  t.equal((await person.post(`/account/organisations/memberships/${id}/remove`)).status, 404);
});

t.test('The poster is one A4 page with the name, the code and where to type it, in both languages', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  const answer = await site.app.inject({
    url: `${codes}/${code}/poster.pdf`,
    cookies: Object.fromEntries(site.manager.cookies),
    headers: { 'accept-language': 'vi' },
  });
  t.match(answer.headers, { 'content-type': 'application/pdf' });
  t.ok(answer.rawPayload.length < 60_000, `${answer.rawPayload.length} bytes`);
  const pdf = await getDocumentProxy(new Uint8Array(answer.rawPayload));
  t.equal(pdf.numPages, 1);
  const view = (await pdf.getPage(1)).view.map(Math.round);
  t.strictSame(view, [0, 0, 595, 842]);
  const { text } = await extractText(pdf, { mergePages: true });
  t.match(text, 'Hội Phụ nữ');
  t.match(text, `${code.slice(0, 4)} ${code.slice(4)}`);
  t.match(text, 'localhost/join');
});

t.test('The QR code on the page holds the link', async (t) => {
  const site = await siteWithManager(t);
  const { code } = await joinCode(site, site.hoi);
  const page = await site.manager.get(codes);
  const svg = page.html.querySelector('svg.qr')?.outerHTML ?? '';
  const sharp = (await import('sharp')).default;
  const { data, info } = await sharp(Buffer.from(svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')))
    .resize(400)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.equal(jsQr.default(new Uint8ClampedArray(data), info.width, info.height)?.data, `http://localhost/join/${code}`);
});
