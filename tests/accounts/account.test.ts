import t from 'tap';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { accountsSite, isSignedIn, pass, pin, type Site, signedUp, signIn } from './site.ts';

const pages = ['', '/name', '/contact', '/card', '/secret', '/sessions', '/recovery-code'].map(
  (path) => `/account${path}`,
);

async function verbs({ db }: Site): Promise<string[]> {
  const events = await db.selectFrom('audit_events').select('verb').orderBy('happened_at').orderBy('id').execute();
  return events.map(({ verb }) => verb);
}

t.test('Every page of the account is for its person, in at most four statements', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  for (const path of pages) {
    const statements = await statementsOf(site, async () => t.equal((await lan.get(path)).status, 200, path));
    t.ok(statements.length <= 2, `${path}: ${statements.length} statements`);
    t.equal((await client(site.app).get(path)).status, 303, `${path} signed out`);
  }
});

t.test('The account shows what is kept, and the card the code but no recovery code', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { phone: '0912345678', email: 'lan@example.com' });
  const account = textOf(byRole((await lan.get('/account')).html, 'main'));
  const code = lan.learner_code.replace(/^(...)(...)/, '$1 $2 ');
  for (const words of ['Nguyễn Thị Lan', code, '0912 345 678', 'lan@example.com', 'Tháng 9 năm 2001'])
    t.match(account, words);
  const card = await lan.get('/account/card');
  t.match(textOf(byRole(card.html, 'article')), code);
  t.notOk(card.html.querySelector('#recovery-code'));
});

t.test('The name is mended, with the way back, and that it was is on record without the name', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const binh = await signedIn(site, { full_name: 'Trần Văn Bình' });
  const form = await lan.get('/account/name?next=/courses/welcome/quizzes/final');
  t.equal(byRole(form.html, 'textbox', 'Họ và tên').getAttribute('value'), 'Nguyễn Thị Lan');
  for (let tap = 0; tap < 2; tap += 1) {
    const answer = await lan.submit(form, { fields: { full_name: '  Nguyễn  Thị Lan Anh ' } });
    t.match(answer, { status: 303, headers: { location: '/courses/welcome/quizzes/final' } });
  }
  t.match(textOf(byRole((await lan.get('/account')).html, 'main')), /Nguyễn Thị Lan Anh/);
  t.match(textOf(byRole((await binh.get('/account')).html, 'main')), /Trần Văn Bình/);
  t.same(await verbs(site), ['person.signed_up', 'person.renamed'], 'a second tap is no second event');
  const facts = await site.db.selectFrom('audit_events').select('facts').execute();
  t.same(
    facts.map((event) => event.facts),
    [{}, {}],
  );
});

t.test('A name that paper cannot show is saved and said, with the way on', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const form = await lan.get('/account/name?next=/learning');
  const page = await lan.follow(await lan.submit(form, { fields: { full_name: 'Lan 李' } }));
  t.match(textOf(byRole(page.html, 'main')), /Đã lưu tên.*không in được: 李/);
  t.equal(byRole(page.html, 'link', 'Giữ nguyên').getAttribute('href'), '/learning');
});

t.test('Phone and e-mail are changed and taken away, and what is no phone is said', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { phone: '0912345678' });
  const form = await lan.get('/account/contact');
  t.equal(byRole(form.html, 'textbox', 'Số điện thoại').getAttribute('value'), '0912 345 678');
  const wrong = await lan.submit(form, { fields: { phone: '123', email: 'lan@example.com' } });
  t.equal(wrong.status, 422);
  t.equal(byRole(wrong.html, 'textbox', 'Email').getAttribute('value'), 'lan@example.com');
  t.equal((await lan.submit(form, { fields: { phone: '', email: 'lan@example.com' } })).status, 303);
  t.equal((await signIn(client(site.app), '0912345678')).status, 422);
  t.equal((await signIn(client(site.app), 'lan@example.com')).status, 303);
  t.same(await verbs(site), ['person.signed_up', 'contact.changed']);
});

t.test('Under 16 no contact is taken, not even by a forged form', async (t) => {
  const site = await accountsSite(t);
  const an = await signedUp(site, { birth_year: String(new Date().getFullYear() - 12) });
  const page = await an.get('/account/contact');
  t.notOk(byRole(page.html, 'main').querySelector('form'));
  t.match(textOf(byRole(page.html, 'main')), /người đại diện của bạn đồng ý/);
  t.equal((await an.post('/account/contact', { phone: '0912345678' })).status, 303);
  t.match(await site.db.selectFrom('person_details').select('phone').execute(), [{ phone: null }]);
});

t.test('A new secret asks the old one, ends all other sessions and forgets the browsers that were known', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const elsewhere = client(site.app);
  await signIn(elsewhere, lan.learner_code);
  const minh = await signedUp(site, { full_name: 'Trần Minh' });

  const form = await lan.get('/account/secret');
  const wrong = await lan.submit(form, { fields: { old_secret: '582041', secret: '839204' } });
  t.equal(wrong.status, 422);
  t.match(textOf(byRole(wrong.html, 'alert')), /hiện nay chưa đúng/);
  const easy = await lan.submit(form, { fields: { old_secret: pin, secret: '111111' } });
  t.match(textOf(byRole(easy.html, 'alert')), /PIN này dễ đoán/);
  const own = await lan.submit(form, { fields: { old_secret: pin, secret: lan.learner_code } });
  t.match(textOf(byRole(own.html, 'alert')), /số của bạn/);
  t.ok(await isSignedIn(elsewhere));

  for (let tap = 0; tap < 2; tap += 1) {
    t.equal((await lan.submit(form, { fields: { old_secret: pin, secret: '839204' } })).status, 303);
  }
  t.same((await verbs(site)).filter((verb) => verb === 'secret.changed').length, 1);
  t.ok(await isSignedIn(lan));
  t.notOk(await isSignedIn(elsewhere));
  t.ok(await isSignedIn(minh), 'others stay as they are');
  t.equal((await site.db.selectFrom('known_browsers').select('token_hash').execute()).length, 1, 'that of Minh');
  t.equal((await signIn(client(site.app), lan.learner_code, pin)).status, 422);
  t.equal((await signIn(client(site.app), lan.learner_code, '839204')).status, 303);
});

t.test('A secret is masked as it is typed, and the keeper of passwords in a browser may fill it in', async (t) => {
  const site = await accountsSite(t);
  const pages = [await client(site.app).get('/sign-in'), await (await signedUp(site)).get('/account/secret')];
  const fields = pages.flatMap(({ html }) => html.querySelectorAll('input[name$=secret]'));
  t.strictSame(
    fields.map((field) => [field.getAttribute('type'), field.getAttribute('autocomplete')]),
    [
      ['password', 'current-password'],
      ['password', 'current-password'],
      ['password', 'new-password'],
    ],
  );
});

t.test('Guessing the old secret in an open session has to wait', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const form = await lan.get('/account/secret');
  const guess = (old_secret: string) => lan.submit(form, { fields: { old_secret, secret: '839204' } });
  for (let count = 0; count < 5; count += 1) t.equal((await guess('582041')).status, 422);
  t.match(await guess(pin), { status: 429, headers: { 'retry-after': '1' } });
  await pass(site, 2);
  t.equal((await guess(pin)).status, 303);
});

t.test('Whoever holds a role cannot set a PIN', async (t) => {
  const site = await accountsSite(t);
  const mentor = await signedIn(site, { roles: ['mentor'] });
  const secret_hash = await site.app.hasher.hash('trăng rằm sáng');
  await site.db.updateTable('person_details').set({ secret_hash }).execute();
  const form = await mentor.get('/account/secret');
  t.ok(byRole(form.html, 'textbox', 'Mật khẩu mới'));
  const page = await mentor.submit(form, { fields: { old_secret: 'trăng rằm sáng', secret: '83920471' } });
  t.equal(page.status, 422);
  t.match(textOf(byRole(page.html, 'alert')), /cần mật khẩu/);
});

t.test('The language is chosen on the account', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const answer = await lan.submit(await lan.get('/account'), {
    form: 'main form[action="/preferences/language"]',
    fields: { language: 'en' },
  });
  t.equal(answer.headers.location, '/account');
  const account = await lan.get('/account');
  t.equal(account.html.querySelector('html')?.getAttribute('lang'), 'en');
  t.ok(byRole(account.html, 'radio', 'English').hasAttribute('checked'));
});
