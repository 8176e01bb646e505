import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { showCode } from '../../server/certificates/code.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import type { Someone } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { type Credential, faultByBazaar, isListed, stepsByConsortium } from './verifiers.ts';

const publicUrl = 'https://hoc.example.org';
const site = await testApp(t, { PUBLIC_URL: publicUrl });
await publish(t, site);
const did = 'did:web:hoc.example.org:organisations:domdom';

t.test('A certificate is an Open Badge that says what the paper says', async (t) => {
  const { code } = await graduate();
  const answer = await client(site.app).get(`/certificates/${code}.json`);
  t.match(answer.headers['content-type'], /^application\/vc\+ld\+json/);
  t.equal(answer.headers['access-control-allow-origin'], '*');
  const credential = JSON.parse(answer.body);
  t.match(credential, {
    id: `${publicUrl}/certificates/${code}`,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: 'Khoá nhỏ',
    image: { id: `${publicUrl}/certificates/${code}.png` },
    issuer: { id: did, type: ['Profile'], name: 'Đom Đóm' },
    credentialSubject: {
      type: ['AchievementSubject'],
      identifier: [{ identityType: 'name', identityHash: 'Nguyễn Thị Lan', hashed: false }],
      licenseNumber: code,
      achievement: {
        id: `${publicUrl}/courses/small#version-1`,
        version: '1',
        inLanguage: 'vi',
        criteria: { id: `${publicUrl}/courses/small` },
        alignment: [{ targetCode: '1.1', targetFramework: 'Thông tư 02/2025/TT-BGDĐT' }],
      },
      result: [{ value: '100' }],
    },
    evidence: [{ narrative: /^1,5\sgiờ học, 2 bài, kết quả 100\s%$/ }],
    proof: [{ type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', proofPurpose: 'assertionMethod' }],
  });
  t.equal(credential.proof.length, 1);
});

t.test('Two verifiers of others accept it, and both refuse it with anything changed', async (t) => {
  const { code } = await graduate();
  const credential = await credentialOf(code);
  t.equal(await faultByBazaar(site, credential), '');
  t.match(await stepsByConsortium(t, site, credential), { valid_signature: true, revocation_status: true });

  const text = JSON.stringify(credential);
  for (const [before, after] of [
    ['Nguyễn Thị Lan', 'Nguyễn Thị Lam'],
    ['Khoá nhỏ', 'Khoá nhở'],
    ['"100"}', '"99"}'],
    ['#version-1', '#version-2'],
    ['"statusListIndex":"', '"statusListIndex":"1'],
    ['"created":"2', '"created":"3'],
  ] as const) {
    const altered = JSON.parse(text.replace(before, after));
    t.strictNotSame(altered, credential, before);
    t.not(await faultByBazaar(site, altered), '', `Bazaar, ${after}`);
    const { valid_signature = false } = await stepsByConsortium(t, site, altered);
    t.equal(valid_signature, false, `Consortium, ${after}`);
  }
});

t.test('No bit of the signature may be another', async (t) => {
  const { code } = await graduate();
  const credential = await credentialOf(code);
  const { proofValue } = credential.proof[0];
  for (const at of [1, 20, proofValue.length - 1]) {
    const other = proofValue[at] === '2' ? '3' : '2';
    const proof = [{ ...credential.proof[0], proofValue: proofValue.slice(0, at) + other + proofValue.slice(at + 1) }];
    t.not(await faultByBazaar(site, { ...credential, proof }), '');
  }
});

t.test('It is the same to the last byte for ever, however many ask at once', async (t) => {
  const { code } = await graduate();
  const ask = () => client(site.app).get(`/certificates/${code}.json`);
  const bodies = (await Promise.all([ask(), ask(), ask(), ask()])).map(({ body }) => body);
  bodies.push((await ask()).body);
  t.equal(new Set(bodies).size, 1);
  t.match(bodies[0], '"proof":[');
});

t.test('A revoked one is in the signed list at once, and stays as it was signed', async (t) => {
  const [{ code }, other] = [await graduate(), await graduate()];
  const credential = await credentialOf(code);
  const neighbour = await credentialOf(other.code);
  t.equal(await isListed(site, credential), false);
  await revoke(code);
  t.equal(await isListed(site, credential), true);
  t.equal(await isListed(site, neighbour), false);
  t.match(await stepsByConsortium(t, site, credential), { valid_signature: true, revocation_status: false });
  t.match(await stepsByConsortium(t, site, neighbour), { valid_signature: true, revocation_status: true });
  t.strictSame(await credentialOf(code), credential);
});

t.test('Of a child it says the short name, to whomever it goes', async (t) => {
  const { code, person } = await graduate({ full_name: 'Nguyễn Thị Bé An', birth_year: new Date().getFullYear() - 14 });
  const { body } = await client(site.app).get(`/certificates/${code}.json`);
  t.match(body, 'An N. T. B.');
  t.notMatch(body, 'Bé An');
  t.equal((await person.get(`/certificates/${code}.json`)).body, body);
});

t.test('One that its holder has withdrawn is gone, and no list is without its place', async (t) => {
  const { code } = await graduate();
  const credential = await credentialOf(code);
  await site.db.updateTable('certificates').set({ printed: null }).where('code', '=', code).execute();
  t.equal((await client(site.app).get(`/certificates/${code}.json`)).status, 404);
  t.equal(await isListed(site, credential), false);
});

t.test('A trial copy says so', async (t) => {
  const trial = await testApp(t);
  await publish(t, trial);
  const code = await finish(await learner(trial));
  const credential = JSON.parse((await client(trial.app).get(`/certificates/${code}.json`)).body);
  t.match(credential, { name: 'BẢN THỬ · Khoá nhỏ', issuer: { id: 'did:web:localhost:organisations:domdom' } });
});

t.test('It costs at most 4 statements once it is signed', async (t) => {
  const { code, person } = await graduate();
  const { credentialStatus } = await credentialOf(code);
  for (const path of [
    `/certificates/${code}.json`,
    '/organisations/domdom/did.json',
    new URL(credentialStatus.statusListCredential).pathname,
  ]) {
    await person.get(path);
    const statements = await statementsOf(site, () => person.get(path));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});

t.test('The master key is readable by the server alone', async (t) => {
  await credentialOf((await graduate()).code);
  const { mode } = await stat(join(site.app.config.dataDir, 'master.key'));
  t.equal(mode & 0o777, 0o600);
});

t.test('Its page offers it for download', async (t) => {
  const { code } = await graduate();
  const { html } = await client(site.app).get(`/certificates/${code}`);
  t.match(textOf(html), showCode(code));
  t.equal(byRole(html, 'link', /Open Badges/).getAttribute('href'), `/certificates/${code}.json`);
});

async function graduate(someone: Someone = {}) {
  const person = await learner(site, someone);
  return { person, code: await finish(person) };
}

async function credentialOf(code: string): Promise<Credential> {
  return JSON.parse((await client(site.app).get(`/certificates/${code}.json`)).body);
}

async function revoke(code: string): Promise<void> {
  const revocation = { revoked_at: new Date(), revocation_reason: 'Cấp nhầm người.' };
  await site.db.updateTable('certificates').set(revocation).where('code', '=', code).execute();
}
