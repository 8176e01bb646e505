import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { importPaths, type PathsOutcome } from '../../server/paths/importing.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { answer, finish, handIn, publish, readLessons, startAttempt } from '../support/learners.ts';
import type { SignedIn } from '../support/people.ts';

interface PathEntry {
  id?: string;
  title?: string;
  provider?: string;
  courses?: string;
}

const bothCourses = '[{ course: small }, { course: other, after: [small] }]';

/** The text of paths.yaml. */
export function pathsFile(...paths: PathEntry[]): string {
  const entries = paths.map(({ id = 'way', title = 'Con đường', provider = 'domdom', courses = bothCourses }) => {
    const texts = (title: string) => `{ title: ${title}, summary: Tóm tắt., about: Giới thiệu. }`;
    return `  - id: ${id}
    provider: ${provider}
    texts:
      vi: ${texts(title)}
      en: ${texts(`${title} (en)`)}
    courses: ${courses}`;
  });
  return `format: 1\npaths:\n${entries.join('\n')}\n`.replace('paths:\n\n', 'paths: []\n');
}

/** A site with the courses `small` and `other`. */
export async function siteWithCourses(t: Test): Promise<TestApp> {
  const site = await testApp(t);
  await publish(t, site);
  await publish(t, site, {}, 'other');
  return site;
}

/** Imports as a start does. */
export async function importFile(t: Test, { app, db }: TestApp, source: string): Promise<PathsOutcome> {
  const file = join(await temporaryFolder(t), 'paths.yaml');
  await writeFile(file, source);
  return importPaths(db, file, app.config);
}

/** @returns the code of the course's certificate */
export async function complete(person: SignedIn, slug: string): Promise<string> {
  await person.post(`/courses/${slug}/enrolment`);
  if (slug === 'small') return finish(person);
  await readLessons(person, slug);
  const attempt = await startAttempt(person, 'final', slug);
  await answer(person, attempt);
  const { html } = await handIn(person, attempt);
  const address = html.querySelector('main a[href^="/certificates/"]')?.getAttribute('href') ?? '';
  return address.replace('/certificates/', '');
}

export function certificatesOf({ db }: Pick<TestApp, 'db'>, person: { id: string }) {
  return db
    .selectFrom('certificates')
    .where('person_id', '=', person.id)
    .selectAll()
    .orderBy('issued_at')
    .orderBy('id')
    .execute();
}
