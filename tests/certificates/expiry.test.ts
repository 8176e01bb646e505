import { sql } from 'kysely';
import t from 'tap';
import type { PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { lastDayOf } from '../../server/certificates/validity.ts';
import { strangersBadge } from '../credentials/strangers.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site, { 'course.yaml': `${courseYaml()}valid_months: 12\n` });
const visitor = client(site.app);

t.test('A course may say how many months its certificates hold, and each says so in every form', async (t) => {
  const { code } = await graduate();
  const { issuedOn, validUntil = '' } = await printedOf(code);
  t.equal(validUntil, lastDayOf(issuedOn, 12));
  const page = await visitor.get(`/certificates/${code}`);
  byRole(page.html, 'heading', /^Có hiệu lực/);
  const shown = validUntil.split('-').reverse().join('/');
  t.match(textOf(byRole(page.html, 'article')), `có giá trị đến hết ngày ${shown}`);
  t.match(textOf(byRole(page.html, 'main')), `Giấy có giá trị đến hết ngày ${shown}.`);
  const badge = await credentialOf(code);
  t.equal(badge.validUntil, `${validUntil}T16:59:59Z`);
});

t.test('Past its last day it is expired: not invalid, and not revoked', async (t) => {
  const { code } = await graduate();
  const file = JSON.stringify(await credentialOf(code));
  await endOn(code, '2020-01-31');
  const page = await visitor.get(`/certificates/${code}`);
  byRole(page.html, 'heading', 'Đã hết hạn. Giấy này do Đom Đóm cấp, có giá trị đến hết ngày 31/01/2020.');
  t.match(page.body, 'og:title" content="HẾT HẠN · ');
  const uploaded = await visitor.upload('/verify', {}, { name: 'x.json', bytes: file });
  byRole((await visitor.follow(uploaded)).html, 'heading', /^Đã hết hạn/);

  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  byRole((await visitor.get(`/certificates/${code}`)).html, 'heading', /^Không còn hiệu lực/);
});

t.test(
  'An own file past the day that stands in it leads to its page; a stranger’s says that its time is over',
  async (t) => {
    const { code } = await graduate();
    await endOn(code, '2020-01-31');
    const file = JSON.stringify(await credentialOf(code));
    const uploaded = await visitor.upload('/verify', {}, { name: 'x.json', bytes: file });
    t.equal(uploaded.headers.location, `/certificates/${code}`);
    byRole((await visitor.follow(uploaded)).html, 'heading', /^Đã hết hạn/);
    const theirs = JSON.stringify(await strangersBadge({ validUntil: '2026-01-02T00:00:00Z' }));
    byRole((await visitor.upload('/verify', {}, { name: 'x.json', bytes: theirs })).html, 'heading', 'Đã hết hạn');
  },
);

t.test('On its last day it holds still, at the place of the issuer', async () => {
  const { code } = await graduate();
  const { rows } = await sql<{
    today: string;
  }>`select to_char(now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as today`.execute(site.db);
  await endOn(code, rows[0]?.today ?? '');
  byRole((await visitor.get(`/certificates/${code}`)).html, 'heading', /^Có hiệu lực/);
});

async function graduate() {
  const person = await learner(site);
  return { person, code: await finish(person) };
}

async function printedOf(code: string): Promise<PrintedCourseCertificate> {
  const { printed } = await site.db
    .selectFrom('certificates')
    .where('code', '=', code)
    .select((eb) => eb.ref('printed').$castTo<PrintedCourseCertificate>().as('printed'))
    .executeTakeFirstOrThrow();
  return printed;
}

async function credentialOf(code: string): Promise<{ validUntil: string }> {
  return JSON.parse((await visitor.get(`/certificates/${code}.json`)).body);
}

/** As if it had been issued so long ago. */
async function endOn(code: string, validUntil: string): Promise<void> {
  const printed = JSON.stringify({ ...(await printedOf(code)), issuedOn: '2019-01-31', validUntil });
  await site.db
    .updateTable('certificates')
    .set({ printed, issued_at: '2019-01-31T03:00:00Z' })
    .where('code', '=', code)
    .execute();
}
