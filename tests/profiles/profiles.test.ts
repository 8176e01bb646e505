import t from 'tap';
import { testApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { type Someone, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
await publish(t, site, {}, 'other');
const owner = await signedIn(site, { roles: ['owner'] });
const stranger = () => client(site.app);
const settings = '/learning/profile';
const name = 'Huỳnh Thị Kim Phượng';

async function graduate(someone: Someone = {}) {
  const person = await learner(site, { full_name: name, ...someone });
  return { person, code: await finish(person) };
}

/** @returns the address of the profile, without the host */
async function published(person: Client, scores = false): Promise<string> {
  await person.submit(await person.get(settings), { form: settings, fields: { scores: scores ? 'yes' : null } });
  const { html } = await person.get(settings);
  return new URL(html.querySelector('#profile-address')?.getAttribute('href') ?? '').pathname;
}

const hide = async (person: Client) =>
  person.follow(await person.submit(await person.get(settings), { form: `${settings}/withdrawal` }));

t.test('Nobody has one until they ask for it', async (t) => {
  const { person } = await graduate();
  const page = await person.get(settings);
  t.match(textOf(page.html), 'chỉ mình bạn thấy');
  t.match(textOf(page.html), '1 giấy chứng nhận còn hiệu lực');
  t.notOk(page.html.querySelector('#profile-address'));
  t.equal((await stranger().get('/profiles/AAAAAAAAAAAAAA')).status, 404);
});

t.test('Everybody sees what its owner has learnt, and nothing beside', async (t) => {
  const { person, code } = await graduate();
  const path = await published(person);
  t.match(path, /^\/profiles\/[A-Z2-9]{14}$/);
  const page = await stranger().get(path);
  t.equal(byRole(page.html, 'heading', name).tagName, 'H1');
  for (const shown of ['Khoá nhỏ', 'Có hiệu lực']) t.match(page.body, shown);
  for (const hidden of [person.id, code, '2005', 'kết quả 100', settings]) t.notOk(page.body.includes(hidden), hidden);
  t.match((await stranger().get(await published(person, true))).body, `/certificates/${code}`);
  t.match(textOf((await person.get(path)).html), 'Đây là hồ sơ của bạn');
  t.equal((await stranger().get(path.toLowerCase())).status, 200, 'also as typed from paper');
});

t.test('A new certificate is added by itself; one that was revoked is there no more', async (t) => {
  const { person, code } = await graduate();
  const path = await published(person);
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  const page = await stranger().get(path);
  t.match(textOf(page.html), 'Chưa có giấy chứng nhận nào còn hiệu lực.');
  t.notMatch(page.body, 'Khoá nhỏ');
});

t.test('Hidden it is gone at once, for its owner too, and comes back at the same address', async (t) => {
  const { person } = await graduate();
  const path = await published(person);
  t.match(textOf((await hide(person)).html), 'Hồ sơ đã ẩn');
  t.equal((await stranger().get(path)).status, 404);
  t.equal((await person.get(path)).status, 404);
  t.equal((await person.post(`${settings}/withdrawal`)).status, 303, 'hiding twice is hiding once');
  t.equal(await published(person), path);
  t.equal(await published(person, true), path);
  t.equal((await stranger().get(path)).status, 200);
});

t.test('No search engine and no cache keeps it, and it is asked for with one statement', async (t) => {
  const { person } = await graduate();
  const path = await published(person);
  const visitor = stranger();
  const { headers } = await visitor.get(path);
  t.equal(headers['cache-control'], 'no-store');
  t.match(headers['x-robots-tag'], 'noindex');
  t.equal((await statementsOf(site, () => visitor.get(path))).length, 1);
  t.ok((await statementsOf(site, () => person.get(settings))).length <= 4);
});

t.test('A child has none without the consents on record, and what was public is so no more', async (t) => {
  const { person } = await graduate({ birth_year: new Date().getFullYear() - 13 });
  const page = await person.get(settings);
  t.match(textOf(page.html), 'bố mẹ hoặc người giám hộ cùng đồng ý');
  t.equal(allByRole(page.html, 'button', 'Cho mọi người xem hồ sơ').length, 0);
  t.equal((await person.post(settings)).status, 403);

  const grown = await graduate();
  const path = await published(grown.person);
  const birth_year = new Date().getFullYear() - 12;
  await site.db.updateTable('person_details').set({ birth_year }).where('person_id', '=', grown.person.id).execute();
  t.equal((await stranger().get(path)).status, 404, 'a date of birth that was mended');
});

t.test('Each has their own, and signed out there is none to change', async (t) => {
  const [first, second] = [await graduate(), await graduate()];
  const path = await published(first.person);
  t.not(await published(second.person), path);
  await hide(second.person);
  t.equal((await stranger().get(path)).status, 200);
  t.match((await stranger().get(settings)).headers.location, '/sign-in');
  t.equal((await stranger().post(settings)).status, 401);
});

t.test('Who has learnt nothing yet reads what will be on it', async (t) => {
  const newcomer = await signedIn(site);
  t.match(textOf((await newcomer.get(settings)).html), 'Bạn chưa có giấy chứng nhận nào');
  t.match(textOf((await stranger().get(await published(newcomer))).html), 'Chưa có giấy chứng nhận nào còn hiệu lực.');
});

t.test('A code that nobody has, and words that are no code, are not found', async (t) => {
  for (const wrong of ['x', 'AAAAAAAAAAAAAA', '%00', 'a'.repeat(5000), 'ĐOMĐÓM'])
    t.equal((await stranger().get(`/profiles/${encodeURIComponent(wrong)}`)).status, 404);
});
