import t, { type Test } from 'tap';
import { accountsSite, applicant, signedUp } from '../accounts/site.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { invitationTo } from './invitations.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const path = '/admin/organisations/hoi/invitations';

async function siteWithManager(t: Test) {
  const site = await accountsSite(t);
  const hoi = await organisation(site, 'hoi', { name: 'Hội Phụ nữ' });
  return { ...site, hoi, manager: await signedIn(site, { full_name: 'Trần Bình', roles: ['manager'], branch: hoi }) };
}

/** The link as the page shows it, as a path. */
function linkOn(page: Page): string {
  return /\/invitations\/[\w-]{43}/.exec(textOf(page.html.querySelector('#message') ?? page.html))?.[0] ?? '';
}

t.test('A manager makes a link that is shown once, sends it, and a newcomer signs up and accepts', async (t) => {
  const site = await siteWithManager(t);
  const form = await site.manager.get(path);
  const made = await site.manager.submit(form, { fields: { role: 'mentor', note: 'Chị Mai' } });
  t.equal(made.headers['cache-control'], 'no-store');
  const link = linkOn(made);
  t.match(byRole(made.html, 'link', 'tin nhắn SMS').getAttribute('href'), /^sms:\?body=/);
  t.equal(
    linkOn(await site.manager.submit(form, { fields: { role: 'mentor', note: 'Chị Mai' } })),
    link,
    'sent twice: the same',
  );
  const list = await site.manager.get(path);
  t.match(mainOf(list), /1 lời mời đang chờ Chị Mai Người hướng dẫn/);
  t.equal(linkOn(list), '');
  const stored = JSON.stringify(await site.db.selectFrom('invitations').selectAll().execute());
  t.notMatch(stored, link.split('/').at(-1), 'only a hash is kept');

  const newcomer = client(site.app);
  const invited = await newcomer.get(link);
  t.match(mainOf(invited), /Mời bạn làm người hướng dẫn Trần Bình mời bạn vào Hội Phụ nữ/);
  const signUp = await newcomer.get(byRole(invited.html, 'link', 'tạo tài khoản').getAttribute('href') ?? '');
  const card = await newcomer.submit(signUp, { fields: { ...applicant, secret: 'thuyền giấy qua sông' } });
  t.ok(card.html.querySelector(`a[href="${link}"]`), 'the card leads on to the invitation');
  const done = await newcomer.submit(await newcomer.get(link));
  t.match(done.headers, { location: '/account/organisations' });
  t.match(mainOf(await newcomer.follow(done)), /Hội Phụ nữ Người hướng dẫn/);
  t.match(mainOf(await site.manager.get(path)), /đã nhận.*Nguyễn Thị Lan/);
  t.notMatch(await site.db.selectFrom('invitations').select('note').execute(), [{ note: 'Chị Mai' }]);
  t.equal((await newcomer.post(`${link}/acceptance`)).status, 303, 'the form sent again');
});

t.test('Whoever signed up with a PIN is signed out on acceptance and asked for a password', async (t) => {
  const site = await siteWithManager(t);
  const { token } = await invitationTo(site, site.hoi, site.manager);
  const person = await signedUp(site);
  const done = await person.post(`/invitations/${token}/acceptance`);
  t.match(done.headers, { location: '/sign-in?next=/account/organisations' });
  const signIn = await person.follow(done);
  t.match(textOf(signIn.html), 'Hãy đăng nhập lại bằng mã PIN, rồi đặt mật khẩu');
  const step = await person.submit(signIn, {
    form: '/sign-in',
    fields: { name: person.learner_code, secret: applicant.secret },
  });
  const arrived = await person.submit(step, { form: '/sign-in/password', fields: { secret: 'thuyền giấy qua sông' } });
  t.match(mainOf(await person.follow(arrived)), /Hội Phụ nữ Người hướng dẫn/);
});

t.test('Two who accept one link at the same moment: one of them gets the role', async (t) => {
  const site = await siteWithManager(t);
  const { token } = await invitationTo(site, site.hoi, site.manager);
  const people = await Promise.all([1, 2, 3, 4].map(() => signedIn(site)));
  const pages = await Promise.all(people.map((person) => person.post(`/invitations/${token}/acceptance`)));
  t.strictSame(pages.map(({ status }) => status).sort(), [303, 404, 404, 404]);
  const mentors = await site.db.selectFrom('memberships').select('person_id').where('role', '=', 'mentor').execute();
  t.equal(mentors.length, 1);
});

t.test(
  'What is used, expired, withdrawn, made up or no longer backed gets one page, which tells nothing',
  async (t) => {
    const site = await siteWithManager(t);
    const other = await signedIn(site, { roles: ['manager'], branch: site.hoi });
    const used = await invitationTo(site, site.hoi, site.manager);
    await (await signedIn(site)).post(`/invitations/${used.token}/acceptance`);
    const expired = await invitationTo(site, site.hoi, site.manager, { days: -1 });
    const withdrawn = await invitationTo(site, site.hoi, site.manager, { withdrawn: true });
    const unbacked = await invitationTo(site, site.hoi, other);
    await site.db
      .updateTable('memberships')
      .set({ valid_until: new Date(Date.now() + 1000) })
      .where('person_id', '=', other.id)
      .execute();
    const bodies = new Set<string>();
    for (const token of [used.token, expired.token, withdrawn.token, unbacked.token, 'x', 'A'.repeat(43)]) {
      const page = await client(site.app).get(`/invitations/${token}`);
      t.equal(page.status, 404, token);
      bodies.add(mainOf(page));
      t.notMatch(page.body, 'Hội Phụ nữ');
      t.equal((await (await signedIn(site)).post(`/invitations/${token}/acceptance`)).status, 404);
    }
    const page = await client(site.app).get(`/invitations/${used.token}`);
    t.match(mainOf(page), /Lời mời này không dùng được.*xin người mời bạn gửi một lời mời mới/);
    t.equal(byRole(page.html, 'link', 'Tham gia bằng mã').getAttribute('href'), '/join', 'a next step');
  },
);

t.test('One’s own link raises nobody, and who has the role leaves the link to another', async (t) => {
  const site = await siteWithManager(t);
  const { token } = await invitationTo(site, site.hoi, site.manager, { role: 'author' });
  t.match(mainOf(await site.manager.get(`/invitations/${token}`)), 'Đây là lời mời của chính bạn');
  t.equal((await site.manager.post(`/invitations/${token}/acceptance`)).status, 404);
  const author = await signedIn(site, { roles: ['author'], branch: site.hoi });
  t.match(mainOf(await author.get(`/invitations/${token}`)), 'Bạn đã có vai trò này rồi');
  await author.post(`/invitations/${token}/acceptance`);
  t.equal((await (await signedIn(site)).post(`/invitations/${token}/acceptance`)).status, 303);
});

t.test('A manager withdraws an invitation of the branch, and none of another', async (t) => {
  const site = await siteWithManager(t);
  const { id, token } = await invitationTo(site, site.hoi, site.manager);
  const khac = await organisation(site, 'khac');
  const owner = await signedIn(site, { roles: ['owner'] });
  const foreign = await invitationTo(site, khac, owner);
  t.equal((await site.manager.post(`${path}/${foreign.id}/remove`)).status, 404);
  t.equal((await site.manager.post(`/admin/organisations/khac/invitations/${foreign.id}/remove`)).status, 404);
  t.equal((await site.manager.post(`${path}/${id}/remove`)).status, 303);
  t.equal((await site.manager.post(`${path}/${id}/remove`)).status, 303, 'twice');
  t.equal((await client(site.app).get(`/invitations/${token}`)).status, 404);
  t.equal((await client(site.app).get(`/invitations/${foreign.token}`)).status, 200);
});

t.test('Guessing is slowed down for the address and the account, and a right link still works elsewhere', async (t) => {
  const site = await siteWithManager(t);
  const { token } = await invitationTo(site, site.hoi, site.manager);
  const guesser = client(site.app, { address: '192.0.2.7' });
  const answers = [];
  for (let count = 0; count < 102; count += 1) answers.push((await guesser.get(`/invitations/guess${count}`)).status);
  t.equal(answers.filter((status) => status === 404).length >= 100, true);
  const page = await guesser.get(`/invitations/${token}`);
  t.equal(page.status, 429);
  t.ok(Number(page.headers['retry-after']) >= 1);
  t.match(mainOf(page), /Chờ \d+ giây/);
  t.equal((await client(site.app, { address: '192.0.2.8' }).get(`/invitations/${token}`)).status, 200);
});

t.test('Bad input is told, and the list costs at most four statements', async (t) => {
  const site = await siteWithManager(t);
  const answer = await site.manager.post(path, { role: 'learner', note: 'x'.repeat(121) });
  t.equal(answer.status, 422);
  t.match(mainOf(answer), /Bạn chọn một vai trò.*dài quá 120 chữ/);
  for (let count = 0; count < 5; count += 1) await invitationTo(site, site.hoi, site.manager);
  const statements = await statementsOf(site, () => site.manager.get(path));
  t.ok(statements.length <= 4);
  t.equal(allByRole((await site.manager.get(path)).html, 'button', 'Rút lại').length, 5);
});
