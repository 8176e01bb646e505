import fc from 'fast-check';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { clearUploads } from '../../server/assignments/uploads/clearing.ts';
import { fileNameIn, wholeNumber } from '../../server/assignments/uploads/tus.ts';
import { gatherRows } from '../../server/my-data/queries.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { begun, home, offset, offsetOf, sendPart, sent, tus } from './uploads.ts';
import { handIn, photo, task, withWork } from './work.ts';

const site = await testApp(t);
const { app, db } = site;
await publish(t, site, withWork);
const bytes = Buffer.from('mười hai byte');

const filesOf = (person: { id: string }) =>
  db
    .selectFrom('assignment_files')
    .select(['name', 'hash', 'kind'])
    .where('person_id', '=', person.id)
    .orderBy('position')
    .execute();
const uploadsOf = (person: { id: string }) =>
  db.selectFrom('assignment_uploads').selectAll().where('person_id', '=', person.id).orderBy('id').execute();
const partsLeft = async (hashes: string[]) => {
  const found = await Promise.all(hashes.map((hash) => app.files.find(hash)));
  return found.filter((one) => one !== null).length;
};
const partsOf = async (id: string) =>
  (await db.selectFrom('assignment_upload_parts').select('hash').where('upload_id', '=', id).execute()).map(
    ({ hash }) => hash,
  );
const named = (...addresses: string[]) =>
  Object.fromEntries(addresses.map((address) => [`upload-${idOf(address)}`, idOf(address)]));
const idOf = (address: string) => address.split('/').at(-1) ?? '';

t.test('A file comes part by part, and each answer says how far it is', async (t) => {
  const lan = await learner(site);
  t.match(await lan.ask('OPTIONS', home), {
    status: 204,
    headers: { 'tus-version': '1.0.0', 'tus-extension': 'creation,expiration', 'tus-max-size': '10000000' },
  });
  const metadata = `filename ${Buffer.from('chuyện.pdf').toString('base64')},filetype YXBwbGljYXRpb24vcGRm`;
  const address = await begun(lan, bytes.length, metadata);
  t.match(await lan.ask('HEAD', address, tus), {
    status: 200,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'upload-length': String(bytes.length),
      'upload-metadata': metadata,
      'upload-expires': /GMT$/,
      'cache-control': 'no-store',
    },
  });
  t.match(await sendPart(lan, address, 0, bytes.subarray(0, 5)), { status: 204, headers: { 'upload-offset': '5' } });
  t.equal(await offsetOf(lan, address), '5');
  const byPost = { 'x-http-method-override': 'PATCH', ...offset(5) };
  t.match(await lan.ask('POST', address, byPost, bytes.subarray(5)), {
    status: 204,
    headers: { 'upload-offset': String(bytes.length) },
  });
  const page = await lan.get(task);
  t.match(textOf(page.html), 'Tệp đã gửi xong, chờ nộp');
  t.equal(allByRole(page.html, 'checkbox', 'chuyện.pdf').length, 1);
  const statements = await statementsOf(site, () => lan.get(task));
  t.ok(statements.length <= 4, String(statements.length));
});

t.test(
  'Whoever begins the same file again goes on with it, by name, size and time, and nobody else does',
  async (t) => {
    const [lan, minh] = [await learner(site), await learner(site)];
    const inBase64 = (text: string) => Buffer.from(text).toString('base64');
    const metadata = (modified: number) => `filename ${inBase64('ảnh.pdf')},modified ${inBase64(String(modified))}`;
    const address = await begun(lan, bytes.length, metadata(1));
    await sendPart(lan, address, 0, bytes.subarray(0, 5));
    const headers = { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': metadata(1) };
    t.match(await lan.ask('POST', home, headers), {
      status: 201,
      headers: { location: address, 'upload-offset': '5' },
    });
    const others = [
      await begun(lan, bytes.length, metadata(2)),
      await begun(lan, bytes.length + 1, metadata(1)),
      await begun(minh, bytes.length, metadata(1)),
      // Who does not say when it was changed begins anew, as the protocol has it.
      await begun(lan, bytes.length, `filename ${inBase64('ảnh.pdf')}`),
      await begun(lan, bytes.length, `filename ${inBase64('ảnh.pdf')}`),
    ];
    t.equal(new Set([address, ...others]).size, 6);
    await sendPart(lan, address, 5, bytes.subarray(5));
    t.equal(await begun(lan, bytes.length, metadata(1)), address, 'also one that has come whole');
    await handIn(lan, { words: 'Xong.', ...named(address) });
    t.not(await begun(lan, bytes.length, metadata(1)), address, 'but none that was handed in');
  },
);

t.test('What was sent before is handed in by the form, by the same rules as a file that comes with it', async (t) => {
  const lan = await learner(site);
  const [picture, pdf] = [await sent(lan, await photo(), 'IMG_1.JPG'), await sent(lan, bytes, 'bài.pdf')];
  const hashes = [...(await partsOf(idOf(picture))), ...(await partsOf(idOf(pdf)))];
  t.equal(await partsLeft(hashes), 2);
  const page = await lan.get(task);
  const left = await sent(lan, bytes, 'bỏ.pdf');
  const answer = await lan.follow(await lan.submit(page, { form: 'main form[enctype]', fields: { words: 'Bài' } }));
  t.match(textOf(answer.html), 'Đã nhận bài của bạn');
  const files = await filesOf(lan);
  t.match(files, [
    { kind: 'picture', name: 'IMG_1.JPG' },
    { kind: 'file', name: 'bài.pdf' },
  ]);
  t.same(await app.files.get(files[1]?.hash ?? ''), bytes);
  t.notSame(await app.files.get(files[0]?.hash ?? ''), await photo(), 'a photo is drawn anew');
  t.equal(await partsLeft(hashes), 0, 'and the file store is left clean');
  t.notMatch(textOf(answer.html), 'chờ nộp');
  for (const address of [picture, pdf, left]) t.equal((await lan.ask('HEAD', address, tus)).status, 404);
});

t.test('Handing in twice is handing in once, and an upload is good for one submission', async (t) => {
  const lan = await learner(site);
  const address = await sent(lan, bytes, 'a.pdf');
  const id = newId();
  const fields = { id, words: '', ...named(address) };
  const path = `${task}/submissions`;
  const at = Array.from({ length: 5 }, () => lan.upload(path, fields, null));
  t.strictSame([...new Set((await Promise.all(at)).map(({ status }) => status))], [303]);
  t.equal((await lan.upload(path, fields, null)).status, 303, 'later, too');
  t.equal((await filesOf(lan)).length, 1);
  const other = await lan.upload(path, { ...fields, id: newId(), words: 'Tôi đã gõ' }, null);
  t.equal(other.status, 422);
  t.match(textOf(other.html), 'Một tệp gửi trước không còn nữa');
  t.match(textOf(other.html), 'Tôi đã gõ');
  t.equal((await filesOf(lan)).length, 1);

  const second = await sent(lan, bytes, 'b.pdf');
  const both = [newId(), newId()].map((one) => lan.upload(path, { id: one, words: '', ...named(second) }, null));
  const statuses = (await Promise.all(both)).map(({ status }) => status).sort();
  t.equal(statuses[0], 303);
  t.ok([409, 422].includes(statuses[1] ?? 0), String(statuses));
  t.equal((await filesOf(lan)).length, 2);
});

t.test('What is refused keeps the files that have come, but for those that were unticked', async (t) => {
  const lan = await learner(site);
  await sent(lan, bytes, 'game.apk');
  await sent(lan, bytes, 'a.pdf');
  const page = await lan.get(task);
  const refused = await lan.submit(page, { form: 'main form[enctype]' });
  t.equal(refused.status, 422);
  t.match(textOf(refused.html), '“game.apk” thuộc loại tệp không nhận');
  const ticked = () => refused.html.querySelectorAll('input[type=checkbox][checked]').length;
  t.equal(ticked(), 2);
  const boxes = allByRole(refused.html, 'checkbox', 'game.apk').map((box) => box.getAttribute('name') ?? '');
  const again = { form: 'main form[enctype]', fields: { [boxes[0] ?? '']: null } };
  t.equal((await lan.submit(refused, again)).status, 303);
  t.match(await filesOf(lan), [{ name: 'a.pdf' }]);
  t.match(await uploadsOf(lan), [{ file_name: 'a.pdf' }], 'and what was left out is gone');

  const many = await learner(site);
  const six = await Promise.all(['1', '2', '3', '4', '5', '6'].map((name) => sent(many, bytes, `${name}.pdf`)));
  const page6 = await many.upload(`${task}/submissions`, { id: newId(), ...named(...six) }, null);
  t.match(textOf(page6.html), '“6.pdf” thừa');
});

t.test('An upload is its person’s and its assignment’s, and nobody else finds it', async (t) => {
  await publish(t, site, withWork, 'other');
  const lan = await learner(site);
  const address = await begun(lan, bytes.length);
  const strangers = [
    await learner(site),
    await learner(site, { slug: 'other' }),
    await signedIn(site, { roles: ['owner'] }),
  ];
  for (const stranger of strangers) {
    t.equal((await stranger.ask('HEAD', address, tus)).status, 404);
    t.equal((await sendPart(stranger, address, 0, bytes)).status, 404);
  }
  const visitor = client(app);
  t.match(await visitor.ask('HEAD', address, tus), { status: 303, headers: { location: /^\/sign-in/ } });
  t.equal((await sendPart(visitor, address, 0, bytes)).status, 401);
  t.equal((await (await signedIn(site)).ask('POST', home, { ...tus, 'upload-length': '1' })).status, 403);
  t.equal((await lan.ask('POST', home.replace('story', 'first'), { ...tus, 'upload-length': '1' })).status, 404);
  await sendPart(lan, address, 0, bytes);
  t.equal(await offsetOf(lan, address), String(bytes.length));

  await lan.post('/courses/other/enrolment');
  for (const [person, slug] of [
    [lan, 'other'],
    [strangers[0] ?? lan, 'small'],
  ] as const) {
    const path = `/courses/${slug}/assignments/story/submissions`;
    const page = await person.upload(path, { id: newId(), words: 'x', ...named(address) }, null);
    t.equal(page.status, 422);
    t.match(textOf(page.html), 'không còn nữa');
  }
});

t.test('What no client of the protocol sends is refused with the status that it names', async (t) => {
  const lan = await learner(site);
  const address = await begun(lan, bytes.length);
  const length = { 'upload-length': '5' };
  for (const [headers, status] of [
    [length, 412],
    [{ ...length, 'tus-resumable': '0.2.2' }, 412],
    [tus, 400],
    [{ ...tus, 'upload-length': '-1' }, 400],
    [{ ...tus, 'upload-length': '1e3' }, 400],
    [{ ...tus, 'upload-length': '9'.repeat(400) }, 400],
    [{ ...tus, 'upload-length': '10000001' }, 413],
    [{ ...tus, 'upload-defer-length': '1' }, 400],
    [{ ...tus, ...length, 'upload-metadata': 'filename not base64!' }, 400],
    [{ ...tus, ...length, 'upload-metadata': `filename ${Buffer.from('a\0b').toString('base64')}` }, 400],
    [{ ...tus, ...length, 'upload-metadata': `filename ${'QUFB'.repeat(800)}` }, 400],
  ] as const) {
    const answer = await lan.ask('POST', home, headers);
    t.equal(answer.status, status, JSON.stringify(headers).slice(0, 100));
    t.equal(answer.headers['tus-resumable'], '1.0.0');
  }
  for (const [method, headers, status] of [
    ['HEAD', {}, 412],
    ['PATCH', { ...offset(0), 'tus-resumable': '2.0.0' }, 412],
    ['PATCH', { ...offset(0), 'content-type': 'text/plain' }, 415],
    ['PATCH', { ...offset(0), 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['PATCH', { ...offset(0), 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['PATCH', { ...tus, 'content-type': 'application/offset+octet-stream' }, 400],
    ['PATCH', { ...offset(0), 'upload-offset': '-1' }, 400],
    ['PATCH', { ...offset(0), 'upload-offset': 'x' }, 400],
    ['PATCH', offset(1), 409],
    ['PATCH', offset(1e9), 409],
    ['POST', offset(0), 400],
    ['POST', { ...offset(0), 'x-http-method-override': 'DELETE' }, 400],
    ['DELETE', tus, 404],
    ['PATCH', { ...offset(0), 'sec-fetch-site': 'cross-site' }, 403],
    ['PATCH', { ...offset(0), 'sec-fetch-site': 'none' }, 403],
  ] as const) {
    const answer = await lan.ask(method, address, headers, method === 'HEAD' ? undefined : bytes);
    t.equal(answer.status, status, `${method} ${JSON.stringify(headers)}`);
  }
  t.equal((await sendPart(lan, address, 0, Buffer.alloc(bytes.length + 1))).status, 413, 'more than was said');
  t.equal(await offsetOf(lan, address), '0', 'and nothing of all this was taken');
  t.equal((await sendPart(lan, address, 0, Buffer.alloc(0))).status, 204);
});

t.test('Parts for the same place at once are one, and the others are told that they are late', async (t) => {
  const lan = await learner(site);
  const address = await begun(lan, bytes.length);
  const answers = await Promise.all(Array.from({ length: 6 }, () => sendPart(lan, address, 0, bytes)));
  t.strictSame(answers.map(({ status }) => status).sort(), [204, 409, 409, 409, 409, 409]);
  t.equal((await partsOf(idOf(address))).length, 1);
  t.equal(await offsetOf(lan, address), String(bytes.length));
});

t.test('Of one person so many lie there: one more takes the place of the oldest', async (t) => {
  const lan = await learner(site);
  const first = await begun(lan, bytes.length);
  await sendPart(lan, first, 0, bytes.subarray(0, 3));
  const hashes = await partsOf(idOf(first));
  const rest = await Promise.all(Array.from({ length: 10 }, () => begun(lan, 5)));
  t.equal((await lan.ask('HEAD', first, tus)).status, 404);
  for (const address of rest) t.equal(await offsetOf(lan, address), '0');
  t.equal((await uploadsOf(lan)).length, 10);
  t.equal(await partsLeft(hashes), 0);
});

t.test('After a day without a part an upload is not found, and is cleared away', async (t) => {
  const lan = await learner(site);
  const [old, used, young] = [await sent(lan, bytes, 'a.pdf'), await sent(lan, bytes, 'b.pdf'), await begun(lan, 5)];
  const hashes = await partsOf(idOf(old));
  const age = (address: string, hours: number) =>
    db
      .updateTable('assignment_uploads')
      .set({ touched_at: new Date(Date.now() - hours * 3_600_000) })
      .where('id', '=', idOf(address))
      .execute();
  await age(old, 25);
  await age(young, 23);
  t.equal((await lan.ask('HEAD', old, tus)).status, 404);
  t.notMatch(textOf((await lan.get(task)).html), 'a.pdf');
  t.equal(await clearUploads({ db, files: app.files }), 1);
  t.equal(await partsLeft(hashes), 0);
  t.equal(await offsetOf(lan, young), '0');
  t.equal((await handIn(lan, { words: 'x' })).status, 303);
  await age(used, 25);
  await clearUploads({ db, files: app.files });
  t.match(await uploadsOf(lan), [{ received: 0 }]);
});

t.test('One’s copy of one’s data has what is on its way, and whoever goes takes it along', async (t) => {
  const lan = await learner(site);
  const address = await sent(lan, bytes, 'của Lan.pdf');
  const hashes = await partsOf(idOf(address));
  const { assignment_uploads } = await gatherRows(db, lan.id);
  t.match(assignment_uploads, [{ file_name: 'của Lan.pdf', bytes: bytes.length }]);
  t.notMatch(JSON.stringify(assignment_uploads), 'metadata');
  t.equal((await lan.post('/account/deletion', { sure: 'yes', certificates: 'withdraw' })).status, 303);
  t.strictSame(await uploadsOf(lan), []);
  t.equal(await partsLeft(hashes), 0);
});

t.test('Whatever parts a file comes in, and wherever it begins again, it is the same file', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.nat(20), { maxLength: 8 }),
      async (content, sizes) => {
        const lan = await learner(site);
        const whole = Buffer.from(content);
        const address = await begun(lan, whole.length, `filename ${Buffer.from('x.pdf').toString('base64')}`);
        for (const size of [...sizes, whole.length]) {
          const at = Number(await offsetOf(lan, address));
          const answer = await sendPart(lan, address, at, whole.subarray(at, at + size));
          if (answer.status !== 204) return false;
          if ((await sendPart(lan, address, at + size + 1, whole)).status !== 409) return false;
        }
        const page = await lan.upload(`${task}/submissions`, { id: newId(), words: '', ...named(address) }, null);
        if (whole.length === 0) return page.status === 422 && textOf(page.html).includes('“x.pdf” trống');
        const [file] = await filesOf(lan);
        return (await app.files.get(file?.hash ?? '')).equals(whole);
      },
    ),
    { numRuns: 12 },
  ),
);

t.test('Whatever stands in the headers, they are read or refused', (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
      const read = fileNameIn(`filename ${Buffer.from(name).toString('base64')}`);
      return name.includes('\0') ? read === null : read !== null && read.length > 0 && Array.from(read).length <= 120;
    }),
  );
  fc.assert(fc.property(fc.string(), (metadata) => [null, 'string'].includes(fileNameIn(metadata) && 'string')));
  fc.assert(fc.property(fc.nat(), (number) => wholeNumber(String(number)) === number));
  t.equal(fileNameIn(''), 'file');
  t.equal(fileNameIn('is_private'), 'file');
  t.equal(fileNameIn(`a QQ==,filename ${Buffer.from('C:\\ảnh\\a.jpg').toString('base64')}`), 'a.jpg');
  t.end();
});
