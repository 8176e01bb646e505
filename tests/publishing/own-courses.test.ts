import t from 'tap';
import { coursePackage } from '../../server/simulation/course-packages.ts';
import { insertVersion } from '../../server/versions/inserting/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { type Branch, organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const titles = ({ html }: Page) =>
  html.querySelectorAll('main ul.rows a[href^="/courses/"]').map((link) => textOf(link));

async function publishFor({ db }: TestApp, { id, code }: Branch, numbers: number[]): Promise<string[]> {
  const made: string[] = [];
  for (const number of numbers) {
    const source = coursePackage('test', number, code);
    const version = { package: source, provider: { id, name: code }, sources: new Map(), copies: new Map() };
    await db.transaction().execute((trx) => insertVersion(trx, version));
    made.push(source.texts.vi?.title ?? '');
  }
  return made.toSorted(new Intl.Collator('vi').compare);
}

/** Goes on until there is no next page. */
async function allPages(person: Client, path: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = await person.get(next);
    pages.push(titles(page));
    next = page.html.querySelector('a[rel=next]')?.getAttribute('href');
  }
  return pages;
}

t.test('Whoever helps to publish sees the courses of their branch and below by title, page by page', async (t) => {
  const site = await testApp(t);
  const root = await rootOrganisation(site);
  const network = await organisation(site, 'network');
  const below = await organisation(site, 'below', { below: network });
  const own = await publishFor(site, network, [...Array(20).keys()]);
  const theirs = await publishFor(site, below, [20, 21, 22]);
  const others = await publishFor(site, root, [23, 24]);
  const byTitle = (list: string[]) => list.toSorted(new Intl.Collator('vi').compare);

  const expected: [who: string, person: Client, sees: string[]][] = [
    ['an author there', await signedIn(site, { roles: ['author'], branch: network }), [...own, ...theirs]],
    ['a reviewer below', await signedIn(site, { roles: ['reviewer'], branch: below }), theirs],
    ['an author of all', await signedIn(site, { roles: ['author'] }), [...own, ...theirs, ...others]],
    ['the owner', await signedIn(site, { roles: ['owner'] }), [...own, ...theirs, ...others]],
  ];
  for (const [who, person, sees] of expected) {
    const pages = await allPages(person, '/publishing/courses');
    t.strictSame(pages.flat(), byTitle(sees), who);
    t.strictSame(
      pages.map((page) => page.length),
      sees.length > 20 ? [20, sees.length - 20] : [sees.length],
    );
    const found = await allPages(person, `/publishing/courses?q=${encodeURIComponent('phan 22')}`);
    t.strictSame(found.flat(), byTitle(sees.filter((title) => title.endsWith('phần 22'))), `${who} searches`);
    const statements = await statementsOf(site, () => person.get('/publishing/courses'));
    t.ok(statements.length <= 4, `${who}: ${statements.length}`);
    t.equal(
      (await person.get('/publishing/courses?page=9')).headers.location,
      '/publishing/courses',
      'past the last page',
    );
  }
  const elsewhere = await signedIn(site, {
    roles: ['author'],
    branch: await organisation(site, 'elsewhere'),
  });
  t.match(textOf(byRole((await elsewhere.get('/publishing/courses')).html, 'main')), 'Không có khoá học nào');
  t.equal((await (await signedIn(site)).get('/publishing/courses')).status, 404, 'a learner');
});
