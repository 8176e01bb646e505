import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { v7 } from 'uuid';
import { issuePaths } from '../../server/certificates/issuing.ts';
import type { PrintedPathCertificate } from '../../server/certificates/printed.ts';
import { lockPaths } from '../../server/paths/queries.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { certificatesOf, complete, importFile, pathsFile, siteWithCourses } from './site.ts';

t.test(
  'The last course gives its own certificate and that of the path, on the same day, with what it asked for',
  async (t) => {
    const site = await siteWithCourses(t);
    await importFile(t, site, pathsFile({}, { id: 'longer', courses: '[{ course: small }, { course: other }]' }));
    const person = await signedIn(site, { full_name: 'Nguyễn Thị Bé An' });
    const first = await complete(person, 'small');
    t.equal((await certificatesOf(site, person)).length, 1);
    const second = await complete(person, 'other');
    const paths = (await certificatesOf(site, person)).filter(({ achievement }) => achievement === 'path');
    t.equal(paths.length, 2, 'of each path that it completes');
    const [certificate] = paths;
    const results = byRole((await person.get('/learning')).html, 'main');
    t.match(textOf(results), /Kết quả và giấy chứng nhận.*Lộ trình “Con đường”/);
    t.ok(results.querySelector(`a[href="/certificates/${certificate?.code}"]`), 'and stands among the results');
    const printed = certificate?.printed as unknown as PrintedPathCertificate;
    t.match(printed, {
      holder: 'Nguyễn Thị Bé An',
      path: {
        titles: { vi: 'Con đường', en: 'Con đường (en)' },
        hours: 3,
        courses: [
          { titles: { vi: 'Khoá nhỏ' }, version: 1, code: first },
          { version: 1, code: second },
        ],
      },
      skills: [{ framework: { code: 'tt02-2025' }, code: '1.1' }],
      score: null,
    });
    const events = await site.db
      .selectFrom('audit_events')
      .select('facts')
      .where('verb', '=', 'certificate.issued')
      .execute();
    t.equal(events.length, 4, 'and each is on record');
  },
);

t.test('Anybody can check it: page, PDF, picture and the short address', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site, { birth_year: 1990 });
  for (const slug of ['small', 'other']) await complete(person, slug);
  const { code = '' } = (await certificatesOf(site, person)).find(({ achievement }) => achievement === 'path') ?? {};
  const visitor = client(site.app);
  const page = await visitor.follow(await visitor.get(`/v/${code}`));
  const words = textOf(byRole(page.html, 'main'));
  t.match(words, /Giấy chứng nhận hoàn thành lộ trình học.*Con đường.*3 giờ học, 2 khoá học/);
  t.match(words, /Các khoá học của lộ trình.*Khoá nhỏ/);
  t.notMatch(words, 'đã hoàn thành khoá học');
  t.match((await visitor.get(`/certificates/${code}.pdf`)).headers['content-type'], 'application/pdf');
  t.match((await visitor.get(`/certificates/${code}.png`)).headers['content-type'], 'image/png');
});

t.test('Changing a path, or withdrawing it, takes none away; what was asked for is pinned', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site);
  for (const slug of ['small', 'other']) await complete(person, slug);
  const before = await certificatesOf(site, person);
  await publish(t, site, {}, 'third');
  await importFile(t, site, pathsFile({ courses: '[{ course: small }, { course: other }, { course: third }]' }));
  t.strictSame(await certificatesOf(site, person), before);
  await complete(person, 'third');
  t.equal((await certificatesOf(site, person)).length, 4, 'and the longer path gives no second one');
  await importFile(t, site, pathsFile());
  const code = before.find(({ achievement }) => achievement === 'path')?.code;
  t.equal((await client(site.app).get(`/certificates/${code}`)).status, 200);
});

t.test('A certificate that was revoked counts for no path', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site);
  await complete(person, 'small');
  await site.db.updateTable('certificates').set({ revoked_at: new Date(), revocation_reason: 'x' }).execute();
  await complete(person, 'other');
  t.strictSame(
    (await certificatesOf(site, person)).map(({ achievement }) => achievement),
    ['course', 'course'],
  );
  t.match(textOf(byRole((await person.get('/paths/way')).html, 'main')), 'Đã xong 1 trên 2 khoá');
});

t.test('Of two last courses at once, the second sees the first: one certificate of the path', async (t) => {
  const site = await siteWithCourses(t);
  await publish(t, site, {}, 'third');
  await importFile(t, site, pathsFile({ courses: '[{ course: small }, { course: other }, { course: third }]' }));
  for (let round = 0; round < 5; round += 1) {
    const person = await signedIn(site);
    await complete(person, 'small');
    await Promise.all(['other', 'third'].map((slug) => complete(person, slug)));
    const achievements = (await certificatesOf(site, person)).map(({ achievement }) => achievement);
    t.strictSame(achievements.sort(), ['course', 'course', 'course', 'path']);
  }
});

t.test('A course completed while its path is being imported is seen by one of the two', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const { id } = await site.db.selectFrom('paths').select('id').executeTakeFirstOrThrow();
  const person = await signedIn(site);
  await complete(person, 'small');
  let completing: Promise<string> = Promise.resolve('');
  await site.db.transaction().execute(async (trx) => {
    await lockPaths(trx, 'alone');
    completing = complete(person, 'other');
    await delay(300);
    t.equal(await issuePaths(trx, { path_id: id }, site.app.config), 0);
  });
  await completing;
  t.equal((await certificatesOf(site, person)).length, 3);
});

t.test('The database itself refuses a second one, and one that is of a course and a path', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site);
  for (const slug of ['small', 'other']) await complete(person, slug);
  const [course, , path] = await certificatesOf(site, person);
  if (!course || !path) throw new Error('no certificates');
  const again = (row: typeof path) => {
    const code = row.code.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
    return { ...row, id: v7(), code, printed: JSON.stringify(row.printed) };
  };
  const insert = (row: ReturnType<typeof again>) => site.db.insertInto('certificates').values(row).execute();
  await t.rejects(insert(again(path)), /certificates_one_per_path/);
  await t.rejects(insert({ ...again(course), term: 2, path_id: path.path_id }), /check/);
});
