import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { fromBuffer, type ZipFile } from 'yauzl';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

/** By name, read with a library that did not write it. */
async function unzipped(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const files = new Map<string, string>();
  return new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => resolve(files));
    zip.on('entry', (entry: { fileName: string }) =>
      zip.openReadStream(entry as never, async (error, stream) => {
        if (error) return reject(error);
        files.set(entry.fileName, await text(stream));
        return zip.readEntry();
      }),
    );
    zip.readEntry();
  });
}

async function withLearner(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site, { full_name: 'Nguyễn Thị <Lan>' });
  return { site, lan };
}

t.test('The page says what there is, in four statements', async (t) => {
  const { site, lan } = await withLearner(t);
  const statements = await statementsOf(site, async () => {
    const { html } = await lan.get('/account/data');
    t.match(html.text, '1 khoá học.');
  });
  t.equal(statements.length, 4);
});

t.test('The copy has a page to read, rows for a machine, and the papers; and nothing that lets one in', async (t) => {
  const { site, lan } = await withLearner(t);
  const code = await finish(lan);
  await lan.get(`/certificates/${code}.pdf`);
  await signedIn(site, { full_name: 'Trần Minh' });
  const [name = '', value = ''] = [...lan.cookies][0] ?? [];
  const answer = await site.app.inject({ url: '/account/data/archive', cookies: { [name]: value } });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers, { 'content-type': 'application/zip', 'cache-control': 'no-store' });
  t.match(answer.headers['content-disposition'], /^attachment; filename="dom-dom-\d{10}\.zip"$/);

  const files = await unzipped(answer.rawPayload);
  t.strictSame([...files.keys()].sort(), [`certificates/${code}.pdf`, 'data.json', 'index.html']);
  t.match(files.get('index.html'), 'Nguyễn Thị &lt;Lan&gt;');
  t.match(files.get('index.html'), code);
  t.match(files.get(`certificates/${code}.pdf`), /^%PDF-/);
  const data = JSON.parse(files.get('data.json') ?? '');
  t.match(data.person_details, [{ full_name: 'Nguyễn Thị <Lan>' }]);
  t.equal(data.enrolments.length, 1);
  t.ok(data.answers.length > 0);
  t.equal(data.certificates[0].code, code);
  const whole = [...files.values()].join('\n');
  t.notMatch(whole, 'Trần Minh');
  for (const hidden of ['secret_hash', 'recovery_hash', 'token_hash', 'actor_id']) t.notMatch(whole, hidden);
});

t.test('A phone that lies open gives no copy: the secret is asked first', async (t) => {
  const { site, lan } = await withLearner(t);
  await site.db
    .updateTable('sessions')
    .set({ confirmed_at: new Date(0) })
    .execute();
  for (const path of ['/account/data/archive', '/account/deletion']) {
    const page = await lan.get(path);
    t.equal(textOf(byRole(page.html, 'heading')), 'Xác nhận đó là bạn', path);
  }
  t.equal((await lan.post('/account/deletion', { sure: 'yes' })).status, 403);
});

t.test('A request comes once, is answered by the operator, and the person sees it', async (t) => {
  const { site, lan } = await withLearner(t);
  const owner = await signedIn(site, { roles: ['owner'] });
  t.match((await owner.get('/admin/data-requests')).html.text, 'Không có yêu cầu nào');

  const page = await lan.get('/account/data');
  const fields = { kind: 'correction', words: 'Năm sinh của tôi sai.\nTôi sinh năm 2002.' };
  for (let tap = 0; tap < 2; tap += 1) {
    const asked = await lan.submit(page, { form: '/account/data/requests', fields });
    t.equal(asked.status, 303);
  }
  t.match((await lan.get('/account/data')).html.text, /Trả lời chậm nhất \d\d\/\d\d\/\d{4}/);
  const queue = await owner.get('/admin/data-requests');
  t.equal(queue.html.querySelectorAll('#main form').length, 1);
  t.match(queue.html.text, 'Tôi sinh năm 2002');

  const refused = await owner.submit(queue, { fields: { answer: ' ' } });
  t.equal(refused.status, 422);
  const answered = await owner.submit(queue, { fields: { answer: 'Đã sửa, cảm ơn bạn.' } });
  t.equal(answered.status, 303);
  t.equal((await owner.submit(queue, { fields: { answer: 'Lần nữa' } })).status, 404, 'once');
  t.match((await lan.get('/account/data')).html.text, 'Đã sửa, cảm ơn bạn.');
  const mails = await site.db.selectFrom('mails').select('letter').execute();
  t.strictSame(mails, [{ letter: 'data_request_answered' }]);
});

t.test('What is late is marked, and comes first', async (t) => {
  const { site, lan } = await withLearner(t);
  const owner = await signedIn(site, { roles: ['owner'] });
  for (const words of ['mới', 'cũ']) await lan.post('/account/data/requests', { kind: 'other', words });
  await site.db
    .updateTable('data_requests')
    .set({ due_on: new Date('2026-01-05') })
    .where('words', '=', 'cũ')
    .execute();
  const { html } = await owner.get('/admin/data-requests');
  const cards = html.querySelectorAll('.card').map(textOf);
  t.match(cards[0], /Quá hạn.*cũ/s);
  t.notMatch(cards[1], 'Quá hạn');
});

t.test('A request without words or kind keeps what was typed', async (t) => {
  const { lan } = await withLearner(t);
  const page = await lan.get('/account/data');
  const again = await lan.submit(page, { form: '/account/data/requests', fields: { words: 'Chỉ có lời' } });
  t.equal(again.status, 422);
  t.match(again.html.querySelector('textarea')?.text, 'Chỉ có lời');
  t.equal((await lan.post('/account/data/requests', { kind: 'nonsense', words: 'x' })).status, 422);
  t.equal((await lan.post('/account/data/requests', { kind: 'other', words: 'x'.repeat(2001) })).status, 422);
});
