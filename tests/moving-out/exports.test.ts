import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readZippedFolder } from '../../server/courses/package-zip.ts';
import { readBytes } from '../../server/moving-in/reading.ts';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const pages = [
  '',
  '/gift',
  '/gift/file',
  '/package/file',
  '/moodle-xml',
  '/moodle-xml/file?in=en',
  '/cartridge',
  '/cartridge/file?in=en',
];

t.test(
  'Authors and managers of the organisation that owns a course take it along, nobody else finds the way',
  async (t) => {
    const site = await testApp(t);
    await publish(t, site);
    const elsewhere = await organisation(site, 'elsewhere', { below: await rootOrganisation(site) });
    const may = [
      await signedIn(site, { roles: ['author'] }),
      await signedIn(site, { roles: ['manager'] }),
      await signedIn(site, { roles: ['owner'] }),
    ];
    const mayNot = [
      await learner(site),
      await signedIn(site, { roles: ['mentor'] }),
      await signedIn(site, { roles: ['reviewer'] }),
      await signedIn(site, { roles: ['author'], branch: elsewhere }),
      await signedIn(site, { roles: ['manager'], branch: elsewhere }),
    ];
    for (const page of pages) {
      const path = `/courses/small/exports${page}`;
      for (const person of may) t.equal((await person.get(path)).status, 200, path);
      for (const person of mayNot) t.equal((await person.get(path)).status, 404, path);
      t.match((await client(site.app).get(path)).headers.location, /^\/sign-in/);
    }
    for (const person of may) t.match((await person.get('/courses/small')).body, '/courses/small/exports');
    for (const person of [...mayNot, client(site.app)])
      t.notMatch((await person.get('/courses/small')).body, '/courses/small/exports');
  },
);

t.test('The files hold the course as it is, and the page says first what they will not hold', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  const index = await author.get('/courses/small/exports');
  t.strictSame(
    allByRole(byRole(index.html, 'main'), 'link').map((link) => link.getAttribute('href')),
    [
      '/courses/small',
      '/courses/small/exports/package/file',
      ...['gift', 'moodle-xml', 'epub', 'cartridge'].flatMap((kind) =>
        ['vi', 'en'].map((one) => `/courses/small/exports/${kind}?in=${one}`),
      ),
    ],
  );
  const zip = await site.app.inject({
    url: '/courses/small/exports/package/file',
    headers: { cookie: cookieOf(author) },
  });
  t.equal(zip.headers['content-disposition'], 'attachment; filename="small.zip"');
  t.equal(zip.headers['cache-control'], 'no-store');
  const path = join(await temporaryFolder(t), 'x.zip');
  await writeFile(path, zip.rawPayload);
  const { name, files, faults } = await readZippedFolder(path);
  t.strictSame([name, faults], ['small', []]);
  t.equal(files.get('vi/final.gift')?.toString(), smallCourse['vi/final.gift']);

  const report = await author.get('/courses/small/exports/gift?in=en');
  t.match(textOf(byRole(report.html, 'main')), /2 bài học không có chỗ/);
  t.match(textOf(byRole(report.html, 'main')), /Hãy xuất vi ra tệp riêng/);
  t.match(textOf(byRole(report.html, 'main')), /Practice/);
  const gift = await author.get('/courses/small/exports/gift/file?in=en');
  t.equal(gift.headers['content-disposition'], 'attachment; filename="small-en.gift"');
  t.strictSame(readGift(gift.body).categories, ['Practice', 'The end']);
  t.equal(readGift(gift.body).questions.length, 9);
  const xml = await author.get('/courses/small/exports/moodle-xml/file');
  t.match(xml.headers['content-type'], 'application/xml');
  t.equal(xml.body.match(/<question type="(?!category)/g)?.length, 9);

  const said = textOf(byRole((await author.get('/courses/small/exports/cartridge')).html, 'main'));
  t.match(said, /“Cuối khoá” cần đúng 60% để đạt/);
  t.match(said, /“Ghép” \(matching\) không có chỗ trong chuẩn này/);
  const [cartridge, again] = await Promise.all(
    [1, 2].map(() =>
      site.app.inject({ url: '/courses/small/exports/cartridge/file', headers: { cookie: cookieOf(author) } }),
    ),
  );
  t.equal(cartridge?.headers['content-disposition'], 'attachment; filename="small-vi.imscc"');
  t.ok(cartridge?.rawPayload.equals(again?.rawPayload ?? Buffer.alloc(0)), 'the same bytes each time');
  const draft = await readBytes(cartridge?.rawPayload ?? Buffer.alloc(0), 'small.imscc');
  t.strictSame(
    [draft.title, draft.language, ...draft.items.map(({ kind, title }) => `${kind} ${title}`)],
    ['Khoá nhỏ', 'vi', 'lesson Bài đầu', 'lesson Bài hai', 'quiz Luyện tập', 'quiz Cuối khoá'],
  );
});

t.test('What is no format, no language or no course is not found', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  for (const path of ['small/exports/pdf', 'small/exports/gift?in=km', 'small/exports/gift/file?in=', 'none/exports'])
    t.equal((await author.get(`/courses/${path}`)).status, path.endsWith('=') ? 200 : 404, path);
});

t.test('The pages cost at most four statements', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  for (const page of ['', '/gift', '/gift/file', '/package/file', '/moodle-xml', '/cartridge', '/cartridge/file']) {
    const statements = await statementsOf(site, () => author.get(`/courses/small/exports${page}`));
    t.ok(statements.length <= 4, `${page}: ${statements.length}`);
  }
});

function cookieOf({ cookies }: { cookies: Map<string, string> }): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}
