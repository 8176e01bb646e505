import { type Insertable, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertRubric } from '../../assignments/rubrics/queries.ts';
import type { CoursePackage, Item, LessonItem, QuizItem } from '../../courses/package.ts';
import type { Database } from '../../database/connection.ts';
import { carryCorrections } from '../../key-corrections/writing/queries.ts';
import { searchForm } from '../../platform/text.ts';
import { drawsOf } from '../../quizzes/draw.ts';
import { isAsked } from '../../quizzes/question.ts';
import { insertSignOffItem } from '../../sign-offs/asking/queries.ts';

/** What a version is made of, files already kept: hashes in place of bytes. */
export interface NewVersion {
  package: CoursePackage;
  provider: { id: string; name: string };
  /** Source files by path. */
  sources: Map<string, string>;
  /** Copies of each picture by its path. */
  copies: Map<string, string[]>;
  /** Left out: now. */
  publishedAt?: Date;
  /** Who published it in the browser, and what is new in it. */
  published?: { by: string; changes: string };
}

/** Publishes a version: the course's next number, all that hangs on it, and the catalogue's entry. */
export async function insertVersion(
  trx: Transaction<Database>,
  version: NewVersion,
): Promise<{ id: string; number: number }> {
  const { package: source, provider } = version;
  const { settings, texts, hash } = source;
  const course_id = await ensureCourse(trx, settings.id, provider.id);
  const { number } = await trx
    .selectFrom('course_versions')
    .where('course_id', '=', course_id)
    .select(sql<number>`coalesce(max(number), 0) + 1`.as('number'))
    .executeTakeFirstOrThrow();
  const { id, published_at } = await trx
    .insertInto('course_versions')
    .values({
      id: newId(),
      course_id,
      number,
      provider_id: provider.id,
      topic: settings.topic,
      level: settings.level,
      hours: settings.hours,
      valid_months: settings.validMonths,
      licence: settings.licence,
      languages: settings.languages,
      source_hash: hash,
      ...(version.publishedAt ? { published_at: version.publishedAt } : {}),
      ...(version.published && { published_by_id: version.published.by, changes: version.published.changes }),
    })
    .returning(['id', 'published_at'])
    .executeTakeFirstOrThrow();

  await trx
    .insertInto('course_version_texts')
    .values(
      Object.entries(texts).map(([language, { title, summary, outcomes, html }]) => ({
        version_id: id,
        language,
        title,
        summary,
        outcomes,
        html,
      })),
    )
    .execute();
  await insertAll(
    trx,
    'course_version_skills',
    settings.skills.map((skill) => ({ version_id: id, ...skill })),
  );
  await insertAll(
    trx,
    'course_version_files',
    Array.from(version.sources, ([path, hash]) => ({ version_id: id, path, hash })),
  );
  await insertAll(trx, 'version_pictures', picturesOf(version, id, null, Object.values(texts)));
  for (const [index, item] of source.items.entries()) await insertItem(trx, version, id, item, index + 1);
  if (settings.signOff) await insertSignOffItem(trx, { id }, source.items.length + 1, settings.languages);
  await listInCatalogue(trx, version, { id, course_id, published_at });
  await trx.updateTable('courses').set({ current_version_id: id }).where('id', '=', course_id).execute();
  await carryCorrections(trx, { id });
  return { id, number };
}

async function ensureCourse(trx: Transaction<Database>, slug: string, ownerId: string): Promise<string> {
  await trx
    .insertInto('courses')
    .values({ id: newId(), slug, owner_organisation_id: ownerId })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  const { id } = await trx
    .selectFrom('courses')
    .select('id')
    .where('slug', '=', slug)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return id;
}

async function insertItem(
  trx: Transaction<Database>,
  version: NewVersion,
  version_id: string,
  item: Item,
  position: number,
): Promise<void> {
  const { settings } = version.package;
  const id = newId();
  const required = Object.values(settings.completion).some((keys) => keys.includes(item.key));
  await trx
    .insertInto('items')
    .values({
      id,
      version_id,
      position,
      key: item.key,
      kind: item.kind,
      minutes: item.minutes,
      required,
      open: item === firstLesson(version.package),
      quiz: item.kind === 'quiz' ? JSON.stringify(item.quiz) : null,
      assignment: item.kind === 'assignment' ? JSON.stringify(item.assignment) : null,
    })
    .execute();
  await trx
    .insertInto('item_texts')
    .values(
      Object.entries(item.texts).map(([language, text]) => ({
        item_id: id,
        language,
        title: text.title,
        html: 'html' in text ? text.html : '',
        bytes: text.bytes,
        picture_bytes: text.pictureBytes,
      })),
    )
    .execute();
  await insertAll(
    trx,
    'item_skills',
    item.skills.map((skill) => ({ item_id: id, ...skill })),
  );
  await insertAll(trx, 'version_pictures', picturesOf(version, version_id, id, Object.values(item.texts)));
  if (item.kind === 'quiz') await insertQuestions(trx, id, item);
  else if (item.kind === 'assignment') await insertRubric(trx, { id }, item.texts);
  else await insertAll(trx, 'glossary_terms', termsIn(version, version_id, id, item));
}

/** Those that this lesson explains. */
function termsIn({ package: { glossaries } }: NewVersion, version_id: string, item_id: string, lesson: LessonItem) {
  return Object.entries(lesson.texts).flatMap(([language, { terms }]) =>
    terms.flatMap(({ position, place }) => {
      const entry = glossaries[language]?.[position];
      if (entry === undefined) return [];
      const { term, meaning } = entry;
      return [{ version_id, language, position: position + 1, term, meaning, item_id, place }];
    }),
  );
}

/** Languages pair by key, which the package has checked. */
async function insertQuestions(trx: Transaction<Database>, item_id: string, quiz: QuizItem): Promise<void> {
  const [first] = Object.values(quiz.texts);
  const questions = first?.questions ?? [];
  const ids = new Map(questions.map(({ key }) => [key, newId()]));
  const { draw: draws = [] } = quiz.quiz;
  await insertAll(
    trx,
    'draws',
    // GIFT has no word for points: each question is worth one.
    draws.map(({ count }, index) => ({ item_id, position: index + 1, count, points: 1 })),
  );
  await insertAll(
    trx,
    'questions',
    questions.map((question, index) => {
      const { key } = question;
      const draw = isAsked(question) ? (drawsOf(question, draws)[0] ?? null) : null;
      return { id: ids.get(key) ?? newId(), item_id, position: index + 1, key: String(key), draw };
    }),
  );
  await insertAll(
    trx,
    'question_texts',
    Object.entries(quiz.texts).flatMap(([language, { questions }]) =>
      questions.flatMap((body) => {
        const question_id = ids.get(body.key);
        return question_id === undefined ? [] : [{ question_id, language, body: JSON.stringify(body) }];
      }),
    ),
  );
}

function firstLesson({ items }: CoursePackage): Item | undefined {
  return items.find(({ kind }) => kind === 'lesson');
}

function picturesOf(version: NewVersion, version_id: string, item_id: string | null, texts: { pictures: string[] }[]) {
  const hashes = texts.flatMap(({ pictures }) => pictures.flatMap((path) => version.copies.get(path) ?? []));
  return [...new Set(hashes)].map((hash) => ({ version_id, item_id, hash }));
}

/** One row a language, made anew: the words of all languages, so that a search finds the course in any. */
async function listInCatalogue(
  trx: Transaction<Database>,
  { package: { settings, texts, items }, provider }: NewVersion,
  version: { id: string; course_id: string; published_at: Date },
): Promise<void> {
  const itemTitles = items.flatMap((item) => Object.values(item.texts).map(({ title }) => title));
  const words = [
    ...Object.values(texts).flatMap((text) => [text.title, text.summary, ...text.outcomes]),
    ...itemTitles,
  ];
  await trx.deleteFrom('course_listings').where('course_id', '=', version.course_id).execute();
  await trx
    .insertInto('course_listings')
    .values(
      Object.entries(texts).map(([language, { title, summary }]) => ({
        course_id: version.course_id,
        language,
        version_id: version.id,
        original: language === settings.languages[0],
        title,
        summary,
        topic: settings.topic,
        level: settings.level,
        hours: settings.hours,
        lesson_count: items.filter(({ kind }) => kind === 'lesson').length,
        bytes: items.reduce((sum, { texts }) => sum + weightOf(texts[language]), 0),
        languages: settings.languages,
        provider_name: provider.name,
        published_at: version.published_at,
        words: searchForm(words.join('\n')),
      })),
    )
    .execute();
}

function weightOf(text: { bytes: number; pictureBytes: number } | undefined): number {
  return text === undefined ? 0 : text.bytes + text.pictureBytes;
}

async function insertAll<T extends keyof Database>(
  trx: Transaction<Database>,
  table: T,
  rows: Insertable<Database[T]>[],
): Promise<void> {
  if (rows.length > 0) await trx.insertInto(table).values(rows).execute();
}
