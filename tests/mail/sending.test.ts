import { readdir, readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import t, { type Test } from 'tap';
import { type Config, readConfig } from '../../server/config.ts';
import { sendDueMails } from '../../server/mail/postman.ts';
import { queueMail } from '../../server/mail/queries.ts';
import { folderTransport, type Send, smtpTransport } from '../../server/mail/transport.ts';
import { accountsSite, type Site, signedUp } from '../accounts/site.ts';
import { temporaryFolder } from '../support/child.ts';

interface Answer {
  /** What the server says to the recipient, and to the text. */
  recipient?: { code: number };
  text?: { code: number };
}

/** A mail server that we did not write, on a port of its own. */
async function mailServer(t: Test, answer: Answer = {}) {
  const received: { from: string; to: string[]; raw: Buffer }[] = [];
  const failure = (code: number) => Object.assign(new Error('No'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, callback) => callback(answer.recipient ? failure(answer.recipient.code) : undefined),
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (answer.text) return callback(failure(answer.text.code));
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) });
        return callback();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { received, send: smtpTransport(`smtp://127.0.0.1:${port}`), answer };
}

const lanAddress = 'lan@example.com';

async function siteWithMail(t: Test, fields: Record<string, string> = {}): Promise<Site & { config: Config }> {
  const site = await accountsSite(t);
  await signedUp(site, { email: lanAddress, ...fields });
  return { ...site, config: site.app.config };
}

const deliver = (site: Site & { config: Config }, send: Send, now = new Date()) =>
  sendDueMails({ db: site.db, config: site.config, send }, () => now);

const state = ({ db }: Site) => db.selectFrom('mails').selectAll().executeTakeFirstOrThrow();

t.test('A letter comes in the reader’s language, as text and as HTML, with a link that works', async (t) => {
  const site = await siteWithMail(t, { full_name: 'Nguyễn Thị <Lan> & Ánh' });
  const { received, send } = await mailServer(t);
  await deliver(site, send);
  t.equal(received.length, 1);
  const mail = await PostalMime.parse(received[0]?.raw ?? '');
  t.equal(mail.subject, 'Xác nhận email của bạn ở Đom Đóm');
  t.match(mail.to, [{ address: lanAddress, name: 'Nguyễn Thị <Lan> & Ánh' }]);
  t.match(mail.text, 'Chào Nguyễn Thị <Lan> & Ánh.');
  t.match(mail.html, 'Chào Nguyễn Thị &lt;Lan&gt; &amp; Ánh.');
  const link = /http:\/\/localhost(\/email-confirmations\/[\w-]+)/.exec(mail.text ?? '')?.[1] ?? '';
  t.match(mail.html, `href="http://localhost${link}"`);
  t.equal((await site.app.inject(link)).statusCode, 200);
  const header = (key: string) => mail.headers.find((one) => one.key === key)?.value;
  t.equal(header('auto-submitted'), 'auto-generated');
  t.equal(header('content-language'), 'vi');
  t.equal(received[0]?.from, 'domdom@localhost');
  t.ok((await state(site)).sent_at);
  t.match((await state(site)).facts, {}, 'and no link lies in the database');

  await deliver(site, send);
  t.equal(received.length, 1, 'once is enough');
});

t.test('Who reads English gets English', async (t) => {
  const site = await siteWithMail(t);
  await site.db.updateTable('persons').set({ language: 'en' }).execute();
  const { received, send } = await mailServer(t);
  await deliver(site, send);
  const mail = await PostalMime.parse(received[0]?.raw ?? '');
  t.equal(mail.subject, 'Confirm your email at Đom Đóm');
  t.match(mail.html, '<html lang="en">');
});

t.test('A mail server that is busy or away is tried again, ever later, and under the same id', async (t) => {
  const site = await siteWithMail(t);
  const server = await mailServer(t, { recipient: { code: 451 } });
  const start = new Date();
  await deliver(site, server.send, start);
  const first = await state(site);
  t.match(first, { tries: 1, sent_at: null, given_up_at: null });
  t.equal(first.due_at.getTime(), start.getTime() + 60_000);
  await deliver(site, server.send, start);
  t.equal((await state(site)).tries, 1, 'not before it is due');

  await deliver(site, smtpTransport('smtp://127.0.0.1:9'), first.due_at);
  const second = await state(site);
  t.equal(second.due_at.getTime(), first.due_at.getTime() + 5 * 60_000);

  delete server.answer.recipient;
  await deliver(site, server.send, second.due_at);
  const mail = await PostalMime.parse(server.received[0]?.raw ?? '');
  t.equal(mail.messageId, `<${first.id}@localhost>`);
  t.ok((await state(site)).sent_at);
});

t.test('After days of trying it is given up, and says why', async (t) => {
  const site = await siteWithMail(t);
  let now = new Date();
  const away = smtpTransport('smtp://127.0.0.1:9');
  for (let tries = 0; tries < 12; tries += 1) {
    await deliver(site, away, now);
    now = new Date(now.getTime() + 2 * 24 * 60 * 60_000);
  }
  const mail = await state(site);
  t.ok(mail.given_up_at);
  t.equal(mail.tries, 9);
  t.match(mail.failure, 'ESOCKET');
});

t.test('An address that is none gets nothing more, the account says so, and a new address begins anew', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { email: lanAddress });
  const { config } = site.app;
  const server = await mailServer(t, { recipient: { code: 550 } });
  await deliver({ ...site, config }, server.send);
  t.match(await state(site), { tries: 1, failure: /RCPT TO 550/ });
  t.ok((await state(site)).given_up_at);
  t.match((await lan.get('/account')).html.text, 'không có địa chỉ lan@example.com');

  delete server.answer.recipient;
  await queueMail(site.db, { person_id: (await state(site)).person_id, letter: 'confirm_email' });
  await deliver({ ...site, config }, server.send);
  t.equal(server.received.length, 0);

  const form = await lan.get('/account/contact');
  await lan.submit(form, { fields: { email: 'lan@example.org' } });
  await deliver({ ...site, config }, server.send);
  t.strictSame(
    server.received.map(({ to }) => to),
    [['lan@example.org']],
  );
});

t.test('A text that is refused for ever is not sent again, and the address is not blamed', async (t) => {
  const site = await siteWithMail(t);
  const server = await mailServer(t, { text: { code: 554 } });
  await deliver(site, server.send);
  t.ok((await state(site)).given_up_at);
  const details = await site.db.selectFrom('person_details').select('email_refused_at').executeTakeFirstOrThrow();
  t.equal(details.email_refused_at, null);
});

t.test('Two processes send each mail once between them', async (t) => {
  const site = await siteWithMail(t);
  const { person_id } = await state(site);
  for (let count = 0; count < 10; count += 1) await queueMail(site.db, { person_id, letter: 'recover' });
  const { received, send } = await mailServer(t);
  await Promise.all([deliver(site, send), deliver(site, send), deliver(site, send)]);
  t.equal(received.length, 11);
  t.equal(new Set(received.map(({ raw }) => /message-id: (.*)/i.exec(String(raw))?.[1])).size, 11);
});

t.test('A process that dies while sending leaves the mail to the next', async (t) => {
  const site = await siteWithMail(t);
  const start = new Date();
  const dying: Send = async () => {
    throw new Error('killed');
  };
  await t.rejects(deliver(site, dying, start));
  const { received, send } = await mailServer(t);
  await deliver(site, send, start);
  t.equal(received.length, 0, 'it may be under way still');
  await deliver(site, send, new Date(start.getTime() + 6 * 60_000));
  t.equal(received.length, 1);
});

t.test('Who is erased gets no letter that was waiting', async (t) => {
  const site = await siteWithMail(t);
  await site.db.deleteFrom('person_details').execute();
  const { received, send } = await mailServer(t);
  await deliver(site, send);
  t.equal(received.length, 0);
});

t.test('Without a mail server a letter is a file that only the server reads, in a folder of the data', async (t) => {
  const site = await siteWithMail(t);
  const folder = join(await temporaryFolder(t), 'mail');
  await deliver(site, folderTransport(folder));
  const [name = '', ...others] = await readdir(folder);
  t.strictSame(others, []);
  t.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  const mail = await PostalMime.parse(await readFile(join(folder, name)));
  t.equal(mail.subject, 'Xác nhận email của bạn ở Đom Đóm');
});

t.test('Settings of mail that cannot be meant are told', async (t) => {
  const empty = await temporaryFolder(t);
  t.match(readConfig({}, empty), { smtpUrl: null, mailFrom: 'domdom@127.0.0.1' });
  t.match(readConfig({ PUBLIC_URL: 'https://hoc.example.vn' }, empty), { mailFrom: 'domdom@hoc.example.vn' });
  t.throws(() => readConfig({ SMTP_URL: 'mail.example.org' }, empty), {
    message: /SMTP_URL must be an address such as/,
  });
  t.throws(() => readConfig({ MAIL_FROM: 'Đom Đóm' }, empty), { message: /MAIL_FROM must be an e-mail address/ });
});
