import t from 'tap';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { readLessons } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { certificatesOf, complete, importFile, pathsFile, siteWithCourses } from './site.ts';

const mainOf = ({ html }: { html: Parameters<typeof byRole>[0] }) =>
  textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

t.test('A visitor sees the paths, their courses in order, and where to begin', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const visitor = client(site.app);
  const list = await visitor.get('/paths');
  t.match(mainOf(list), /Lộ trình học.*Con đường Tóm tắt\. 2 khoá học ?3 giờ/);
  t.equal(byRole(list.html, 'link', 'Con đường').getAttribute('href'), '/paths/way');
  const page = await visitor.get('/paths/way');
  t.strictSame(
    page.html.querySelectorAll('ol.rows > li > a').map((link) => link.getAttribute('href')),
    ['/courses/small', '/courses/other'],
  );
  t.match(mainOf(page), /Nên học trước: Khoá nhỏ\./);
  t.notMatch(mainOf(page), 'Đã xong', 'nothing is said of progress');
  t.match(mainOf(await visitor.get('/paths/way?lang=en')), /Con đường \(en\).*Better learnt first/);
  t.equal((await visitor.get('/paths/nowhere')).status, 404);
});

t.test('The catalogue names the paths, but not to who looks for something', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const visitor = client(site.app);
  t.equal(byRole((await visitor.get('/courses')).html, 'link', 'Con đường').getAttribute('href'), '/paths/way');
  t.notMatch((await visitor.get('/courses?q=nhỏ')).body, '/paths/way');
});

t.test('Progress is told course by course, each with its why', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site);
  const code = await complete(person, 'small');
  await person.post('/courses/other/enrolment');
  await readLessons(person, 'other', ['first']);
  const page = await person.get('/paths/way');
  t.match(mainOf(page), /Đã xong 1 trên 2 khoá/);
  const links = allByRole(page.html, 'link').map((link) => link.getAttribute('href'));
  t.ok(links.includes(`/certificates/${code}`));
  t.ok(links.includes('/courses/other/progress'));
  t.match(byRole(page.html, 'progressbar').attributes, { value: '1', max: '2' });
  t.notMatch(mainOf(page), 'Nên học trước', 'what is learnt needs no advice');

  await complete(person, 'other');
  const own = (await certificatesOf(site, person)).find(({ achievement }) => achievement === 'path');
  t.match(mainOf(await person.get('/paths/way')), 'Bạn đã đi hết lộ trình này');
  t.ok(
    allByRole((await person.get('/paths/way')).html, 'link').some(
      (link) => link.getAttribute('href') === `/certificates/${own?.code}`,
    ),
  );
});

t.test('Home says what comes next in the path once it is begun, and nothing when it is done', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}));
  const person = await signedIn(site);
  t.notMatch((await person.get('/')).body, '/paths/way');
  await person.post('/courses/small/enrolment');
  const home = await person.get('/');
  t.match(mainOf(home), /Lộ trình của bạn Con đường Đã xong 0 trên 2 khoá Khoá tiếp theo:/);
  t.equal(home.html.querySelector('#path p a')?.getAttribute('href'), '/courses/other', 'after the course at hand');
  for (const slug of ['small', 'other']) await complete(person, slug);
  t.notMatch(mainOf(await person.get('/')), 'Lộ trình của bạn');
});

t.test('No page costs more than four statements', async (t) => {
  const site = await siteWithCourses(t);
  await importFile(t, site, pathsFile({}, { id: 'second' }));
  const person = await signedIn(site);
  await complete(person, 'small');
  for (const path of ['/paths', '/paths/way', '/', '/courses']) {
    const statements = await statementsOf(site, () => person.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
});
