import { type Language, translators } from '../../server/platform/i18n.ts';
import type { TestApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { asFields, rightResponses } from './right-responses.ts';

/** A page of the learner's way, as a browser asks for it. */
export interface LearnerPage {
  name: string;
  path: string;
  headers: { 'accept-language': string; cookie?: string; 'save-data'?: 'on' };
}

export interface Way {
  learner: Client;
  pages: LearnerPage[];
}

/** The course that is finished on the way, and the one that is under way at its end. */
const short = { slug: 'welcome', quiz: 'final' };
export const long = { slug: 'an-toan-tren-mang', lesson: 'passwords', quiz: 'final' };

/**
 * Walks a learner from sign-up to a certificate through the forms of the pages, and into a second course as far as an open attempt.
 * @returns the pages that are met on the way
 */
export async function walk({ app, db }: Pick<TestApp, 'app' | 'db'>, language: Language = 'vi'): Promise<Way> {
  const t = translators[language];
  const learner = client(app, { headers: { 'accept-language': language } });
  await signUp(learner);

  await press(learner, `/courses/${short.slug}`, '/enrolment');
  for (const lesson of await lessonsOf(db, short.slug))
    await press(learner, `/courses/${short.slug}/lessons/${lesson}`, '/completion');
  const finished = pathOf(await press(learner, `/courses/${short.slug}/quizzes/${short.quiz}`, '/attempts'));
  const fields = asFields(await rightResponses(db, short), finished.replace('/attempts/', ''));
  const button = t('attempts.save_and_review');
  const review = await press(learner, `${finished}?question=all`, `${finished}/answers`, { fields, button });
  const result = await press(learner, review.url, '/submission');
  const certificate = result.html.querySelector('main a[href^="/certificates/"]')?.getAttribute('href') ?? '';

  const { slug, lesson, quiz } = long;
  await press(learner, `/courses/${slug}`, '/enrolment');
  await press(learner, `/courses/${slug}/lessons/${lesson}`, '/completion');
  const open = pathOf(await press(learner, `/courses/${slug}/quizzes/${quiz}`, '/attempts'));

  const stranger = { 'accept-language': language };
  const signedIn = { ...stranger, cookie: cookieOf(learner) };
  const pages: [name: string, headers: LearnerPage['headers'], path: string][] = [
    ['front, signed out', stranger, '/'],
    ['catalogue, signed out', stranger, '/courses'],
    ['course, signed out', stranger, `/courses/${slug}`],
    ['lesson, signed out', stranger, `/courses/${slug}/lessons/${lesson}`],
    ['sign-up', stranger, '/sign-up'],
    ['sign-in', stranger, '/sign-in'],
    ['verify', stranger, '/verify'],
    ['certificate, signed out', stranger, certificate],
    ['front', signedIn, '/'],
    ['my courses', signedIn, '/learning'],
    ['course', signedIn, `/courses/${slug}`],
    ['lesson', signedIn, `/courses/${slug}/lessons/${lesson}`],
    ['quiz', signedIn, `/courses/${slug}/quizzes/${quiz}`],
    ['question', signedIn, `${open}?question=1`],
    ['all questions', signedIn, `${open}?question=all`],
    ['before handing in', signedIn, `${open}/submission`],
    ['result', signedIn, `${finished}/result`],
    ['why this percentage', signedIn, `/courses/${slug}/progress`],
    ['certificate', signedIn, certificate],
    ['account', signedIn, '/account'],
  ];
  return { learner, pages: pages.map(([name, headers, path]) => ({ name, headers, path })) };
}

export function cookieOf({ cookies }: Client): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

async function signUp(learner: Client): Promise<void> {
  const fields = {
    full_name: 'Nguyễn Thị Lan',
    birth_month: '9',
    birth_year: '2005',
    secret: 'thuyền giấy qua sông',
    consent: 'yes',
  };
  await press(learner, '/sign-up', '/sign-up', { fields });
}

/** Sends the one form of the page whose address ends so, and goes where that leads. */
async function press(learner: Client, path: string, formEnd: string, filledIn: Parameters<Client['submit']>[1] = {}) {
  const sent = await learner.submit(await learner.get(path), { form: `main form[action$="${formEnd}"]`, ...filledIn });
  const reached = await learner.follow(sent);
  if (reached.status !== 200) throw new Error(`${path} led to ${reached.url}, which answered ${reached.status}`);
  return reached;
}

function pathOf({ url }: Page): string {
  return url.replace(/\?.*/, '');
}

async function lessonsOf(db: TestApp['db'], slug: string): Promise<string[]> {
  const lessons = await db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .where('slug', '=', slug)
    .where('kind', '=', 'lesson')
    .select('key')
    .orderBy('position')
    .execute();
  return lessons.map(({ key }) => key);
}
