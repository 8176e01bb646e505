import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import type { TestApp } from '../support/app.ts';
import { project } from '../support/child.ts';

/** A lesson of so many words, out of those of a real course; Vietnamese counts syllables as words. */
export async function longLesson(words: number): Promise<string> {
  const folder = join(project, 'courses/an-toan-tren-mang/vi');
  const names = ['passwords.md', 'two-step.md', 'scams.md', 'updates.md', 'privacy.md', 'first-aid.md'];
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const blocks = texts.flatMap((text) => text.split('\n\n').slice(1)).filter((block) => !/!\[|\]\(/.test(block));
  let count = 0;
  const taken = blocks.filter((block) => {
    count += block.split(/\s+/).length;
    return count <= words;
  });
  return ['# Một bài dài', ...taken, ''].join('\n\n');
}

/** More courses, each with a lesson, in both languages. */
export async function insertCourses({ db }: Pick<TestApp, 'db'>, count: number): Promise<string[]> {
  const provider = await db.selectFrom('organisations').select(['id', 'name']).executeTakeFirstOrThrow();
  const courses = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    version_id: newId(),
    item_id: newId(),
    slug: `course-${index}`,
  }));
  const facts = { topic: 'internet', level: 'basic', hours: 1, languages: ['vi', 'en'] };
  const texts = ['vi', 'en'].flatMap((language) =>
    courses.map((course) => ({ ...course, language, title: `Khoá ${course.slug}` })),
  );
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('courses')
      .values(
        courses.map(({ id, version_id, slug }) => ({
          id,
          slug,
          owner_organisation_id: provider.id,
          current_version_id: version_id,
        })),
      )
      .execute();
    await trx
      .insertInto('course_versions')
      .values(
        courses.map(({ id, version_id }) => ({
          id: version_id,
          course_id: id,
          number: 1,
          provider_id: provider.id,
          licence: 'CC-BY-4.0',
          source_hash: '',
          ...facts,
        })),
      )
      .execute();
    await trx
      .insertInto('course_version_texts')
      .values(
        texts.map(({ version_id, language, title }) => ({
          version_id,
          language,
          title,
          summary: title,
          outcomes: [title],
          html: '',
        })),
      )
      .execute();
    await trx
      .insertInto('items')
      .values(
        courses.map(({ item_id, version_id }) => ({
          id: item_id,
          version_id,
          position: 1,
          key: 'first',
          kind: 'lesson',
          minutes: 5,
          required: true,
          open: true,
        })),
      )
      .execute();
    await trx
      .insertInto('item_texts')
      .values(
        texts.map(({ item_id, language, title }) => ({
          item_id,
          language,
          title,
          html: '<p></p>',
          bytes: 1000,
          picture_bytes: 0,
        })),
      )
      .execute();
    await trx
      .insertInto('course_listings')
      .values(
        texts.map(({ id, version_id, language, title }) => ({
          course_id: id,
          version_id,
          language,
          title,
          summary: title,
          words: title,
          original: language === 'vi',
          lesson_count: 1,
          bytes: 1000,
          provider_name: provider.name,
          published_at: new Date(),
          ...facts,
        })),
      )
      .execute();
  });
  return courses.map(({ slug }) => slug);
}
