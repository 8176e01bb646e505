import { sql } from 'kysely';
import tap, { type Test } from 'tap';
import { type ImportOutcome, importFolder, sentence } from '../../server/imports/importing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';
import { courseFolder, type Files } from '../courses/folder.ts';
import type { TestApp } from './app.ts';
import { temporaryFolder } from './child.ts';
import type { Client, Page } from './client.ts';
import { byRole, controlsOf, type HTMLElement } from './html.ts';
import { type SignedIn, type Someone, signedIn } from './people.ts';
import { type Answers, rightAnswers, smallCourse } from './small-course.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/**
 * Publishes the small course, or another made of it, at /courses/<name>. Publishing a changed one again makes the next version.
 * @throws with all faults when it is broken
 */
export async function publish(t: Test, site: Site, changes: Files = {}, name = 'small'): Promise<number | null> {
  const folder = await courseFolder(t, named({ ...smallCourse, ...changes }, name), name);
  const { version, faults } = await importCourse(site, folder);
  if (faults.length > 0) throw new Error(faults.map((fault) => sentence(name, fault, 'en')).join('\n'));
  return version;
}

/** Imports a course folder as a start does. */
export async function importCourse({ app, db }: Site, folder: string): Promise<ImportOutcome> {
  fonts ??= temporaryFolder(tap).then(useOwnFonts);
  await fonts;
  await ensureRootOrganisation(db);
  return importFolder({ db, files: app.files }, folder);
}

// Once, because fontconfig reads its settings when the first text is drawn.
let fonts: Promise<void> | undefined;

function named(files: Files, name: string): Files {
  const settings = files['course.yaml'];
  return typeof settings === 'string'
    ? { ...files, 'course.yaml': settings.replace(/^id: .*$/m, `id: ${name}`) }
    : files;
}

/** A person who is enrolled in the course. */
export async function learner(site: Site, someone: Someone & { slug?: string } = {}): Promise<SignedIn> {
  const { slug = 'small', ...who } = someone;
  const person = await signedIn(site, who);
  await person.post(`/courses/${slug}/enrolment`);
  return person;
}

/** Ticks every lesson off. */
export async function readLessons(person: Client, slug = 'small', lessons = ['first', 'second']): Promise<void> {
  for (const key of lessons) await person.post(`/courses/${slug}/lessons/${key}/completion`);
}

/** @returns the address of the attempt: /attempts/<id> */
export async function startAttempt(person: Client, quiz = 'final', slug = 'small'): Promise<string> {
  const { headers } = await person.post(`/courses/${slug}/quizzes/${quiz}/attempts`);
  return String(headers.location);
}

/** The question on the page that has these words in it. */
export function questionOn({ html }: Page, words: string): HTMLElement {
  const found = html.querySelectorAll('fieldset').filter((question) => question.textContent.includes(words));
  if (found.length === 1 && found[0]) return found[0];
  throw new Error(`${found.length} questions say “${words}”`);
}

/** The id of that question. */
export function questionId(page: Page, words: string): string {
  return questionOn(page, words).querySelector('input[name^=r_]')?.getAttribute('name')?.slice(2) ?? '';
}

/** What a browser sends when somebody gives these answers on the page. */
export function answersOn(page: Page, answers: Answers): Record<string, string | string[] | null> {
  const fields = Object.entries(answers).flatMap(([words, answer]) => fieldsOf(questionOn(page, words), answer));
  return Object.fromEntries(fields);
}

function fieldsOf(question: HTMLElement, answer: Answers[string]): [name: string, value: string | string[] | null][] {
  const nameOfFirst = (selector: string) => question.querySelector(selector)?.getAttribute('name') ?? '';
  if (answer === null) {
    return controlsOf(question, 'input:not([type=hidden]), select, textarea').map((control) => [
      control.getAttribute('name') ?? '',
      control.matches('[type=radio], [type=checkbox]') ? null : '',
    ]);
  }
  if (Array.isArray(answer)) {
    const values = answer.map((words) => byRole(question, 'checkbox', words).getAttribute('value') ?? '');
    return [[nameOfFirst('input[type=checkbox]'), values]];
  }
  if (typeof answer === 'string') {
    const typed = question.querySelector('input[type=text], textarea');
    const value = typed ? answer : (byRole(question, 'radio', answer).getAttribute('value') ?? '');
    return [[nameOfFirst('input[type=text], input[type=radio], textarea'), value]];
  }
  return Object.entries(answer).map(([prompt, match]) => {
    const select = byRole(question, 'combobox', prompt);
    const value = match === '' ? '' : (byRole(select, 'option', match).getAttribute('value') ?? '');
    return [select.getAttribute('name') ?? '', value];
  });
}

/** Saves these answers on the page with all questions. */
export async function answer(person: Client, attempt: string, answers: Answers = rightAnswers): Promise<Page> {
  const page = await person.get(`${attempt}?question=all`);
  return person.submit(page, { fields: answersOn(page, answers) });
}

/** @returns the page with the result */
export async function handIn(person: Client, attempt: string): Promise<Page> {
  return person.follow(await person.post(`${attempt}/submission`));
}

/** From enrolment to a certificate, by the shortest way. @returns the certificate's code */
export async function finish(person: Client, answers: Answers = rightAnswers): Promise<string> {
  await readLessons(person);
  const attempt = await startAttempt(person);
  await answer(person, attempt, answers);
  const result = await handIn(person, attempt);
  const address = result.html.querySelector('main a[href^="/certificates/"]')?.getAttribute('href') ?? '';
  return address.replace('/certificates/', '');
}

/** Sets the last day of a certificate so many days from today; those before are behind. */
export async function endIn({ db }: Site, code: string, days: number): Promise<void> {
  await sql`
    update certificates set printed = printed || jsonb_build_object('validUntil',
      to_char((now() at time zone 'Asia/Ho_Chi_Minh')::date + ${days}::int, 'YYYY-MM-DD'))
    where code = ${code}
  `.execute(db);
}
