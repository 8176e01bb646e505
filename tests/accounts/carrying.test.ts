import t from 'tap';
import { type Client, client } from '../support/client.ts';
import { byRole, formFields, textOf } from '../support/html.ts';
import { statementsOf } from '../support/statements.ts';
import { accountsSite, pin, type Site, signedUp } from './site.ts';

async function expireSessions({ db }: Site): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .execute();
}

async function nameOf({ db }: Site, learnerCode: string): Promise<string> {
  const { full_name } = await db
    .selectFrom('person_details')
    .select('full_name')
    .where('learner_code', '=', learnerCode)
    .executeTakeFirstOrThrow();
  return full_name;
}

const rename = (visitor: Client, full_name: string, headers = {}) =>
  visitor.post('/account/name', { full_name, next: '/learning' }, headers);

t.test('A page that needs a person leads to sign-in and back, also for htmx', async (t) => {
  const site = await accountsSite(t);
  const visitor = client(site.app);
  const answer = await visitor.get('/account/name?next=/courses');
  t.match(answer, { status: 303, headers: { location: '/sign-in?next=%2Faccount%2Fname%3Fnext%3D%2Fcourses' } });
  t.match(textOf(byRole((await visitor.follow(answer)).html, 'main')), /Trang này cần đăng nhập/);
  const partial = await visitor.get('/account', { 'hx-request': 'true' });
  t.match(partial, { status: 204, headers: { 'hx-redirect': '/sign-in?next=%2Faccount' } });
});

t.test(
  'What was sent after the session had ended is offered to the same person, and runs only when they say so',
  async (t) => {
    const site = await accountsSite(t);
    const lan = await signedUp(site);
    await expireSessions(site);
    const name = 'Nguyễn Thị "Lan" <b>\nAnh & Minh';
    const page = await rename(lan, name);
    t.equal(page.status, 401);
    t.match(textOf(byRole(page.html, 'main')), /Nội dung vẫn còn: bạn đăng nhập rồi gửi tiếp/);
    t.notMatch(page.body, 'Minh', 'nobody who takes up the phone can read it');

    const wrong = await lan.submit(page, { fields: { name: lan.learner_code, secret: '839204' } });
    const offer = await lan.submit(wrong, { fields: { name: lan.learner_code, secret: pin } });
    t.equal(offer.status, 200);
    t.match(offer.headers, { 'cache-control': 'no-store' });
    t.match(textOf(byRole(offer.html, 'heading', 'Bạn vừa định làm việc này')), /./);
    const form = byRole(offer.html, 'main').querySelector('form');
    t.equal(form?.getAttribute('action'), '/account/name');
    t.same(form && formFields(form), [
      ['full_name', name],
      ['next', '/learning'],
    ]);
    t.equal(await nameOf(site, lan.learner_code), 'Nguyễn Thị Lan', 'nothing has run');

    const done = await lan.submit(offer);
    t.match(done, { status: 303, headers: { location: '/learning' } });
    t.equal(await nameOf(site, lan.learner_code), 'Nguyễn Thị "Lan" <b> Anh & Minh');
  },
);

t.test('Fields sent several times are all carried, in their order', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await expireSessions(site);
  const page = await lan.post('/account/name', { choices: ['2', '0'], full_name: 'Lan' });
  const offer = await lan.submit(page, { fields: { name: lan.learner_code, secret: pin } });
  const form = byRole(offer.html, 'main').querySelector('form');
  t.same(form && formFields(form), [
    ['choices', '2'],
    ['choices', '0'],
    ['full_name', 'Lan'],
  ]);
});

t.test('Another person who signs in there is offered nothing', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const minh = await signedUp(site, { full_name: 'Trần Minh', secret: '839204' });
  await expireSessions(site);
  const page = await rename(lan, 'Lan Anh');
  const answer = await lan.submit(page, { fields: { name: minh.learner_code, secret: '839204' } });
  t.equal(answer.status, 303);
  t.match(textOf(byRole((await lan.follow(answer)).html, 'main')), /Việc trước đó chưa được gửi/);
  t.equal(await nameOf(site, minh.learner_code), 'Trần Minh');
  t.equal(await nameOf(site, lan.learner_code), 'Nguyễn Thị Lan');
});

t.test('What was tampered with is dropped kindly', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await expireSessions(site);
  const page = await rename(lan, 'Lan Anh');
  const carried = page.html.querySelector('[name=carried]')?.getAttribute('value') ?? '';
  for (const forged of [`${carried.slice(0, 40)}AAAA${carried.slice(44)}`, 'AAAA', 'x'.repeat(200_000)]) {
    const visitor = client(site.app);
    const answer = await visitor.post('/sign-in', { name: lan.learner_code, secret: pin, carried: forged });
    t.match(answer, { status: 303, headers: { location: '/' } });
  }
});

t.test('More than 64 kB is not carried: that is said before signing in', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await expireSessions(site);
  const large = await rename(lan, 'ă'.repeat(33_000), { referer: 'http://localhost/account/name?next=/learning' });
  t.equal(large.status, 401);
  t.match(textOf(byRole(large.html, 'main')), /chúng tôi không giữ lại được nội dung/);
  t.notOk(large.html.querySelector('[name=carried]'));
  const answer = await lan.submit(large, { fields: { name: lan.learner_code, secret: pin } });
  t.equal(answer.headers.location, '/account/name?next=/learning', 'back to where the form stood');

  await expireSessions(site);
  const small = await rename(lan, 'ă'.repeat(32_000));
  const offer = await lan.submit(small, { fields: { name: lan.learner_code, secret: pin } });
  t.equal(offer.status, 200);
});

t.test('Secrets are never carried', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await expireSessions(site);
  const page = await lan.post('/account/secret', { old_secret: pin, secret: '839204' });
  t.equal(page.status, 401);
  t.notOk(page.html.querySelector('[name=carried]'));
});

t.test('Whoever never was signed in is asked to sign in, and led back to the page they were on', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  for (const [referer, location] of [
    ['http://localhost/courses/welcome', '/courses/welcome'],
    ['http://localhost.evil.example/courses', '/'],
    ['http://localhost//evil.example', '/'],
    ['', '/'],
  ] as const) {
    const visitor = client(site.app);
    const page = await visitor.post('/courses/welcome/enrolment', {}, { referer });
    t.equal(page.status, 401);
    t.match(textOf(byRole(page.html, 'main')), /Trang này cần đăng nhập/);
    const answer = await visitor.submit(page, { fields: { name: lan.learner_code, secret: pin } });
    t.equal(answer.headers.location, location, referer);
  }
});

t.test('htmx is told to show the sign-in page as a page, not inside a part of one', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await expireSessions(site);
  const page = await rename(lan, 'Lan Anh', { 'hx-request': 'true', 'hx-request-type': 'partial' });
  t.match(page, { status: 401, headers: { 'hx-retarget': '#main', 'hx-reselect': '#main', 'hx-reswap': 'outerHTML' } });
  t.ok(page.html.querySelector('main#main form[action="/sign-in"]'));
});

t.test('Finding out that somebody is signed out is one statement', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  t.equal((await statementsOf(site, () => client(site.app).get('/account'))).length, 0);
  await expireSessions(site);
  t.equal((await statementsOf(site, () => lan.get('/account'))).length, 1);
});
