import t from 'tap';
import { getItemHtml, getVersion, listQuestions, listVersions, type Version } from '../../server/versions/reading.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { publish } from '../support/learners.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site);
await publish(t, site, {}, 'other');
const ids = await versionIds();

t.test('What is published is read once by a process, in each language', async (t) => {
  const reading = async () => {
    const version = await getVersion(db, ids[0] ?? '', 'vi');
    const [lesson] = version.items;
    if (!lesson) throw new Error('no lesson');
    return { version, html: await getItemHtml(db, lesson, version.language) };
  };
  t.equal((await statementsOf(site, reading)).length, 2);
  t.equal((await statementsOf(site, reading)).length, 0);
  const { version, html } = await reading();
  t.match(version, { title: 'Khoá nhỏ', language: 'vi', number: 1 });
  t.match(html, 'Một hai ba.');
  t.same(
    version.items.map(({ key, question_count }) => [key, question_count]),
    [
      ['first', 0],
      ['second', 0],
      ['practice', 2],
      ['final', 7],
    ],
  );
  t.match(await getVersion(db, version.id, 'en'), { title: 'Small course', language: 'en' });
});

t.test('Several versions come by one statement for those not read yet', async (t) => {
  const [one = '', other = ''] = ids;
  let found = new Map<string, Version>();
  const statements = await statementsOf(site, async () => {
    found = await listVersions(db, [other, one, other], 'vi');
  });
  t.equal(statements.length, 1);
  t.same([...found.keys()].sort(), [one, other].sort());
  for (const [id, version] of found) t.equal(version.id, id);
});

t.test('Questions come in every language by one statement', async (t) => {
  const version = await getVersion(db, ids[0] ?? '', 'vi');
  const final = version.items.find(({ key }) => key === 'final');
  if (!final) throw new Error('no quiz');
  const [first] = await listQuestions(db, final);
  t.match(first?.bodies, { vi: { text: /Một cộng một/ }, en: { type: 'choice' } });
  t.equal((await statementsOf(site, () => listQuestions(db, final))).length, 0);
});

t.test('Nobody’s page changes what the next one gets', async (t) => {
  const visitor = client(site.app);
  const before = await visitor.get('/courses/small/lessons/first');
  await visitor.get('/courses/small/lessons/first', { 'save-data': 'on' });
  await visitor.get('/courses/small');
  t.equal((await visitor.get('/courses/small/lessons/first')).body, before.body);
});

async function versionIds(): Promise<string[]> {
  const rows = await db.selectFrom('courses').select('current_version_id').orderBy('slug', 'desc').execute();
  return rows.flatMap(({ current_version_id }) => current_version_id ?? []);
}
