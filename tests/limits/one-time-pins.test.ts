import t from 'tap';
import { accountsSite, isSignedIn, pass, signIn } from '../accounts/site.ts';
import { client } from '../support/client.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

t.test('A one-time PIN is guessed no quicker than any other, and the right one opens after the wait', async (t) => {
  const site = await accountsSite(t);
  const branch = await organisation(site, 'school');
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const form = await manager.get('/admin/organisations/school/people/new');
  const person = await manager.follow(await manager.submit(form, { fields: { full_name: 'Lò Thị Mỷ' } }));
  const pins = await manager.submit(person, { form: `${person.url}/one-time-pin` });
  const [code = '', pin = ''] = pins.html.querySelectorAll('#pins td').map((cell) => cell.text.replace(/\D/g, ''));
  t.match(pin, /^\d{6}$/);
  const wrong = String((Number(pin) + 1) % 1_000_000).padStart(6, '0');

  const guesser = client(site.app, { address: '192.0.2.7' });
  for (let count = 0; count < 5; count += 1) t.equal((await signIn(guesser, code, wrong)).status, 422);
  t.equal((await signIn(guesser, code, pin)).status, 429, 'even the right one waits');
  t.equal((await signIn(client(site.app, { address: '192.0.2.8' }), code, pin)).status, 429, 'from anywhere');
  await pass(site, 2);
  const owner = client(site.app, { address: '192.0.2.8' });
  const first = await signIn(owner, code, pin);
  t.match(first.html.text, 'Chào bạn mới');
  t.notOk(await isSignedIn(owner), 'not before they have said who they are');
});
