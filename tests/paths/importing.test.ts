import t from 'tap';
import { sentence } from '../../server/imports/importing.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { certificatesOf, complete, importFile, pathsFile, siteWithCourses } from './site.ts';

t.test('Importing the same file again changes nothing', async (t) => {
  const site = await siteWithCourses(t);
  t.match(await importFile(t, site, pathsFile({})), { changed: ['way'], faults: [] });
  const before = await site.db.selectFrom('paths').selectAll().execute();
  const record = await site.db.selectFrom('course_imports').selectAll().where('folder', '=', 'paths.yaml').execute();
  t.match(await importFile(t, site, pathsFile({})), { changed: [], certificates: 0, faults: [] });
  t.strictSame(await site.db.selectFrom('paths').selectAll().execute(), before);
  t.strictSame(
    await site.db.selectFrom('course_imports').selectAll().where('folder', '=', 'paths.yaml').execute(),
    record,
    'what was found before is not told anew',
  );
});

t.test('A course that is not there is told by line, and the other paths go on', async (t) => {
  const site = await siteWithCourses(t);
  const broken = { id: 'broken', courses: '[{ course: small }, { course: nowhere }]' };
  const outcome = await importFile(t, site, pathsFile(broken, {}));
  t.strictSame(outcome.changed, ['way']);
  t.strictSame(outcome.faults, [
    { file: 'paths.yaml', line: 8, code: 'path_course_unknown', values: { course: 'nowhere' } },
  ]);
  const told = outcome.faults.map((fault) => sentence('courses', fault, 'en'));
  t.match(told[0], /^courses\/paths\.yaml:8: .*nowhere/);

  await publish(t, site, {}, 'nowhere');
  t.match(await importFile(t, site, pathsFile(broken, {})), { changed: ['broken'], faults: [] }, 'until it is there');
});

t.test('A course that is not open to everyone is in no path, and a provider must be known', async (t) => {
  const site = await siteWithCourses(t);
  await site.db.updateTable('courses').set({ audience: 'branch' }).where('slug', '=', 'other').execute();
  const { changed, faults } = await importFile(t, site, pathsFile({ provider: 'nobody' }));
  t.strictSame(changed, []);
  t.strictSame(
    faults.map(({ line, code }) => [line, code]),
    [
      [3, 'provider_unknown'],
      [8, 'path_course_unknown'],
    ],
  );
});

t.test('A path that has a fault now stays as it was; one that is taken out can be begun no more', async (t) => {
  const site = await siteWithCourses(t);
  const person = await signedIn(site);
  await importFile(t, site, pathsFile({}, { id: 'second', title: 'Thứ hai' }));
  await importFile(t, site, pathsFile({ provider: 'nobody' }));
  const { body } = await person.get('/paths');
  t.match(body, 'Con đường');
  t.notMatch(body, 'Thứ hai');
  t.equal((await person.get('/paths/second')).status, 404);

  await importFile(t, site, 'format: 1\npaths: {');
  t.equal((await person.get('/paths/way')).status, 200, 'a file that cannot be read takes nothing away');
  await importFile(t, site, pathsFile());
  t.equal((await person.get('/paths/way')).status, 404);
  await importFile(t, site, pathsFile({}));
  t.equal((await person.get('/paths/way')).status, 200, 'and may come back');
});

t.test('Whoever has completed all of it before gets the certificate when a path is first imported', async (t) => {
  const site = await siteWithCourses(t);
  const [graduate, halfway] = [await signedIn(site), await signedIn(site)];
  for (const slug of ['small', 'other']) await complete(graduate, slug);
  await complete(halfway, 'small');
  t.equal((await importFile(t, site, pathsFile({}))).certificates, 1);
  t.strictSame(
    (await certificatesOf(site, graduate)).map(({ achievement }) => achievement),
    ['course', 'course', 'path'],
  );
  t.equal((await certificatesOf(site, halfway)).length, 1);
  t.equal((await importFile(t, site, pathsFile({ title: 'Tên khác' }))).certificates, 0, 'and no second one');
});
