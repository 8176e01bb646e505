import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectOnce } from '../../server/database/single.ts';
import { holdFiles, keepFile, removeUnnamedFiles } from '../../server/files/queries.ts';
import { folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { run } from '../support/test-postgres.ts';

const longAgo = new Date('2026-01-01T00:00:00Z');
const lately = new Date('2026-01-02T00:00:00Z');

t.test('What nothing names any more goes: first its row, at the next time its bytes', async (t) => {
  const { db, files, keep, name } = await store(t);
  const [named, unnamed] = [await keep('named'), await keep('unnamed')];
  await name(named);
  t.equal(await removeUnnamedFiles(db, files, lately), 0);
  t.same(await hashes(db), [named]);
  t.ok(await files.find(unnamed), 'a backup that has begun before still reads it');
  t.equal(await removeUnnamedFiles(db, files, lately), 1);
  t.equal(await files.find(unnamed), null);
  t.equal(String(await files.find(named)), 'named');
});

t.test('Whatever table names a file keeps it', async (t) => {
  const { db, url, files, keep } = await store(t);
  const hash = await keep('of a feature yet to come');
  await run(url, `create table badges (picture text references files); insert into badges values ('${hash}')`);
  await removeUnnamedFiles(db, files, lately);
  t.same(await hashes(db), [hash]);
});

t.test('What is young is left alone, and kept again it is young again', async (t) => {
  const { db, files, keep } = await store(t);
  const hash = await keep('old');
  await keepFile(db, files, Buffer.from('old'), 'image/png');
  await removeUnnamedFiles(db, files, lately);
  t.same(await hashes(db), [hash]);

  const stray = await files.put(Buffer.from('about to be named'));
  t.equal(await removeUnnamedFiles(db, files, lately), 0);
  t.ok(await files.find(stray));
});

t.test('Drafts that a crash has left go too', async (t) => {
  const { db, files, age } = await store(t);
  const hash = await files.put(Buffer.from('never named'));
  await age(hash);
  t.equal(await removeUnnamedFiles(db, files, lately), 1);
  t.equal(await files.find(hash), null);
});

t.test('While somebody holds the files, as a backup does, nothing is removed', async (t) => {
  const { db, url, files, keep } = await store(t);
  const hash = await keep('unnamed');
  const backup = await connectOnce({ connectionString: url });
  await backup.transaction(async (trx) => {
    await holdFiles(trx);
    t.equal(await removeUnnamedFiles(db, files, lately), null);
  });
  await backup.close();
  t.same(await hashes(db), [hash]);
});

async function store(t: Test) {
  const { db, url } = await testDatabase(t);
  const folder = await temporaryFolder(t);
  const files = folderStore(folder);
  const age = (hash: string) => utimes(join(folder, hash.slice(0, 2), hash), longAgo, longAgo);
  return {
    db,
    url,
    files,
    age,
    /** Kept long ago. */
    async keep(words: string): Promise<string> {
      const hash = await keepFile(db, files, Buffer.from(words), 'image/png');
      await run(url, `update files set created_at = '${longAgo.toISOString()}' where hash = '${hash}'`);
      await age(hash);
      return hash;
    },
    async name(hash: string): Promise<void> {
      await run(
        url,
        `insert into organisations (id, code, path, kind, name) values (gen_random_uuid(), 'domdom', 'domdom', 'network', 'x');
         insert into courses (id, slug, owner_organisation_id) select gen_random_uuid(), 'x', id from organisations;
         insert into course_versions (id, course_id, number, provider_id, topic, level, hours, licence, languages, source_hash)
           select gen_random_uuid(), courses.id, 1, owner_organisation_id, 'x', 'basic', 1, 'x', '{vi}', 'x' from courses;
         insert into course_version_files select id, 'x', '${hash}' from course_versions`,
      );
    },
  };
}

async function hashes(db: Parameters<typeof keepFile>[0]): Promise<string[]> {
  return (await db.selectFrom('files').select('hash').execute()).map(({ hash }) => hash);
}
