import { sql } from 'kysely';
import t from 'tap';
import { extractText } from 'unpdf';
import { v7 as newId } from 'uuid';
import { gatherRows } from '../../server/my-data/queries.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { faultByBazaar, stepsByConsortium } from '../credentials/verifiers.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, handIn, publish, startAttempt } from '../support/learners.ts';
import type { SignedIn } from '../support/people.ts';
import { decide, readyLearner, signOffOf, withSignOff } from './signing.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site, { 'course.yaml': `${withSignOff['course.yaml']}valid_months: 12\n` });
const { db } = site;
const visitor = client(site.app);

async function signed() {
  const together = await cohort(site);
  const hoa = await mentor(site, together, { full_name: 'Lê Thị Hoa' });
  const lan = await readyLearner(site);
  await putIn(site, together, lan, hoa);
  const address = await signOffOf(site, lan);
  await decide(hoa, address, { words: 'Tự đặt mật khẩu trước mặt tôi.' });
  const [code = ''] = await codesOf(lan);
  return { hoa, lan, address, code };
}

async function codesOf(person: { id: string }): Promise<string[]> {
  const rows = db.selectFrom('certificates').select('code').where('person_id', '=', person.id).orderBy('term');
  return (await rows.execute()).map(({ code }) => code);
}

const wordsOf = (person: { id: string }) =>
  db.selectFrom('sign_offs').select(['verdict', 'words']).where('person_id', '=', person.id).execute();
const erase = (person: SignedIn) => person.post('/account/deletion', { sure: 'yes', certificates: 'keep' });

t.test('Page, PDF and credential name the assessor, and both verifiers accept it', async (t) => {
  const { code } = await signed();
  const stated = 'Người đánh giá: Lê Thị Hoa (người hướng dẫn), ngày ';
  t.match(textOf((await visitor.get(`/certificates/${code}`)).html), stated);
  const { rawPayload } = await site.app.inject(`/certificates/${code}.pdf`);
  const { text } = await extractText(new Uint8Array(rawPayload), { mergePages: true });
  const words = text.replace(/\s+/g, ' ').normalize('NFC');
  t.match(words, stated);
  t.match(words, 'Assessed by: Lê Thị Hoa (mentor), on ');
  t.notMatch(words, 'Tự đặt mật khẩu');

  const credential = JSON.parse((await visitor.get(`/certificates/${code}.json`)).body);
  t.match(credential.evidence[1], { type: ['Evidence'], name: 'Người đánh giá' });
  t.ok(credential.evidence[1].narrative.startsWith(stated));
  t.match(credential.credentialSubject.achievement.criteria.narrative, 'được người hướng dẫn xác nhận');
  t.equal(await faultByBazaar(site, credential), '');
  t.match(await stepsByConsortium(t, site, credential), { valid_signature: true });
  const other = JSON.parse(JSON.stringify(credential).replace('Lê Thị Hoa', 'Lê Thị Hoà'));
  t.not(await faultByBazaar(site, other), '');
});

t.test('A renewal asks for it again, and each term has its own', async (t) => {
  const { hoa, lan, code } = await signed();
  await sql`update certificates set printed = printed || '{"validUntil": "2026-01-01"}' where code = ${code}`.execute(
    db,
  );
  t.match(textOf(byRole((await lan.get('/courses/small/renewal')).html, 'main')), 'Người hướng dẫn xác nhận');
  t.equal((await lan.post('/courses/small/renewal', { ok: '' })).status, 303);
  const again = await signOffOf(site, lan);
  t.equal((await decide(hoa, again)).status, 409, 'the quiz is to be passed first');
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  t.equal((await codesOf(lan)).length, 1);
  t.equal((await decide(hoa, again)).status, 303);
  t.equal((await codesOf(lan)).length, 2);
});

t.test('A mentor who goes takes their words along; their name stays on the paper', async (t) => {
  const { hoa, lan, code } = await signed();
  t.equal((await erase(hoa)).status, 303);
  t.same(await wordsOf(lan), [{ verdict: 'signed', words: null }]);
  t.match(textOf((await visitor.get(`/certificates/${code}`)).html), 'Lê Thị Hoa');
  t.match(textOf((await lan.get('/courses/small/sign-off')).html), 'Người hướng dẫn đã xác nhận lúc');
});

t.test('What was written of a learner goes with them; who decided what stays', async (t) => {
  const { hoa, lan, address } = await signed();
  t.match((await gatherRows(db, lan.id)).sign_offs, [{ verdict: 'signed', words: 'Tự đặt mật khẩu trước mặt tôi.' }]);
  t.notMatch(JSON.stringify((await gatherRows(db, lan.id)).sign_offs), hoa.id);
  t.equal((await erase(lan)).status, 303);
  t.same(await wordsOf(lan), [{ verdict: 'signed', words: null }]);
  t.equal((await hoa.get(address)).status, 404, 'no member any more');
});

t.test('Merging two records takes it along, also into the record of the one who signed off', async (t) => {
  const { hoa, lan } = await signed();
  const move = sql`update enrolments set person_id = ${hoa.id} where person_id = ${lan.id}`;
  await t.rejects(move.execute(db), { code: '23001' }, 'not without a merger on record');
  const merger = { id: newId(), kept_id: hoa.id, merged_id: lan.id, merged_by_id: hoa.id, moved: '{}' };
  await db.insertInto('person_mergers').values(merger).execute();
  await move.execute(db);
  t.equal((await wordsOf(hoa)).length, 1);
  t.same(await wordsOf(lan), []);
});
