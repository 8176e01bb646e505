import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { createOwnerLink } from '../../server/accounts/owner-links/queries.ts';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import type { Language } from '../../server/platform/i18n.ts';
import { accountsSite, applicant, nobody, pin, type Site, signedUp, signIn } from '../accounts/site.ts';
import { announcementPages } from '../announcements/pages.ts';
import { workPages } from '../assignments/pages.ts';
import { withWork } from '../assignments/work.ts';
import { timedPages } from '../attempts/pages.ts';
import { cohortPages } from '../cohorts/pages.ts';
import { strangersBadge } from '../credentials/strangers.ts';
import { withEssay } from '../essays/essays.ts';
import { essayPages } from '../essays/pages.ts';
import { correctionPages } from '../key-corrections/pages.ts';
import { lessonQuestionPages } from '../lesson-questions/pages.ts';
import { mentoringPages } from '../mentoring/pages.ts';
import { organisationPages } from '../organisations/pages.ts';
import { importFile, pathsFile } from '../paths/site.ts';
import { publishingPages } from '../publishing/pages.ts';
import { preTestPages } from '../quizzes/pre-tests.ts';
import { sharedPages } from '../share-links/pages.ts';
import { signOffPages } from '../sign-offs/pages.ts';
import { withSignOff } from '../sign-offs/signing.ts';
import { temporaryFolder } from '../support/child.ts';
import { type Client, client, type Page } from '../support/client.ts';
import type { Fields } from '../support/html.ts';
import { finish, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { endlessName, fullCourse, longName } from './full-course.ts';
import { byMail, byManager, byPasskey, byRepresentative, bySecondFactor, schoolManager } from './pages-by-letter.ts';
import { hears } from './route-list.ts';
import { world } from './world.ts';

export interface EveryPage {
  app: FastifyInstance;
  /** As the app answered; what answers a form has the address that the form was sent to. */
  pages: Page[];
}

/**
 * Pages of every kind, of everybody, as they come to somebody who has chosen this language: those below, in the states that matter, and
 * every route that none of them asks for. Visitors change the site, so their order matters; the last ones break it.
 */
export async function everyPage(t: Test, language: Language): Promise<EveryPage> {
  const site = await accountsSite(t, { NODE_ENV: 'development' });
  // So short that its certificates are to be renewed at once.
  await publish(t, site, { 'course.yaml': `${courseYaml()}valid_months: 1\n` });
  await publish(t, site, fullCourse, 'other');
  await publish(t, site, withWork, 'work');
  await publish(t, site, withSignOff, 'signed');
  await publish(t, site, withEssay, 'essay');
  await importFile(t, site, pathsFile({ title: endlessName }));
  const reading = <V extends Client>(visitor: V): V => {
    visitor.cookies.set('language', language);
    return visitor;
  };
  const stranger = () => reading(client(site.app));

  const pages = [
    ...(await asStranger(site, stranger())),
    // What it shows is in Vietnamese.
    ...(language === 'vi' ? [await stranger().get('/styleguide')] : []),
    ...(await asGraduate(site, reading)),
    ...(await inTheFullCourse(reading(await learner(site, { slug: 'other' })))),
    ...(await asNewcomer(await signedUp(site, { shared_phone: 'yes' }, stranger()))),
    ...(await withContact(await signedUp(site, { full_name: endlessName, phone: '0912345678' }, stranger()))),
    ...(await onTheWayIn(site, stranger)),
    ...(await sharedPages(site, reading, stranger())),
    ...(await byMail(site, stranger)),
    ...(await bySecondFactor(site, stranger)),
    ...(await byPasskey(site, stranger)),
    ...(await byRepresentative(site, stranger)),
    ...(await byManager(site, stranger, reading(await schoolManager(site)))),
    ...(await refused(stranger(), reading(await learner(site)))),
    // Only now: while there is an owner no link makes another.
    await reading(await signedIn(site, { full_name: longName, roles: ['owner'] })).get('/admin'),
    ...(await cohortPages(site, reading, stranger())),
    ...(await lessonQuestionPages(site, reading)),
    ...(await workPages(site, reading)),
    ...(await signOffPages(site, reading)),
    ...(await essayPages(site, reading)),
    ...(await correctionPages(t, site, reading)),
    ...(await timedPages(t, site, reading)),
    ...(await preTestPages(t, site, reading)),
    ...(await mentoringPages(site, reading)),
    ...(await publishingPages(site, reading)),
    ...(await announcementPages(site, reading, stranger())),
    ...(await organisationPages(site, reading, reading(await signedIn(site, { roles: ['owner'] })), stranger())),
    ...(await certificates(
      site,
      stranger(),
      reading(await signedIn(site, { roles: ['owner'] })),
      await finish(await learner(site, { full_name: endlessName })),
    )),
    ...(await failures(t, site, stranger(), language)),
  ];
  return { app: site.app, pages: [...pages, ...(await everyOtherRoute(t, language, pages))] };
}

/** What the people of `world` get from the routes that nobody has asked yet: a page that several of them get alike, once. */
async function everyOtherRoute(t: Test, language: Language, asked: Page[]): Promise<Page[]> {
  const { routes, people, address } = await world(t);
  const { all, ids } = await people();
  const seen = asked.filter(({ status }) => status === 200).map(({ url }) => url.replace(/\?.*/, ''));
  const pages = new Map<string, Page>();
  for (const route of routes.filter((one) => one.method === 'GET' && !seen.some((path) => hears(one, path)))) {
    // A file of its own, in both languages, with its scripts inside: looked at in tests/offline.
    if (route.name === 'GET /verify.html') continue;
    for (const visitor of [all.stranger, all.learner, all.manager, all.owner]) {
      visitor.cookies.set('language', language);
      const page = await visitor.get(address(route, ids));
      const main = page.html.querySelector('main');
      if (page.status === 200 && main) pages.set(route.name + main.innerHTML, page);
    }
  }
  return [...pages.values()];
}

async function getAll(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}

async function asStranger({ db }: Site, stranger: Client): Promise<Page[]> {
  const token = await createOwnerLink(db);
  const verify = (bytes: string) => stranger.upload('/verify', {}, { name: 'x.json', bytes });
  const badge = JSON.stringify(await strangersBadge({ validUntil: '2099-01-01T00:00:00Z' }));
  const verified = [await verify('x'), await verify(badge), await verify(badge.replace('Hàn', longName))];
  const pages = await getAll(stranger, [
    ...['/', '/courses', '/courses?q=nothing+like+it', '/courses?level=basic&sort=title', '/courses/small'],
    ...['/courses/small/lessons/first', '/courses/small/lessons/second', '/courses/other/lessons/first'],
    '/courses/other/glossary',
    ...['/paths', '/paths/way', '/skills', '/skills?q=zzz', '/skills/tt02-2025/1.1'],
    ...['/organisations/domdom', '/verify', '/verify?code=123', '/privacy'],
    ...['/sign-up', '/sign-in', '/sign-in?next=/learning', '/sign-in/recovery'],
    ...[`/owner-link/${token}`, '/owner-link/x', '/nowhere', '/courses?q=%00'],
  ]);
  return [...pages, ...verified];
}

async function asGraduate(site: Site, reading: (visitor: Client) => Client): Promise<Page[]> {
  const person = await learner(site, { full_name: longName });
  const attempt = await startAttempt(person);
  const code = await finish(person);
  const reader = reading(person);
  const course = '/courses/small';
  return [
    ...(await getAll(reader, ['/', '/learning', course, `${course}/progress`, `${course}/quizzes/final`])),
    ...(await getAll(reader, [`${course}/renewal`, '/learning/skills', '/paths', '/paths/way'])),
    ...(await getAll(reader, [
      `${attempt}/result`,
      `${course}/lessons/first`,
      `/certificates/${code}`,
      '/account/name',
    ])),
    await reader.get(`/account/name?next=${course}`),
  ];
}

/** Every type of question before and after an answer, what is refused, and both attempts spent. */
async function inTheFullCourse(reader: Client): Promise<Page[]> {
  const course = '/courses/other';
  const practice = await startAttempt(reader, 'practice', 'other');
  const pages = await getAll(reader, ['/', '/learning', course, `${course}/quizzes/final`, `${course}/lessons/first`]);
  pages.push(await handIn(reader, practice));
  const trial = await reader.get(`${course}/quizzes/practice/trial`);
  pages.push(trial, await reader.submit(trial), await reader.submit(trial, { fields: firstAnswers(trial) }));

  const attempt = await startAttempt(reader, 'final', 'other');
  const [all, review] = [`${attempt}?question=all`, `${attempt}/submission`];
  const single = [1, 2, 3, 4, 5, 6, 7].map((number) => `${attempt}?question=${number}`);
  const before = await reader.get(all);
  pages.push(before, ...(await getAll(reader, [...single, review])));
  await reader.submit(before, { fields: firstAnswers(before) });
  pages.push(...(await getAll(reader, [all, ...single, review, '/', '/learning', `${course}/quizzes/final`])));
  pages.push(await reader.submit(before, { fields: firstAnswers(before, { number: '5', words: 'Đà Nẵng' }) }));
  const number = await reader.get(`${attempt}?question=5`);
  pages.push(await reader.submit(number, { fields: firstAnswers(number, { number: 'hai rưỡi', words: '' }) }));
  pages.push(await handIn(reader, attempt));
  pages.push(await handIn(reader, await startAttempt(reader, 'final', 'other')));
  await reader.post(`${course}/lessons/first/completion`);
  return [...pages, ...(await getAll(reader, [`${course}/quizzes/final`, `${course}/progress`, course]))];
}

/** The first answer that a form offers to every question, whether right, wrong or half of it. */
function firstAnswers({ html }: Page, typed = { number: '2', words: 'Huế' }): Record<string, string> {
  const controls = html.querySelectorAll('main [name^=q_]').map((control): Fields[number] => {
    const name = control.getAttribute('name') ?? '';
    if (control.matches('select')) return [name, '0'];
    if (!control.matches('[type=text]')) return [name, control.getAttribute('value') ?? ''];
    return [name, control.hasAttribute('inputmode') ? typed.number : typed.words];
  });
  return Object.fromEntries(controls.reverse());
}

async function asNewcomer(newcomer: Client): Promise<Page[]> {
  return getAll(newcomer, [
    ...['/account/card', '/', '/learning', '/courses/small', '/courses/small/quizzes/final'],
    ...['/courses/small/lessons/first', '/courses/small/lessons/second'],
    ...['/account', '/account/secret', '/account/recovery-code', '/account/sessions', '/account/contact'],
  ]);
}

async function withContact(person: Client): Promise<Page[]> {
  return getAll(person, ['/account/card', '/account', '/account/contact', '/account/name', '/']);
}

/** The steps of signing in that most people never see. */
async function onTheWayIn(site: Site, visitor: () => Client): Promise<Page[]> {
  const phone = '0987654321';
  await signedUp(site, { phone, full_name: 'Lê Thị Mai' });
  await signedUp(site, { phone, full_name: endlessName });
  const who = await signIn(visitor(), phone);

  const promoted = await signedUp(site);
  await site.db
    .insertInto('memberships')
    .columns(['id', 'person_id', 'organisation_id', 'role'])
    .expression((eb) =>
      eb
        .selectFrom(['person_details', 'organisations'])
        .select(({ val }) => [val(randomUUID()).as('id'), 'person_id', 'organisations.id as organisation_id'])
        .select(({ val }) => val('mentor').as('role'))
        .where('learner_code', '=', promoted.learner_code),
    )
    .execute();
  const password = await signIn(visitor(), promoted.learner_code);

  const late = await signedUp(site, {}, visitor());
  await site.db
    .updateTable('sessions')
    .set({ expires_at: new Date(0) })
    .execute();
  const asked = await late.post('/account/name', { full_name: 'Nguyễn Lan' });
  const continuation = await late.submit(asked, { form: '/sign-in', fields: { name: late.learner_code, secret: pin } });
  return [who, password, asked, continuation];
}

/** Forms that are sent as nobody should, and deeds that are not theirs. */
async function refused(stranger: Client, reader: Client): Promise<Page[]> {
  const pages: Page[] = [];
  const forms = ['/sign-up', '/sign-in', '/sign-in/recovery', '/learning'];
  for (const path of forms) pages.push(await stranger.post(path));
  const child = {
    ...applicant,
    full_name: 'Lan 李',
    birth_year: String(new Date().getFullYear() - 9),
    secret: '111111',
  };
  pages.push(await stranger.post('/sign-up', child));
  for (let tries = 0; tries < 12; tries += 1) await signIn(stranger, nobody);
  pages.push(await signIn(stranger, nobody));
  for (const path of ['/account/name', '/account/secret', '/account/recovery-code'])
    pages.push(await reader.post(path));
  pages.push(await reader.post('/account/contact', { phone: '12', email: 'lan@' }));
  pages.push(await reader.post('/courses/other/lessons/first/completion'));
  pages.push(await stranger.post('/sign-in', {}, { 'sec-fetch-site': 'cross-site' }));
  pages.push(await stranger.post('/sign-in', { name: 'x'.repeat(300_000) }));
  return pages;
}

/** One certificate as everybody sees it: valid, revoked, with a key that cannot be opened, withdrawn by its holder. */
async function certificates({ db }: Site, stranger: Client, owner: Client, code: string): Promise<Page[]> {
  const manage = `/admin/certificates/${code}`;
  const valid = [await stranger.get(`/certificates/${code}`), await owner.get(`/certificates/${code}`)];
  valid.push(
    await owner.get(manage),
    await owner.post(`${manage}/revocation`),
    await owner.post(`${manage}/correction`),
  );
  await owner.post(`${manage}/revocation`, { reason: 'Cấp nhầm người.' });
  const revoked = [await stranger.get(`/certificates/${code}`), await owner.get(manage)];

  const { id: organisation_id } = await rootOrganisation({ db });
  const lost = { id: randomUUID(), organisation_id, public_key: 'z6MkLost', sealed_private_key: Buffer.alloc(64) };
  // In place of the one that others here were signed with.
  await db.updateTable('signing_keys').set({ retired_at: new Date() }).where('retired_at', 'is', null).execute();
  await db.insertInto('signing_keys').values(lost).execute();
  const unsigned = await stranger.get(`/certificates/${code}.json`);
  await db.updateTable('certificates').set({ printed: null }).where('code', '=', code).execute();
  return [...valid, ...revoked, unsigned, await stranger.get(`/certificates/${code}`)];
}

/** A site whose database is gone, and one that is broken. The latter stays so. */
async function failures(t: Test, { app, db }: Site, visitor: Client, language: Language): Promise<Page[]> {
  const nothing = connect({ host: '127.0.0.1', port: 1, user: 'nobody', database: 'nothing' });
  const config = readConfig({ LOG_LEVEL: 'silent' }, await temporaryFolder(t));
  const appWithout = await buildApp({ config, db: nothing.db, files: app.files });
  t.teardown(() => appWithout.close());
  const unavailable = await client(appWithout).get(`/courses?lang=${language}`);
  await db.schema.alterTable('course_listings').renameTo('gone').execute();
  return [unavailable, await visitor.get('/courses')];
}
