import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Upload, type UploadOptions } from 'tus-js-client';
import { v7 as newId } from 'uuid';
import { startNetwork } from '../blows/network.ts';
import { cookieOf } from '../budgets/learner.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import type { Client } from '../support/client.ts';
import { learner, publish } from '../support/learners.ts';
import { home } from './uploads.ts';
import { task, withWork } from './work.ts';

// A client of the protocol that others wrote, over a link that is cut.
const site = await testApp(t);
await publish(t, site, withWork);
const socket = join(await temporaryFolder(t), 'socket');
await site.app.listen({ path: socket });
const network = await startNetwork(socket);
t.teardown(() => network.close());

interface Answer {
  method: string;
  status: number;
  offset: number;
}

/** Sends, and goes on where it can. @returns the address, and what was answered on the way */
function send(person: Client, bytes: Buffer, options: UploadOptions): Promise<{ url: string; answers: Answer[] }> {
  const answers: Answer[] = [];
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: `http://127.0.0.1:${network.port}${home}`,
      headers: { cookie: cookieOf(person), origin: site.app.config.publicUrl.origin },
      metadata: { filename: 'chuyện.pdf', filetype: 'application/pdf' },
      onAfterResponse(request, response) {
        const offset = Number(response.getHeader('Upload-Offset') ?? Number.NaN);
        answers.push({ method: request.getMethod(), status: response.getStatus(), offset });
      },
      onError: (error) => reject(Object.assign(error, { url: upload.url })),
      onSuccess: () => resolve({ url: upload.url ?? '', answers }),
      ...options,
    });
    upload.start();
  });
}

async function assertHandedIn(t: Test, person: Client & { id: string }, url: string, bytes: Buffer) {
  const id = url.split('/').at(-1) ?? '';
  const fields = { id: newId(), words: '', [`upload-${id}`]: id };
  t.equal((await person.upload(`${task}/submissions`, fields, null)).status, 303);
  const files = await site.db.selectFrom('assignment_files').selectAll().where('person_id', '=', person.id).execute();
  t.match(files, [{ name: 'chuyện.pdf' }]);
  t.ok((await site.app.files.get(files[0]?.hash ?? '')).equals(bytes), 'whole');
}

t.test('A file that is sent in parts arrives', async (t) => {
  const lan = await learner(site);
  const bytes = randomBytes(1_200_000);
  const { url, answers } = await send(lan, bytes, { chunkSize: 500_000 });
  t.match(answers, [
    { method: 'POST', status: 201 },
    { method: 'PATCH', status: 204, offset: 500_000 },
    { method: 'PATCH', status: 204, offset: 1_000_000 },
    { method: 'PATCH', status: 204, offset: 1_200_000 },
  ]);
  await assertHandedIn(t, lan, url, bytes);
});

t.test('A client without PATCH sends its parts by POST', async (t) => {
  const lan = await learner(site);
  const bytes = randomBytes(100_000);
  const { url, answers } = await send(lan, bytes, { overridePatchMethod: true });
  t.match(answers.at(-1), { method: 'POST', status: 204, offset: 100_000 });
  await assertHandedIn(t, lan, url, bytes);
});

t.test('A file that is sent in one goes on, after the link was cut, from where it came to', async (t) => {
  const lan = await learner(site);
  const bytes = randomBytes(9_000_000);
  network.bytesLeft = 6_000_000;
  const { url, answers } = await send(lan, bytes, { retryDelays: [10, 50, 200, 1000] });
  const looked = answers.filter(({ method, status }) => method === 'HEAD' && status === 200);
  t.ok((looked.at(-1)?.offset ?? 0) > 0, 'what had come was kept');
  t.match(answers.at(-1), { method: 'PATCH', status: 204, offset: bytes.length });
  await assertHandedIn(t, lan, url, bytes);
});

t.test('Another client goes on where one was left', async (t) => {
  const lan = await learner(site);
  const bytes = randomBytes(2_000_000);
  network.bytesLeft = 1_300_000;
  const broken: { url: string } = await send(lan, bytes, { chunkSize: 500_000, retryDelays: null }).then(
    () => t.fail('the link was not cut'),
    (error) => error,
  );
  // What came last may still be on its way into the store.
  const { url, answers } = await send(lan, bytes, { uploadUrl: broken.url, retryDelays: [10, 50, 200, 1000] });
  t.equal(url, broken.url);
  t.match(answers[0], { method: 'HEAD', status: 200 });
  t.ok((answers[0]?.offset ?? 0) >= 1_000_000);
  t.match(answers.at(-1), { method: 'PATCH', status: 204, offset: bytes.length });
  await assertHandedIn(t, lan, url, bytes);
});
