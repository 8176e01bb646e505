import t, { type Test } from 'tap';
import { v7 } from 'uuid';
import { confirmationSeal, recoverySeal, secretMark } from '../../server/accounts/email/seals.ts';
import { getSiteSecret } from '../../server/accounts/queries.ts';
import { seal } from '../../server/accounts/sealing.ts';
import { newTotpSecret } from '../../server/accounts/second-factor/totp.ts';
import { sendDueMails } from '../../server/mail/postman.ts';
import type { OutgoingMail } from '../../server/mail/transport.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { accountsSite, isSignedIn, pass, type Site, signedUp, signIn } from './site.ts';

const email = 'lan@example.com';

/** The letters that have come since, and the paths of their links. */
async function letters({ app, db }: Site): Promise<(OutgoingMail & { path: string })[]> {
  const sent: OutgoingMail[] = [];
  const send = async (mail: OutgoingMail) => void sent.push(mail);
  await sendDueMails({ db, config: app.config, send });
  return sent.map((mail) => ({ ...mail, path: /http:\/\/localhost(\S+)/.exec(mail.text)?.[1] ?? '' }));
}

async function siteOfLan(t: Test, { isConfirmed = true } = {}) {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { email });
  const [letter] = await letters(site);
  const path = letter?.path ?? '';
  if (isConfirmed) await lan.submit(await lan.get(path));
  return { site, lan, path };
}

async function askForMail(site: Site, address = email) {
  const visitor = client(site.app);
  return visitor.submit(await visitor.get('/sign-in/recovery-mail'), { fields: { email: address } });
}

t.test('An address is confirmed by its letter, on any device, by a button and not by looking', async (t) => {
  const { site, lan, path } = await siteOfLan(t, { isConfirmed: false });
  t.match((await lan.get('/account')).html.text, 'chưa xác nhận');
  const elsewhere = client(site.app);
  const page = await elsewhere.get(path);
  t.equal(textOf(byRole(page.html, 'heading')), 'Xác nhận email');
  t.match(
    (await lan.get('/account')).html.text,
    'chưa xác nhận',
    'a mail program that looks at links confirms nothing',
  );
  for (let tap = 0; tap < 2; tap += 1) {
    const done = await elsewhere.follow(await elsewhere.submit(page));
    t.equal(textOf(byRole(done.html, 'heading')), 'Đã xác nhận email');
  }
  t.notMatch((await lan.get('/account')).html.text, 'chưa xác nhận');
  const events = await site.db
    .selectFrom('audit_events')
    .select('verb')
    .where('verb', '=', 'email.confirmed')
    .execute();
  t.equal(events.length, 1);
  t.notOk(await isSignedIn(elsewhere), 'nobody is signed in by it');
});

t.test('A changed address asks for its own confirmation, and the old letter is over', async (t) => {
  const { site, lan, path } = await siteOfLan(t);
  await lan.submit(await lan.get('/account/contact'), { fields: { email: 'moi@example.com' } });
  t.equal((await lan.get(path)).status, 404);
  const [letter] = await letters(site);
  t.equal(letter?.to.address, 'moi@example.com');
  await lan.submit(await lan.get('/account/contact'), { fields: { email: '' } });
  t.strictSame(await letters(site), [], 'without an address there is no letter');
});

t.test('The letter is sent again where one asks, but nobody’s mailbox is filled', async (t) => {
  const { site, lan } = await siteOfLan(t, { isConfirmed: false });
  for (let count = 0; count < 3; count += 1) {
    const page = await lan.follow(await lan.submit(await lan.get('/account'), { form: '/account/email-confirmation' }));
    t.match(page.html.text, 'Đã gửi thư');
  }
  const page = await lan.follow(await lan.submit(await lan.get('/account'), { form: '/account/email-confirmation' }));
  t.match(page.html.text, 'vừa gửi thư rồi');
  t.equal((await letters(site)).length, 3);
});

t.test('A confirmed address is a way back: once, within the hour', async (t) => {
  const { site, lan } = await siteOfLan(t);
  t.match((await askForMail(site)).html.text, /Hãy xem hộp thư/);
  const [letter] = await letters(site);
  const { path = '' } = letter ?? {};
  t.match(letter?.text, lan.learner_code.replace(/^(...)(...)/, '$1 $2 '));

  const elsewhere = client(site.app);
  const form = await elsewhere.get(path);
  const easy = await elsewhere.submit(form, { fields: { secret: '111111' } });
  t.equal(easy.status, 422);
  t.match(textOf(byRole(easy.html, 'alert')), /PIN này dễ đoán/);
  const done = await elsewhere.submit(form, { fields: { secret: '839204' } });
  t.match(done, { status: 303, headers: { location: '/learning' } });
  t.ok(await isSignedIn(elsewhere));
  t.notOk(await isSignedIn(lan), 'all others are signed out');
  t.equal((await elsewhere.get(path)).status, 404, 'it works once');
  t.equal((await elsewhere.post(path, { secret: '274913' })).status, 404);
  t.equal((await signIn(client(site.app), lan.learner_code, '839204')).status, 303);
});

t.test('The answer is the same for an address that nobody has, and for one not confirmed', async (t) => {
  const { site } = await siteOfLan(t, { isConfirmed: false });
  const pages = [await askForMail(site), await askForMail(site, 'nobody@example.com')];
  const [known, unknown] = pages.map(({ html }) => textOf(byRole(html, 'main')));
  t.equal(known?.replace(email, ''), unknown?.replace('nobody@example.com', ''));
  t.strictSame(await letters(site), []);
  t.equal((await askForMail(site, 'no address')).status, 422);
});

t.test('Asked for again and again, it has to wait', async (t) => {
  const { site } = await siteOfLan(t);
  for (let count = 0; count < 3; count += 1) await askForMail(site);
  t.match(await askForMail(site), { status: 429, headers: { 'retry-after': /^\d+$/ } });
  t.equal((await letters(site)).length, 3);
  await pass(site, 60 * 60);
  t.equal((await askForMail(site)).status, 200);
});

t.test('A family that shares an address gets a letter for each', async (t) => {
  const { site } = await siteOfLan(t);
  const minh = await signedUp(site, { email, full_name: 'Trần Minh' });
  const [confirmation] = await letters(site);
  await minh.submit(await minh.get(confirmation?.path ?? ''));
  await askForMail(site);
  t.strictSame((await letters(site)).map(({ to }) => to.name).sort(), ['Nguyễn Thị Lan', 'Trần Minh']);
});

t.test('Who has a role must choose a password', async (t) => {
  const { site } = await siteOfLan(t);
  const [{ person_id } = { person_id: '' }] = await site.db.selectFrom('person_details').select('person_id').execute();
  const organisation_id = await ensureRootOrganisation(site.db);
  await site.db.insertInto('memberships').values({ id: v7(), person_id, organisation_id, role: 'mentor' }).execute();
  await askForMail(site);
  const [letter] = await letters(site);
  const visitor = client(site.app);
  const form = await visitor.get(letter?.path ?? '');
  t.match((await visitor.submit(form, { fields: { secret: '839204' } })).status, 422);
  t.equal((await visitor.submit(form, { fields: { secret: 'ba con cò trắng' } })).status, 303);
});

t.test('The letter leads to a new secret, and not past the second step', async (t) => {
  const { site } = await siteOfLan(t);
  const { person_id } = await site.db.selectFrom('person_details').select('person_id').executeTakeFirstOrThrow();
  await site.db.insertInto('second_factors').values({ person_id, secret: newTotpSecret(), last_step: 0 }).execute();
  await askForMail(site);
  const [letter] = await letters(site);
  const visitor = client(site.app);
  const done = await visitor.submit(await visitor.get(letter?.path ?? ''), { fields: { secret: '839204' } });
  t.match(done, { status: 303, headers: { location: '/sign-in' } });
  t.notOk(await isSignedIn(visitor));
});

t.test('A link that ran out, was changed or was made for something else opens nothing', async (t) => {
  const { site } = await siteOfLan(t);
  const key = await getSiteSecret(site.db);
  const { person_id, secret_hash } = await site.db
    .selectFrom('person_details')
    .select(['person_id', 'secret_hash'])
    .executeTakeFirstOrThrow();
  const recovery = { person_id, secret_mark: secretMark(secret_hash) };
  const confirmation = { person_id, email };
  const now = new Date();
  const early = new Date(now.getTime() - 8 * 24 * 60 * 60_000);
  const good = seal(recoverySeal, key, recovery, now);
  const visitor = client(site.app);
  t.equal((await visitor.get(`/sign-in/recovery/${good}`)).status, 200);
  for (const token of [
    seal(recoverySeal, key, recovery, early),
    seal(confirmationSeal, key, confirmation, now),
    `${good.slice(0, -4)}AAAA`,
    good.slice(0, 20),
    'x',
  ]) {
    t.equal((await visitor.get(`/sign-in/recovery/${token}`)).status, 404);
    t.equal((await visitor.post(`/sign-in/recovery/${token}`, { secret: '839204' })).status, 404);
  }
  const old = seal(confirmationSeal, key, confirmation, early);
  for (const token of [old, good]) {
    t.equal((await visitor.get(`/email-confirmations/${token}`)).status, 404);
    t.equal((await visitor.post(`/email-confirmations/${token}`)).status, 404);
  }
});
