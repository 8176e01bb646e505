import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { rotateKey } from '../../server/keys/signing.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { faultByBazaar, stepsByConsortium } from './verifiers.ts';

const publicUrl = 'https://hoc.example.org';

t.test('Another key signs from then on, and what the one before has signed stays valid', async (t) => {
  // An address of its own: verifiers remember an issuer's keys for a while.
  const other = await testApp(t, { PUBLIC_URL: 'https://khoa-moi.example.org' });
  await publish(t, other);
  const [first, second] = [await finish(await learner(other)), await finish(await learner(other))];
  const ask = async (code: string) => JSON.parse((await client(other.app).get(`/certificates/${code}.json`)).body);
  const old = await ask(first);
  await rotateKey(other.db, await rootOrganisation(other), other.app.config, { masterIsLost: false });
  const fresh = await ask(second);
  t.not(fresh.proof[0].verificationMethod, old.proof[0].verificationMethod);
  for (const credential of [old, fresh]) {
    t.equal(await faultByBazaar(other, credential), '');
    t.match(await stepsByConsortium(t, other, credential), { valid_signature: true });
  }
  t.strictSame(await ask(first), old);
});

t.test(
  'Without the master key paper and page go on, nothing new is signed, and what was signed is there',
  async (t) => {
    const lost = await testApp(t, { PUBLIC_URL: publicUrl });
    await publish(t, lost);
    const [first, second] = [await finish(await learner(lost)), await finish(await learner(lost))];
    const visitor = client(lost.app);
    const { body } = await visitor.get(`/certificates/${first}.json`);
    await rm(join(lost.app.config.dataDir, 'master.key'));

    t.equal((await visitor.get(`/certificates/${first}.json`)).body, body);
    const page = await visitor.get(`/certificates/${second}.json`);
    t.equal(page.status, 503);
    t.match(textOf(byRole(page.html, 'main')), 'Giấy vẫn có hiệu lực như trang của giấy ghi');
    byRole((await visitor.get(`/certificates/${second}`)).html, 'heading', /^Có hiệu lực/);
    for (const kind of ['pdf', 'png', 'svg'])
      t.equal((await visitor.get(`/certificates/${second}.${kind}`)).status, 200);
    t.notOk((await readdir(lost.app.config.dataDir)).includes('master.key'), 'none is made in its place');

    const root = await rootOrganisation(lost);
    await t.rejects(rotateKey(lost.db, root, lost.app.config, { masterIsLost: false }), {
      message: /master\.key is missing.*--master-lost/s,
    });
    await rotateKey(lost.db, root, lost.app.config, { masterIsLost: true });
    t.equal(await faultByBazaar(lost, JSON.parse((await visitor.get(`/certificates/${second}.json`)).body)), '');
    t.equal(await faultByBazaar(lost, JSON.parse(body)), '');
  },
);

t.test(
  'An organisation that has signed nothing has an identity without keys; one that does not exist has none',
  async (t) => {
    const quiet = await testApp(t, { PUBLIC_URL: publicUrl });
    await rootOrganisation(quiet);
    const visitor = client(quiet.app);
    const answer = await visitor.get('/organisations/domdom/did.json');
    t.match(answer.headers['content-type'], /^application\/did\+json/);
    t.match(JSON.parse(answer.body), {
      id: 'did:web:hoc.example.org:organisations:domdom',
      verificationMethod: [],
      assertionMethod: [],
    });
    for (const path of [
      '/organisations/nobody/did.json',
      '/organisations/domdom/revocations/1',
      '/organisations/domdom/revocations/x',
    ]) {
      t.equal((await visitor.get(path)).status, 404, path);
    }
  },
);
