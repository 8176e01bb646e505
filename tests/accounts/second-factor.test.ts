import { Secret, TOTP } from 'otpauth';
import t, { type Test } from 'tap';
import { newTotpSecret, stepOf, totpAddress } from '../../server/accounts/second-factor/totp.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { accountsSite, isSignedIn, type Learner, pass, pin, type Site, signedUp, signIn } from './site.ts';

/** The secret of the examples in RFC 6238, appendix B. */
const example = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32;

t.test('Codes are those of RFC 6238', async (t) => {
  const codes: [seconds: number, code: string][] = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ];
  for (const [seconds, code] of codes) {
    t.equal(stepOf(example, code, 0, new Date(seconds * 1000)), Math.floor(seconds / 30), code);
  }
});

t.test('A code counts one step early or late, and never twice', async (t) => {
  const at = (seconds: number) => new Date(seconds * 1000);
  t.equal(stepOf(example, '287 082', 0, at(59)), 1, 'spaces do not matter');
  t.equal(stepOf(example, '287082', 0, at(89)), 1);
  t.equal(stepOf(example, '287082', 0, at(29)), 1);
  t.equal(stepOf(example, '287082', 0, at(90)), null);
  t.equal(stepOf(example, '287082', 1, at(59)), null, 'used');
  for (const typed of ['', '28708', '2870820', 'abcdef', '287083']) t.equal(stepOf(example, typed, 0, at(59)), null);
});

t.test('The address for the app names the site and the account', async (t) => {
  const url = new URL(totpAddress(example, '1234567890'));
  t.equal(url.protocol, 'otpauth:');
  t.equal(url.searchParams.get('secret'), example);
  t.equal(url.searchParams.get('issuer'), 'Đom Đóm');
  t.not(newTotpSecret(), newTotpSecret());
  t.match(newTotpSecret(), /^[A-Z2-7]{32}$/);
});

/** Somebody with the app set up; `codeNow` gives a code that was not used yet. */
async function protectedLearner(t: Test) {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const form = await lan.get('/account/second-factor/new');
  const secret = form.html.querySelector('main code')?.text.replaceAll(' ', '') ?? '';
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const codes = await lan.submit(form, { fields: { code: totp.generate() } });
  const backups = codes.html.querySelectorAll('#second-codes li').map((item) => item.text.replace(/\D/g, ''));
  const fresh = async () => {
    await site.db.updateTable('second_factors').set({ last_step: 0 }).execute();
    return totp.generate();
  };
  return { site, lan, fresh, backups, codes };
}

async function toSecondStep(site: Site, lan: Learner): Promise<{ visitor: Client; page: Page }> {
  const visitor = client(site.app);
  return { visitor, page: await signIn(visitor, lan.learner_code) };
}

t.test('It is on when a code has proved it, with eight backup codes that are shown once', async (t) => {
  const { site, lan, backups, codes } = await protectedLearner(t);
  t.equal(codes.status, 200);
  t.equal(backups.length, 8);
  t.match(codes.headers['cache-control'], 'no-store');
  const page = await lan.get('/account/second-factor');
  t.match(page.html.text, 'Còn 8 mã dự phòng');
  t.notMatch(page.html.text, backups[0]);
  const rows = await site.db.selectFrom('second_factor_codes').select('code_hash').execute();
  t.notMatch(JSON.stringify(rows), backups[0]);
  t.equal((await lan.get('/account/second-factor/new')).status, 303, 'once is enough');
});

t.test('A wrong code turns nothing on, and the same secret is offered again', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const form = await lan.get('/account/second-factor/new');
  const again = await lan.submit(form, { fields: { code: '000000' } });
  t.equal(again.status, 422);
  t.equal(again.html.querySelector('main code')?.text, form.html.querySelector('main code')?.text);
  t.strictSame(await site.db.selectFrom('second_factors').selectAll().execute(), []);
  t.equal((await lan.post('/account/second-factor', { sealed: 'x', code: '1' })).status, 303);
});

t.test('Signing in asks for the code, and without it nobody is in', async (t) => {
  const { site, lan, fresh } = await protectedLearner(t);
  const { visitor, page } = await toSecondStep(site, lan);
  t.equal(textOf(byRole(page.html, 'heading')), 'Thêm một bước nữa');
  t.notOk(await isSignedIn(visitor));
  const code = await fresh();
  t.equal((await visitor.submit(page, { fields: { code: '000000' } })).status, 422);
  t.notOk(await isSignedIn(visitor));
  t.equal((await visitor.submit(page, { fields: { code } })).status, 303);
  t.ok(await isSignedIn(visitor));

  const second = await toSecondStep(site, lan);
  t.equal((await second.visitor.submit(second.page, { fields: { code } })).status, 422, 'a code works once');
});

t.test('Each backup code lets in once, also when it is sent twice at once', async (t) => {
  const { site, lan, backups } = await protectedLearner(t);
  const [code = ''] = backups;
  const tries = await Promise.all([toSecondStep(site, lan), toSecondStep(site, lan)]);
  const answers = await Promise.all(tries.map(({ visitor, page }) => visitor.submit(page, { fields: { code } })));
  t.strictSame(answers.map(({ status }) => status).sort(), [303, 422]);
  t.match((await lan.get('/account/second-factor')).html.text, 'Còn 7 mã dự phòng');
});

t.test('Guessing the code has to wait', async (t) => {
  const { site, lan, fresh } = await protectedLearner(t);
  const { visitor, page } = await toSecondStep(site, lan);
  for (let count = 0; count < 5; count += 1) {
    t.equal((await visitor.submit(page, { fields: { code: '000000' } })).status, 422);
  }
  t.equal((await visitor.submit(page, { fields: { code: await fresh() } })).status, 429);
  await pass(site, 2);
  t.equal((await visitor.submit(page, { fields: { code: await fresh() } })).status, 303);
});

t.test(
  'The step belongs to the secret that was right: a stranger’s, a changed or an old one starts again',
  async (t) => {
    const { site, lan, fresh } = await protectedLearner(t);
    const { page } = await toSecondStep(site, lan);
    const sealed = page.html.querySelector('input[name=passed]')?.getAttribute('value') ?? '';
    for (const passed of ['', 'x', `${sealed.slice(0, -4)}AAAA`]) {
      const visitor = client(site.app);
      const answer = await visitor.post('/sign-in/second-factor', { passed, code: await fresh() });
      t.match(answer, { status: 303, headers: { location: '/sign-in' } });
    }
  },
);

t.test('The recovery code on the card brings a new secret, but not past the second step', async (t) => {
  const { site, lan } = await protectedLearner(t);
  const visitor = client(site.app);
  const { learner_code, recovery_code } = lan;
  const fields = { learner_code, recovery_code, secret: '839204' };
  const card = await visitor.submit(await visitor.get('/sign-in/recovery'), { fields });
  t.equal(card.status, 200);
  t.notOk(await isSignedIn(visitor));
  const page = await signIn(visitor, learner_code, '839204');
  t.equal(textOf(byRole(page.html, 'heading')), 'Thêm một bước nữa');
});

t.test('A one-time PIN brings a new secret, but not past the second step either', async (t) => {
  const { site, lan } = await protectedLearner(t);
  const { person_id } = await site.db.selectFrom('second_factors').select('person_id').executeTakeFirstOrThrow();
  const owner = await signedIn(site, { roles: ['owner'] });
  const pins = await owner.post(`/admin/people/${person_id}/one-time-pin`);
  const [, oneTimePin = ''] = pins.html.querySelectorAll('#pins td').map((cell) => cell.text.replace(/\D/g, ''));
  const visitor = client(site.app);
  const first = await signIn(visitor, lan.learner_code, oneTimePin);
  const page = await visitor.submit(first, { fields: { secret: '839204' } });
  t.equal(textOf(byRole(page.html, 'heading')), 'Thêm một bước nữa');
  t.notOk(await isSignedIn(visitor));
});

t.test('New codes end the old ones; turned off, the secret does again', async (t) => {
  const { site, lan, backups } = await protectedLearner(t);
  const renewed = await lan.submit(await lan.get('/account/second-factor'), { form: '/account/second-factor/codes' });
  t.equal(renewed.html.querySelectorAll('#second-codes li').length, 8);
  const { visitor, page } = await toSecondStep(site, lan);
  t.equal((await visitor.submit(page, { fields: { code: backups[0] ?? '' } })).status, 422);

  await lan.submit(await lan.get('/account/second-factor'), { form: '/account/second-factor/remove' });
  t.equal((await signIn(client(site.app), lan.learner_code)).status, 303);
  const verbs = await site.db.selectFrom('audit_events').select('verb').where('verb', 'like', 'second%').execute();
  t.strictSame(verbs.map(({ verb }) => verb).sort(), [
    'second_factor.codes_renewed',
    'second_factor.removed',
    'second_factor.set_up',
  ]);
});

async function leaveOpen({ db }: Site): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ confirmed_at: new Date(Date.now() - 20 * 60_000) })
    .execute();
}

t.test('A phone that lies open does nothing dear: the secret is asked again, and then it goes on', async (t) => {
  const { site, lan, fresh } = await protectedLearner(t);
  const page = await lan.get('/account/second-factor');
  await leaveOpen(site);
  const asked = await lan.submit(page, { form: '/account/second-factor/remove' });
  t.equal(asked.status, 403);
  t.equal(textOf(byRole(asked.html, 'heading')), 'Xác nhận đó là bạn');
  t.equal((await site.db.selectFrom('second_factors').selectAll().execute()).length, 1);

  const wrong = await lan.submit(asked, { fields: { secret: '582041', code: await fresh() } });
  t.equal(wrong.status, 422);
  const withoutCode = await lan.submit(asked, { fields: { secret: pin, code: '000000' } });
  t.equal(withoutCode.status, 422);
  const right = await lan.submit(withoutCode, { fields: { secret: pin, code: await fresh() } });
  t.equal(right.html.querySelector('main form')?.getAttribute('action'), '/account/second-factor/remove');
  t.equal((await lan.submit(right)).status, 303);
  t.strictSame(await site.db.selectFrom('second_factors').selectAll().execute(), []);
});

t.test('A page for something dear asks first and leads on', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await leaveOpen(site);
  const asked = await lan.get('/account/second-factor/new');
  t.equal(textOf(byRole(asked.html, 'heading')), 'Xác nhận đó là bạn');
  t.notOk(asked.html.querySelector('input[name=code]'), 'no code of who has none');
  const on = await lan.submit(asked, { fields: { secret: pin } });
  t.match(on, { status: 303, headers: { location: '/account/second-factor/new' } });
  t.equal(textOf(byRole((await lan.follow(on)).html, 'heading')), 'Bật bảo vệ hai lớp');
  await leaveOpen(site);
  for (let count = 0; count < 5; count += 1) await lan.submit(asked, { fields: { secret: '582041' } });
  t.equal((await lan.submit(asked, { fields: { secret: pin } })).status, 429);
});
