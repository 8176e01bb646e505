import { Secret, TOTP } from 'otpauth';
import { sendDueMails } from '../../server/mail/postman.ts';
import { authenticator } from '../accounts/authenticator.ts';
import { type Site, signedUp, signIn } from '../accounts/site.ts';
import type { Client, Page } from '../support/client.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

type NewVisitor = () => Client;

/** An address confirmed by a letter, and a way back in by another. */
export async function byMail(site: Site, visitor: NewVisitor): Promise<Page[]> {
  const email = 'lan@example.com';
  const person = await signedUp(site, { email }, visitor());
  const confirmation = await person.get(await newestLink(site));
  const confirmed = await person.follow(await person.submit(confirmation));
  const stranger = visitor();
  const asked = await stranger.submit(await stranger.get('/sign-in/recovery-mail'), { fields: { email } });
  const recovery = await stranger.get(await newestLink(site));
  const over = await stranger.get('/sign-in/recovery/x');
  return [confirmation, confirmed, await stranger.follow(asked), recovery, over, await person.get('/account')];
}

async function newestLink({ app, db }: Site): Promise<string> {
  const links: string[] = [];
  await sendDueMails({
    db,
    config: app.config,
    send: async ({ text }) => {
      links.push(/http:\/\/localhost(\S+)/.exec(text)?.[1] ?? '');
    },
  });
  return links.at(-1) ?? '';
}

/** From setting the app up to being asked for its code. */
export async function bySecondFactor(site: Site, visitor: NewVisitor): Promise<Page[]> {
  const person = await signedUp(site, {}, visitor());
  const form = await person.get('/account/second-factor/new');
  const secret = Secret.fromBase32(form.html.querySelector('main code')?.text.replaceAll(' ', '') ?? '');
  const codes = await person.submit(form, { fields: { code: new TOTP({ secret }).generate() } });
  const stranger = visitor();
  const second = await signIn(stranger, person.learner_code);
  const wrong = await stranger.submit(second, { fields: { code: '000000' } });
  return [form, codes, await person.get('/account/second-factor'), second, wrong];
}

/** A key added, one refused, one that cannot go, and where it is asked for. */
export async function byPasskey(site: Site, visitor: NewVisitor): Promise<Page[]> {
  const person = await signedUp(site, {}, visitor());
  const none = await person.get('/account/passkeys');
  const refused = await person.post('/account/passkeys', { credential: '{}' });
  const credential = authenticator().make(await person.post('/account/passkeys/challenge'));
  await person.post('/account/passkeys', { credential });
  const page = await person.get('/account/passkeys');
  const rename = page.html.querySelector('form[action$="/name"]')?.getAttribute('action') ?? '';
  const unnamed = await person.post(rename);
  const offered = await person.get('/account/second-factor');
  await person.post('/account/second-factor/passkey');
  const kept = await person.follow(await person.post(rename.replace('/name', '/remove')));
  const second = await signIn(visitor(), person.learner_code);
  const unknown = await visitor().post('/sign-in/passkey', { credential: '{}' });
  return [none, refused, page, unnamed, offered, kept, second, unknown, await person.get('/account/confirmation')];
}

/** Somebody whom a manager registers, who comes in with a one-time PIN; and a class that comes in a table. */
export async function byManager({ db }: Site, visitor: NewVisitor, manager: Client): Promise<Page[]> {
  const form = await manager.get('/admin/organisations/school/people/new');
  const refused = await manager.submit(form);
  const done = await manager.submit(form, { fields: { full_name: 'Nguyễn Thị Lan' } });
  const person = await manager.follow(done);
  const pins = await manager.submit(person, { form: `${person.url}/one-time-pin` });
  const [code = '', pin = ''] = pins.html.querySelectorAll('#pins td').map((cell) => cell.text.replace(/\D/g, ''));
  const firstSteps = await signIn(visitor(), code, pin);
  const choosing = await manager.get('/admin/organisations/school/people/import');
  const table = 'Họ và tên;Ngày sinh\r\nLê Văn An;09/2001\r\n;05/2001\r\n';
  const file = { name: 'lop.csv', type: 'text/csv', bytes: table };
  const plan = await manager.upload('/admin/organisations/school/people/import', {}, file);
  const apply = plan.html.querySelector('form[action$="/application"]')?.getAttribute('action') ?? '';
  const seenSince = async (seconds: number) => {
    await db
      .updateTable('people_imports')
      .set({ touched_at: new Date(Date.now() - seconds * 1000) })
      .execute();
    return manager.get(apply);
  };
  const [underWay, stalled] = [await seenSince(0), await seenSince(60)];
  const imported = await manager.follow(await manager.post(apply));
  return [refused, person, pins, firstSteps, choosing, plan, underWay, stalled, imported];
}

/** What a representative of somebody under 16 gets. */
export async function byRepresentative(site: Site, visitor: NewVisitor): Promise<Page[]> {
  const child = await signedUp(site, { birth_year: String(new Date().getFullYear() - 12) }, visitor());
  const consents = await child.get('/account/consents');
  const [link = ''] = /\/consent\/[\w.-]+/.exec(consents.body) ?? [];
  const over = await visitor().get('/consent/x');
  return [consents, await child.get('/account/consents/paper'), await visitor().get(link), over];
}

export async function schoolManager(site: Site): Promise<Client> {
  const branch = await organisation(site, 'school');
  return signedIn(site, { roles: ['manager'], branch, full_name: 'Lê Văn Quản' });
}
