import t from 'tap';
import { type Client, client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { accountsSite, codesOn, isSignedIn, type Learner, nobody, pin, signedUp, signIn } from './site.ts';

async function recover(visitor: Client, fields: Record<string, string>) {
  return visitor.submit(await visitor.get('/sign-in/recovery?next=/learning'), { fields });
}

function codes({ learner_code, recovery_code }: Learner, secret = '839204') {
  return { learner_code, recovery_code, secret };
}

t.test('With the card alone one gets back in, sets a new secret, and gets a new card', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const found = client(site.app);
  const card = await recover(found, codes(lan));
  t.equal(card.status, 200);
  t.match(card.headers, { 'cache-control': 'no-store' });
  t.ok(await isSignedIn(found));
  t.equal(byRole(card.html, 'link', 'học tiếp').getAttribute('href'), '/learning');
  const renewed = codesOn(card);
  t.equal(renewed.learner_code, lan.learner_code);
  t.match(renewed.recovery_code, /^\d{12}$/);
  t.not(renewed.recovery_code, lan.recovery_code);

  t.notOk(await isSignedIn(lan), 'whoever was signed in elsewhere is out');
  t.equal((await signIn(client(site.app), lan.learner_code, pin)).status, 422);
  t.equal((await signIn(client(site.app), lan.learner_code, '839204')).status, 303);
  t.equal((await recover(client(site.app), codes(lan, '582041'))).status, 422, 'the old code works once');
  t.equal((await recover(client(site.app), { ...codes(lan, '582041'), ...renewed })).status, 200);

  const verbs = await site.db.selectFrom('audit_events').select('verb').orderBy('happened_at').execute();
  t.same(
    verbs.map(({ verb }) => verb),
    ['person.signed_up', 'secret.recovered', 'secret.recovered'],
  );
});

t.test('The same form sent again shows the same card', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const found = client(site.app);
  const form = await found.get('/sign-in/recovery');
  const first = await found.submit(form, { fields: codes(lan) });
  const second = await found.submit(form, { fields: codes(lan) });
  t.equal(second.status, 200);
  t.same(codesOn(second), codesOn(first));
  const other = await client(site.app).submit(form, { fields: codes(lan, '582041') });
  t.equal(other.status, 422, 'but not with another secret');
});

t.test('An unknown learner code and a wrong recovery code get the same answer after the same work', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const minh = await signedUp(site);
  const answers = [];
  for (const fields of [
    { ...codes(lan), recovery_code: minh.recovery_code },
    { ...codes(lan), learner_code: nobody },
  ]) {
    const before = site.comparisons();
    const page = await recover(client(site.app), fields);
    answers.push({
      status: page.status,
      work: site.comparisons() - before,
      messages: textOf(byRole(page.html, 'alert')),
    });
  }
  t.same(answers[0], answers[1]);
  t.match(answers[0], { status: 422, work: 2, messages: /Hai mã này không đi với nhau/ });
});

t.test('What was typed stays, and each code that cannot be is told by its field', async (t) => {
  const site = await accountsSite(t);
  const page = await recover(client(site.app), { learner_code: '12345', recovery_code: '1234 5678', secret: '839204' });
  t.equal(page.status, 422);
  t.match(textOf(byRole(page.html, 'alert')), /Mã học viên có 10 chữ số.*Mã khôi phục có 12 chữ số/);
  t.equal(byRole(page.html, 'textbox', 'Mã khôi phục').getAttribute('value'), '1234 5678');
  t.equal(page.html.querySelector('[name=next]')?.getAttribute('value'), '/learning');
  t.equal(site.comparisons(), 0);
});

t.test('The new secret is judged like any, and only before whoever has both codes', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const easy = await recover(client(site.app), codes(lan, '123456'));
  t.match(textOf(byRole(easy.html, 'alert')), /PIN này dễ đoán/);
  t.ok(await isSignedIn(lan), 'nothing has changed');
  t.equal((await recover(client(site.app), codes(lan))).status, 200);
});

t.test('Guessing recovery codes has to wait after five', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const minh = await signedUp(site);
  const wrong = { ...codes(lan), recovery_code: minh.recovery_code };
  for (let count = 0; count < 5; count += 1) t.equal((await recover(client(site.app), wrong)).status, 422);
  const before = site.comparisons();
  const page = await recover(client(site.app), codes(lan));
  t.equal(page.status, 429);
  t.match(textOf(page.html.querySelector('#wait') ?? page.html), /thử lại sau 1 giây/);
  t.equal(byRole(page.html, 'textbox', 'Mã học viên').getAttribute('value'), lan.learner_code);
  t.equal(site.comparisons(), before);
});

t.test('Whoever is signed in makes a new recovery code with the secret, and a second tap makes the same', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const form = await lan.get('/account/recovery-code');
  const wrong = await lan.submit(form, { fields: { secret: '582041' } });
  t.match(textOf(byRole(wrong.html, 'alert')), /hiện nay chưa đúng/);
  const [first, second] = await Promise.all([1, 2].map(() => lan.submit(form, { fields: { secret: pin } })));
  const code = first && codesOn(first).recovery_code;
  t.match(code, /^\d{12}$/);
  t.equal(second && codesOn(second).recovery_code, code);
  t.equal((await recover(client(site.app), codes(lan))).status, 422, 'the old one is no more');
  t.equal((await recover(client(site.app), { ...codes(lan), recovery_code: code ?? '' })).status, 200);
  t.equal((await client(site.app).get('/account/recovery-code')).status, 303, 'signed out');
});
