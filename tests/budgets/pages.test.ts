import t from 'tap';
import type { Language } from '../../server/platform/i18n.ts';
import { withWork } from '../assignments/work.ts';
import { client } from '../support/client.ts';
import { allByRole, type HTMLElement, parse, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { siteWithCourses } from '../support/library.ts';
import { statementsOf } from '../support/statements.ts';
import { cookieOf, type LearnerPage, walk } from './learner.ts';
import { insertCourses, longLesson } from './site.ts';

/** Bytes are compressed ones. A page of so many, with 800 of headers, fits the first flight of a TCP connection: ten packets of 1,460. */
const budgets = { page: 13_800, cold: 30_000, script: 16_000, requests: 4, statements: 4 };
const encodings = ['br', 'gzip'] as const;
/** An address with no page, because people come to those too. */
const nowhere = '/nowhere';

const site = await siteWithCourses(t);
const { app, db } = site;
// Twice the length that authors are asked to keep to.
const long = await longLesson(1_800);
await publish(t, site, { 'vi/first.md': long, 'en/first.md': long }, 'long');
await publish(t, site, withWork, 'work');
const learners = { vi: await walk(site, 'vi'), en: await walk(site, 'en') };
const pages = [...(await everyPage('vi')), ...(await everyPage('en'))];

t.test('Every page, the styles that stand in it included, fits the first flight', async (t) => {
  t.strictSame(await tooHeavy(), []);
});

t.test('A first visit to any page asks for little', async (t) => {
  const heavy: string[] = [];
  for (const page of pages) {
    const { styles, scripts } = neededBy(await open(page));
    const requests = [page.path, ...styles, ...scripts];
    if (requests.length > budgets.requests) heavy.push(`${page.name}: ${requests.length} requests`);
    for (const encoding of encodings) {
      const cold = await weigh(page, requests, encoding);
      const script = await weigh(page, scripts, encoding);
      if (cold > budgets.cold) heavy.push(`${page.name}: ${cold} bytes as ${encoding}`);
      if (script > budgets.script) heavy.push(`${page.name}: ${script} bytes of script as ${encoding}`);
    }
  }
  t.strictSame(heavy, []);
});

t.test('A page costs few statements', async (t) => {
  const costly = (await countStatements()).filter(([, count]) => count > budgets.statements);
  t.strictSame(costly, []);
});

t.test('No page asks another site for anything, or any site for a font', async (t) => {
  const fetched: string[] = [];
  const styles = new Set<string>();
  for (const page of pages) {
    const html = await open(page);
    fetched.push(...fetchedBy(html));
    for (const element of html.querySelectorAll('style')) styles.add(element.text);
    for (const path of neededBy(html).styles) styles.add((await ask(page, path)).body);
  }
  t.ok(fetched.length > pages.length, `${fetched.length} addresses`);
  t.strictSame(
    fetched.filter((address) => !/^(?:\/(?!\/)|data:)/.test(address)),
    [],
  );
  t.ok(styles.size > 1, `${styles.size} stylesheets`);
  t.notMatch([...styles].join('\n'), /@font-face|@import|url\((?!["']?data:)/);
});

t.test(
  'To someone who saves data a page comes without script, its pictures as links that say their size',
  async (t) => {
    const left: string[] = [];
    const pictures: string[] = [];
    const links: string[] = [];
    for (const page of pages) {
      const saving = await open({ ...page, headers: { ...page.headers, 'save-data': 'on' } });
      left.push(...saving.querySelectorAll('script, img, picture, source').map((element) => element.outerHTML));
      for (const image of (await open(page)).querySelectorAll('main img')) {
        // A number's spaces may be hard ones.
        const name = (image.getAttribute('alt') ?? '').replaceAll('\u00a0', ' ');
        const link = allByRole(saving, 'link', name).find((one) => one.getAttribute('href')?.includes('/pictures/'));
        pictures.push(`${page.name}: ${name}`);
        if (link && /\d\skB/.test(textOf(link))) links.push(`${page.name}: ${name}`);
      }
    }
    t.strictSame(left, []);
    t.ok(pictures.length > 20, `${pictures.length} pictures`);
    t.strictSame(links, pictures);
  },
);

t.test('The switch at the foot of a page does the same as the browser that asks for it', async (t) => {
  const visitor = client(app);
  const full = await visitor.get('/courses');
  const light = await visitor.follow(await visitor.submit(full, { form: '/preferences/data-saving' }));
  t.equal(light.url, '/courses');
  t.strictSame(light.html.querySelectorAll('script'), []);
  const again = await visitor.follow(await visitor.submit(light, { form: '/preferences/data-saving' }));
  t.equal(again.html.querySelectorAll('script').length, 1);
});

t.test('Where there is much to show a page still fits, and costs no more statements', async (t) => {
  const few = await countStatements();
  const slugs = await insertCourses(site, 300);
  for (const { learner } of Object.values(learners)) {
    for (const slug of slugs.slice(0, 50)) await learner.post(`/courses/${slug}/enrolment`);
  }
  t.strictSame(await countStatements(), few);
  t.strictSame(await tooHeavy(), []);
});

/** The pages of the way, every lesson there is, every question of the attempt, and what else a learner may open. */
async function everyPage(language: Language): Promise<LearnerPage[]> {
  const { learner, pages } = learners[language];
  const lessons = await db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .where('kind', '=', 'lesson')
    .select(['slug', 'key'])
    .execute();
  for (const slug of new Set(lessons.map(({ slug }) => slug))) await learner.post(`/courses/${slug}/enrolment`);
  const review = pages.find(({ name }) => name === 'before handing in')?.path ?? '';
  const questions = allByRole((await learner.get(review)).html, 'link', /./)
    .map((link) => link.getAttribute('href') ?? '')
    .filter((path) => path.includes('?question='));
  const others = ['account', 'account/card', 'account/contact', 'account/name', 'account/secret', 'account/sessions'];

  const headers = { 'accept-language': language, cookie: cookieOf(learner) };
  const paths = [
    ...lessons.map(({ slug, key }) => `/courses/${slug}/lessons/${key}`),
    ...questions,
    ...others.map((path) => `/${path}`),
    '/courses/work/assignments/story',
    nowhere,
  ];
  return [...pages, ...paths.map((path) => ({ name: path, path, headers }))].map((page) => ({
    ...page,
    name: `${page.name} (${language})`,
  }));
}

/** A page, or what it needs, as the same browser asks for it. */
async function ask({ headers, path: of }: LearnerPage, path: string, encoding = 'identity') {
  const answer = await app.inject({ url: path, headers: { ...headers, 'accept-encoding': encoding } });
  const status = of === nowhere ? 404 : 200;
  if (path === of && answer.statusCode !== status) throw new Error(`${path} answered ${answer.statusCode}`);
  return answer;
}

async function open(page: LearnerPage): Promise<HTMLElement> {
  return parse((await ask(page, page.path)).body);
}

/** Bytes of the answers, as compressed on their way. */
async function weigh(page: LearnerPage, paths: string[], encoding: string): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    const { headers, rawPayload } = await ask(page, path, encoding);
    if (headers['content-encoding'] !== encoding) throw new Error(`${path} is not compressed as ${encoding}`);
    bytes += rawPayload.length;
  }
  return bytes;
}

async function tooHeavy(): Promise<string[]> {
  const heavy: string[] = [];
  for (const page of pages) {
    for (const encoding of encodings) {
      const bytes = await weigh(page, [page.path], encoding);
      if (bytes > budgets.page) heavy.push(`${page.name}: ${bytes} bytes as ${encoding}`);
    }
  }
  return heavy;
}

/** What a browser fetches for the page at its first visit, pictures aside. */
function neededBy(html: HTMLElement): { styles: string[]; scripts: string[] } {
  const links = html
    .querySelectorAll('link[rel=stylesheet], link[rel=icon]')
    .map((link) => link.getAttribute('href') ?? '');
  const scripts = html.querySelectorAll('script').map((script) => script.getAttribute('src') ?? 'inline');
  return { styles: links.filter((href) => !href.startsWith('data:')), scripts };
}

/** Every address that a browser fetches of itself for what stands in the page. */
function fetchedBy(html: HTMLElement): string[] {
  return html
    .querySelectorAll('[src], [srcset], link[href], object[data], video[poster], use[href]')
    .flatMap((element) => {
      const { src, srcset = '', href, data, poster } = element.attributes;
      const sets = srcset.split(',').map((candidate) => candidate.trim().split(' ')[0]);
      return [src, href, data, poster, ...sets].flatMap((address) => address || []);
    });
}

async function countStatements(): Promise<[name: string, count: number][]> {
  const counts: [string, number][] = [];
  for (const page of pages) {
    const statements = await statementsOf(site, () => ask(page, page.path));
    counts.push([page.name, statements.length]);
  }
  return counts;
}
