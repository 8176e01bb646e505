import { setImmediate as breathe } from 'node:timers/promises';
import t from 'tap';
import { extractText, getDocumentProxy } from 'unpdf';
import { v7 as newId } from 'uuid';
import { fromBuffer } from 'yauzl';
import { removeOldBundles } from '../../../server/certificates/bundles/queries.ts';
import { turns } from '../../../server/platform/turns.ts';
import { cohort, mentor, putIn } from '../../cohorts/cohorts.ts';
import { testApp } from '../../support/app.ts';
import { type Client, client } from '../../support/client.ts';
import { allByRole, type HTMLElement, textOf } from '../../support/html.ts';
import { endIn, finish, learner, publish } from '../../support/learners.ts';
import { rootOrganisation } from '../../support/organisations.ts';
import { type Someone, signedIn } from '../../support/people.ts';
import { statementsOf } from '../../support/statements.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
const { db, app } = site;
await publish(t, site);
const group = await cohort(site);
const { id: organisation_id } = await rootOrganisation(site);
// Else the first mentor would need five before there is a second.
await db.insertInto('cohort_settings').values({ organisation_id, minimum_mentees: 1 }).execute();
const hoa = await mentor(site, group);
const manager = await signedIn(site, { roles: ['manager'] });
const home = `/cohorts/${group.id}/certificates`;

const lan = await graduate({ full_name: 'Nguyễn Thị Lan' }, hoa);
const an = await graduate({ full_name: 'Trần Văn Bé', birth_year: new Date().getFullYear() - 13 }, hoa);
// Only now: while the first has too few there is no second.
const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
const ut = await graduate({ full_name: 'Lê Văn Út' }, binh);
await graduate({ full_name: 'Phạm Không Nhóm' }, null);

async function graduate(someone: Someone, guide: { id: string } | null) {
  const person = await learner(site, someone);
  if (guide) await putIn(site, group, person, guide);
  return { person, code: await finish(person) };
}

async function make(reader: Client, format: 'pdf' | 'zip', id = newId()): Promise<string> {
  return String((await reader.post(home, { format, id })).headers.location);
}

async function fetched(reader: Client, bundle: string) {
  const { statusCode, headers, rawPayload } = await app.inject({
    url: `${bundle}/file`,
    cookies: Object.fromEntries(reader.cookies),
  });
  return { status: statusCode, headers, bytes: new Uint8Array(rawPayload) };
}

t.test('A mentor sees who of their own holds a certificate, a manager sees everybody', async (t) => {
  const own = textOf((await hoa.get(home)).html);
  t.match(own, 'Nguyễn Thị Lan');
  t.notMatch(own, /Lê Văn Út|Không Nhóm/);
  const all = await manager.get(home);
  t.match(textOf(all.html), 'Lê Văn Út');
  t.notMatch(textOf(all.html), 'Không Nhóm');
  t.ok((await statementsOf(site, () => manager.get(home))).length <= 4);
});

t.test('A long list comes page by page; the file holds all of it, whichever page it is asked from', async (t) => {
  const rows = (page: { html: HTMLElement }) =>
    page.html.querySelectorAll('main .rows a[href^="/certificates/"]').length;
  t.equal(rows(await manager.get(`${home}?page=1`)), 3);
  const beyond = await manager.get(`${home}?page=2`);
  t.equal(rows(beyond), 0);
  t.match(textOf(beyond.html), '3 giấy chứng nhận');
  const made = await manager.submit(beyond, { form: home });
  const bundle = (await fetched(manager, String(made.headers.location))).bytes;
  t.equal((await getDocumentProxy(bundle)).numPages, 3);
  for (const wrong of ['0', '-1', 'x']) t.equal(rows(await manager.get(`${home}?page=${wrong}`)), 3, wrong);
});

t.test('What has expired is not among them', async (t) => {
  const { code } = await graduate({ full_name: 'Đỗ Văn Hạn' }, binh);
  t.match(textOf((await binh.get(home)).html), 'Đỗ Văn Hạn');
  await endIn(site, code, -1);
  t.notMatch(textOf((await binh.get(home)).html), 'Đỗ Văn Hạn');
});

t.test('They come as one PDF, a tagged page each, with names as short as they are in public', async (t) => {
  const bundle = await make(hoa, 'pdf');
  const { status, headers, bytes } = await fetched(hoa, bundle);
  t.equal(status, 200);
  t.equal(headers['content-type'], 'application/pdf');
  t.equal(headers['cache-control'], 'no-store');
  const document = await getDocumentProxy(bytes.slice());
  t.equal(document.numPages, 2);
  t.match(JSON.stringify(await (await document.getPage(2)).getStructTree()), /"role":"H1".*"role":"Figure"/);
  t.ok(bytes.length < 2 * 60_000);
  const text = (await extractText(bytes.slice(), { mergePages: true })).text.replace(/\s+/g, ' ').normalize('NFC');
  for (const there of ['Nguyễn Thị Lan', 'Bé T. V.', `/v/${lan.code}`, `/v/${an.code}`]) t.match(text, there);
  t.notMatch(text, /Trần Văn Bé|Lê Văn Út/);
});

t.test('As a zip each has a file of its own, as one would get it alone', async (t) => {
  const { bytes } = await fetched(manager, await make(manager, 'zip'));
  const names = await namesIn(Buffer.from(bytes));
  t.strictSame(names.sort(), [lan, an, ut].map(({ code }) => `domdom-${code}.pdf`).sort());
});

t.test('The same form sent again asks for the same file, and makes it once', async (t) => {
  const id = newId();
  const [first, second] = await Promise.all([make(hoa, 'pdf', id), make(hoa, 'pdf', id)]);
  t.equal(first, second);
  t.equal((await db.selectFrom('certificate_bundles').select('id').where('id', '=', id).execute()).length, 1);
  const again = await hoa.get(await make(hoa, 'pdf', id));
  t.same(allByRole(again.html, 'link', 'Tải tệp').length, 1);
});

t.test('A file is its maker’s alone', async (t) => {
  const bundle = await make(hoa, 'pdf');
  for (const other of [binh, manager, lan.person, await signedIn(site)]) {
    t.equal((await other.get(bundle)).status, 404);
    t.equal((await other.get(`${bundle}/file`)).status, 404);
  }
  t.match((await client(app).get(bundle)).headers.location, '/sign-in');
  t.equal((await hoa.get(`${home}/${newId()}`)).status, 404);
});

t.test('While it is made the page says how far it is; where that has stopped it can be made again', async (t) => {
  const bundle = await make(hoa, 'pdf');
  const id = bundle.split('/').at(-1) ?? '';
  const set = (touched_at: Date) =>
    db.updateTable('certificate_bundles').set({ file_hash: null, done: 1, touched_at }).where('id', '=', id).execute();
  await set(new Date());
  const underWay = await hoa.get(bundle);
  t.match(textOf(underWay.html), '1/2 giấy');
  t.equal(underWay.headers.refresh, '2');
  await set(new Date(Date.now() - 60_000));
  const stalled = await hoa.get(bundle);
  t.equal(stalled.headers.refresh, undefined);
  const done = await hoa.follow(await hoa.submit(stalled, { button: 'Tạo lại tệp này' }));
  t.match(textOf(done.html), 'Tệp đã sẵn sàng');
});

t.test('It is over after some days, when somebody in it goes to another mentor, or one is revoked', async (t) => {
  const gone = await graduate({ full_name: 'Lý Thị Sen' }, hoa);
  const bundle = await make(hoa, 'pdf');
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${gone.code}/revocation`, { reason: 'Cấp nhầm người.' });
  t.match(await fetched(hoa, bundle), { status: 303, headers: { location: home } });

  const next = await make(hoa, 'pdf');
  const { person_id } = await db
    .selectFrom('certificates')
    .select('person_id')
    .where('code', '=', lan.code)
    .executeTakeFirstOrThrow();
  const { id: member_id } = await db
    .selectFrom('cohort_members')
    .select('id')
    .where('person_id', '=', person_id)
    .executeTakeFirstOrThrow();
  await db.transaction().execute(async (trx) => {
    await trx.updateTable('mentorships').set({ valid_until: new Date() }).where('member_id', '=', member_id).execute();
    const placed = { id: newId(), member_id, cohort_id: group.id, mentor_id: binh.id };
    await trx.insertInto('mentorships').values(placed).execute();
  });
  t.equal((await fetched(hoa, next)).status, 303);

  const last = await make(hoa, 'pdf');
  await db
    .updateTable('certificate_bundles')
    .set({ expires_at: new Date(0) })
    .execute();
  t.equal((await hoa.get(last)).status, 404);
  t.equal((await hoa.get(`${last}/file`)).status, 404);
  t.ok((await removeOldBundles(db)) > 0);
  t.same(await db.selectFrom('certificate_bundles').select('id').execute(), []);
});

t.test('Erasing somebody takes every file away that their certificate is in', async (t) => {
  const bundle = await make(binh, 'pdf');
  t.equal((await fetched(binh, bundle)).status, 200);
  const page = await ut.person.get('/account/deletion');
  await ut.person.submit(page, { fields: { sure: 'yes', certificates: 'keep' } });
  t.equal((await binh.get(bundle)).status, 404);
  t.same(await db.selectFrom('certificate_bundles').select('id').execute(), []);
});

t.test('Two are drawn at a time, however many are asked for', async (t) => {
  const take = turns(2);
  let working = 0;
  let most = 0;
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 9 }, (_, number) =>
      take(async () => {
        working += 1;
        most = Math.max(most, working);
        await breathe();
        order.push(number);
        working -= 1;
        if (number === 4) throw new Error('one fails');
      }).catch(() => {}),
    ),
  );
  t.equal(most, 2);
  t.strictSame(order, [0, 1, 2, 3, 4, 5, 6, 7, 8], 'in the order they came');
});

function namesIn(zip: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const names: string[] = [];
    fromBuffer(zip, (error, file) => {
      if (error) return reject(error);
      file.on('entry', (entry) => names.push(entry.fileName));
      file.on('end', () => resolve(names));
    });
  });
}
