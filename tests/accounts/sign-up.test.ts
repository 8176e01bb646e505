import t from 'tap';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { statementsOf } from '../support/statements.ts';
import { accountsSite, applicant, codesOn, isSignedIn, pin, type Site, signedUp, signIn } from './site.ts';

async function people({ db }: Site) {
  return db
    .selectFrom('person_details')
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .selectAll()
    .orderBy('person_id')
    .execute();
}

t.test('Signing up needs no phone and no e-mail, and gives a card with both codes', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const form = await lan.get('/sign-up?next=/courses/welcome');
  t.match(textOf(byRole(form.html, 'main')), /Chúng tôi giữ gì, và để làm gì/);
  const card = await lan.submit(form, { fields: applicant });
  t.equal(card.status, 200);
  t.match(card.headers, { 'cache-control': 'no-store' });
  const { learner_code, recovery_code } = codesOn(card);
  t.match(learner_code, /^[1-9]\d{9}$/);
  t.match(recovery_code, /^[1-9]\d{11}$/);
  t.equal(byRole(card.html, 'link', 'học tiếp').getAttribute('href'), '/courses/welcome');
  t.ok(allByRole(card.html, 'link', 'Tài khoản').length > 0, 'the page is drawn for somebody signed in');
  t.ok(await isSignedIn(lan));

  const [person] = await people(site);
  t.match(person, { full_name: 'Nguyễn Thị Lan', learner_code, phone: null, email: null, language: 'vi' });
  t.match(person, { secret_kind: 'pin', birth_year: 2001, birth_month: 9 });
  for (const secret of [pin, recovery_code]) t.notMatch(JSON.stringify(person), secret);
});

t.test('That a person agreed is on record, with the wording and the way', async (t) => {
  const site = await accountsSite(t);
  await signedUp(site);
  const consents = await site.db.selectFrom('consents').selectAll().execute();
  t.equal(consents.length, 1);
  t.match(consents[0], { purpose: 'learning', granted: true, channel: 'web', given_by: 'self', text_version: /./ });
  const events = await site.db.selectFrom('audit_events').select(['verb', 'channel', 'facts']).execute();
  t.same(events, [{ verb: 'person.signed_up', channel: 'web', facts: {} }]);
});

t.test('Consent is never ticked beforehand, and without it nobody is signed up', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const form = await lan.get('/sign-up');
  t.notOk(byRole(form.html, 'checkbox', 'Tôi đồng ý').hasAttribute('checked'));
  const again = await lan.submit(form, { fields: { ...applicant, consent: null } });
  t.equal(again.status, 422);
  t.match(textOf(byRole(again.html, 'alert')), /đánh dấu ô này/);
  t.equal((await people(site)).length, 0);
});

t.test('A phone is kept in one form and an e-mail in small letters', async (t) => {
  const site = await accountsSite(t);
  await signedUp(site, { phone: '0912.345 678', email: 'Lan@Example.COM' });
  t.match(await people(site), [{ phone: '+84912345678', email: 'lan@example.com' }]);
});

t.test('Who is under 16 signs up too, and what learning does not need is not kept', async (t) => {
  const site = await accountsSite(t);
  const an = client(site.app);
  const fields = { ...applicant, birth_year: String(new Date().getFullYear() - 14), phone: '0912345678' };
  const card = await an.submit(await an.get('/sign-up'), { fields });
  t.match(textOf(byRole(card.html, 'main')), /Vì bạn chưa đủ 16 tuổi, chúng tôi chưa giữ số điện thoại/);
  t.match(await people(site), [{ phone: null, email: null }]);
  t.notOk((await signedUp(site)).recovery_code === '', 'grown-ups are told nothing of it');
});

t.test('Each thing that does not fit is told by its field, and what was typed stays but the secret', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const fields = { full_name: '1234', birth_month: '', birth_year: '20', secret: '12', phone: '123', email: 'lan@' };
  const page = await lan.submit(await lan.get('/sign-up?next=/learning'), { fields });
  t.equal(page.status, 422);
  const messages = textOf(byRole(page.html, 'alert'));
  for (const words of [
    'Họ tên cần có chữ',
    'chọn tháng',
    '4 chữ số',
    'PIN cần từ 6',
    '0912 345 678',
    'lan@example.com',
  ])
    t.match(messages, words);
  t.equal(byRole(page.html, 'textbox', 'Họ và tên').getAttribute('value'), '1234');
  t.equal(byRole(page.html, 'textbox', 'Số điện thoại').getAttribute('value'), '123');
  t.notOk(byRole(page.html, 'textbox', 'PIN').getAttribute('value'));
  t.equal(page.html.querySelector('[name=next]')?.getAttribute('value'), '/learning');

  const again = await lan.submit(page, { fields: { ...applicant, secret: '123456', phone: '', email: '' } });
  t.match(textOf(byRole(again.html, 'alert')), /PIN này dễ đoán/);
  t.equal((await lan.submit(again, { fields: { secret: pin, consent: 'yes' } })).status, 200);
});

t.test('A name that paper cannot show in full is kept, and said', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const card = await lan.submit(await lan.get('/sign-up'), { fields: { ...applicant, full_name: 'Lan 李 Nguyễn' } });
  t.match(textOf(byRole(card.html, 'main')), /Giấy chứng nhận không in được: 李/);
  t.match(await people(site), [{ full_name: 'Lan 李 Nguyễn' }]);
});

t.test('The same form sent again makes no second person and says the same once more', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const form = await lan.get('/sign-up');
  const first = await lan.submit(form, { fields: applicant });
  const second = await lan.submit(form, { fields: applicant });
  t.equal(second.status, 200);
  t.same(codesOn(second), codesOn(first));
  t.equal((await people(site)).length, 1);
  t.equal((await site.db.selectFrom('sessions').select('id').execute()).length, 1);
});

t.test('Two taps at once make one person, and both answers show the same card', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const form = await lan.get('/sign-up');
  const [first, second] = await Promise.all([1, 2].map(() => lan.submit(form, { fields: applicant })));
  t.match([first?.status, second?.status], [200, 200]);
  t.same(first && codesOn(first), second && codesOn(second));
  t.equal((await people(site)).length, 1);
});

t.test(
  'The form found in the history opens nothing to who does not know the secret, and nothing at all after signing out',
  async (t) => {
    const site = await accountsSite(t);
    const lan = client(site.app);
    const form = await lan.get('/sign-up');
    await lan.submit(form, { fields: applicant });
    const stranger = client(site.app);
    const guess = await stranger.submit(form, { fields: { ...applicant, secret: '839204' } });
    t.equal(guess.headers.location, '/sign-in');
    t.match(textOf(byRole((await stranger.follow(guess)).html, 'main')), /đã đăng ký bằng biểu mẫu này/);

    await lan.post('/sign-out');
    await site.db
      .updateTable('persons')
      .set({ created_at: new Date(Date.now() - 120_000) })
      .execute();
    t.equal((await lan.submit(form, { fields: applicant })).headers.location, '/sign-in');
    t.notOk(await isSignedIn(lan));
    t.equal((await people(site)).length, 1);
  },
);

t.test('After a new recovery code the old form does not show its own, which opens nothing any more', async (t) => {
  const site = await accountsSite(t);
  const lan = client(site.app);
  const form = await lan.get('/sign-up');
  const first = codesOn(await lan.submit(form, { fields: applicant }));
  await lan.submit(await lan.get('/account/recovery-code'), { fields: { secret: pin } });
  const again = codesOn(await lan.submit(form, { fields: applicant }));
  t.same(again, { learner_code: first.learner_code, recovery_code: '' });
});

t.test('Whoever is signed in already is led on', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  t.equal((await lan.get('/sign-up?next=/learning')).headers.location, '/learning');
  t.equal((await lan.get('/sign-up?next=//evil.example')).headers.location, '/account/card');
});

t.test('Signing up on a shared phone starts a session that ends by itself', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { shared_phone: 'yes' });
  const { expires_at } = await site.db.selectFrom('sessions').select('expires_at').executeTakeFirstOrThrow();
  t.ok(expires_at.getTime() - Date.now() <= 30 * 60_000);
  t.match(textOf(byRole((await lan.get('/account')).html, 'banner')), /Xong, thoát/);
});

t.test('Forty learners behind one address sign up and sign in within minutes', async (t) => {
  const site = await accountsSite(t);
  const address = '203.0.113.9';
  const learners = await Promise.all(
    Array.from({ length: 40 }, (_, number) =>
      signedUp(site, { full_name: `Học viên ${number} A` }, client(site.app, { address })),
    ),
  );
  t.equal(new Set(learners.map(({ learner_code }) => learner_code)).size, 40);
  const answers = await Promise.all(
    learners.map(async ({ learner_code }) => {
      const visitor = client(site.app, { address });
      for (const wrong of ['839204', '582041']) await signIn(visitor, learner_code, wrong);
      return (await signIn(visitor, learner_code)).status;
    }),
  );
  t.same(new Set(answers), new Set([303]));
});

t.test(
  'When hundreds signed up from one address within the hour, the next waits a little and keeps what was typed',
  async (t) => {
    const site = await accountsSite(t);
    await signedUp(site);
    await site.db.updateTable('limit_counters').set({ count: 310, last_at: new Date() }).execute();
    const lan = client(site.app);
    const page = await lan.submit(await lan.get('/sign-up'), { fields: applicant });
    t.equal(page.status, 429);
    t.match(page.headers, { 'retry-after': '60' });
    t.match(textOf(page.html.querySelector('#wait') ?? page.html), /thử lại sau 60 giây/);
    t.equal(byRole(page.html, 'textbox', 'Họ và tên').getAttribute('value'), 'Nguyễn Thị Lan');
    t.equal((await people(site)).length, 1);
  },
);

t.test('The form costs no statement at all', async (t) => {
  const site = await accountsSite(t);
  t.same(await statementsOf(site, () => client(site.app).get('/sign-up')), []);
});
