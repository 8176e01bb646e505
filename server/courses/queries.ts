import { type Kysely, type RawBuilder, sql } from 'kysely';
import { publicAnnouncements } from '../announcements/queries.ts';
import type { Database } from '../database/connection.ts';
import { gathered, type Placeholders, prepared } from '../database/prepared.ts';
import { containsFolded, searchWords } from '../database/search.ts';
import { holdsRole } from '../organisations/access.ts';
import type { Language } from '../platform/i18n.ts';
import { isHelper } from '../platform/scopes.ts';
import type { Person } from '../platform/sessions.ts';
import { searchForm } from '../platform/text.ts';
import { readsStatistics } from '../statistics/queries.ts';
import { hasStayed } from '../versions/moving/choices/queries.ts';
import { moveOffer } from '../versions/moving/mapping.ts';
import { listVersions, type VersionItem } from '../versions/reading.ts';

/**
 * The courses a person may see, each in the version they read: the one their enrolment pins, else the current one. Joins on
 * from here, so that the right to see stands in every statement about a course.
 */
export function readableCourses(db: Kysely<Database>, person: RawBuilder<string | null>) {
  return db
    .selectFrom('courses')
    .leftJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'courses.id')
        .on('enrolments.person_id', '=', person)
        .on('enrolments.ended_at', 'is', null),
    )
    .where(versionRead, 'is not', null)
    .where((eb) => eb.or([eb('courses.audience', '=', 'everyone'), eb('enrolments.id', 'is not', null)]));
}

export const versionRead = sql<string>`coalesce(enrolments.version_id, courses.current_version_id)`;

/** The items that an `enrolments` row of the statement around it has completed. */
export const doneItems = sql<string[]>`array(
  select item_id from completions
  where completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
)`;

/** An empty text filters nothing. */
export interface CatalogueFilter {
  q: string;
  topic: string;
  level: string;
  /** Of the course. */
  language: string;
  sort: string;
  page: number;
}

const whole: CatalogueFilter = { q: '', topic: '', level: '', language: '', sort: 'newest', page: 1 };
const pageSize = 24;

export async function listCatalogue(db: Kysely<Database>, language: Language, filter: CatalogueFilter) {
  const values = { language, offset: (filter.page - 1) * pageSize };
  const isWhole = filter.q === '' && filter.topic === '' && filter.level === '' && filter.language === '';
  const statement = isWhole ? wholeCatalogue.get(filter.sort) : undefined;
  const rows = statement
    ? await statement(db, values)
    : await catalogue(db, { language: sql.val(language), offset: sql.val(values.offset) }, filter).execute();
  const total = rows[0]?.total ?? 0;
  return { courses: rows, total, pages: Math.ceil(total / pageSize) };
}

type CatalogueValues = Placeholders<{ language: Language; offset: number }>;

const wholeCatalogue = new Map(
  ['newest', 'title', 'short'].map((sort) => [
    sort,
    prepared((db, values: CatalogueValues) => catalogue(db, values, { ...whole, sort })),
  ]),
);

function catalogue(db: Kysely<Database>, { language, offset }: CatalogueValues, filter: CatalogueFilter) {
  const exact = `%${escapeLike(searchForm(filter.q))}%`;
  return (
    cards(db, language, filter)
      // What a search finds has to be sorted whole; all else comes in the order of an index, and its count is kept.
      .$if(filter.q !== '', (query) =>
        query
          .select(sql<number>`count(*) over ()`.as('total'))
          .orderBy(sql`words like ${exact}`, 'desc')
          .orderBy(({ ref }) => containsFolded(ref('folded_title'), filter.q), 'desc'),
      )
      .$if(filter.q === '', (query) => query.select(counted(db, filter).as('total')))
      .$if(filter.sort === 'short', (query) => query.orderBy('hours'))
      .$if(filter.sort === 'newest', (query) => query.orderBy('published_at', 'desc'))
      .$if(filter.sort !== 'newest', (query) => query.orderBy(sql`title collate "vi-x-icu"`))
      .orderBy('course_listings.course_id')
      .limit(pageSize)
      .offset(offset)
  );
}

/** In one language each: the reader's, or the original. */
export function listedIn(language: RawBuilder<Language>): RawBuilder<boolean> {
  return sql<boolean>`(course_listings.language = ${language} or (original and not ${language} = any(languages)))`;
}

/** With all these words in its title, which stands among the words that have an index. Of a `course_listings` row of the statement around it. */
export function isTitled(q: string): RawBuilder<boolean> {
  const words = searchWords(q);
  const conditions = words.flatMap((word) => [
    containsFolded(sql.ref('folded_words'), word),
    containsFolded(sql.ref('folded_title'), word),
  ]);
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/** Courses for everyone with these words in title, summary or outcomes: as many as asked for, by title. */
export function coursesFound(
  db: Kysely<Database>,
  language: RawBuilder<Language>,
  { q, limit }: { q: string; limit: number },
) {
  return listings(db, language, { ...whole, q })
    .select('course_listings.course_id')
    .orderBy(sql`title collate "vi-x-icu"`)
    .orderBy('course_listings.course_id')
    .limit(limit);
}

/** The newest three, without a look at how many there are. */
export async function listNewest(db: Kysely<Database>, language: Language) {
  return newestCards(db, { language });
}

const newestCards = prepared((db, { language }: Placeholders<{ language: Language }>) =>
  cards(db, language, whole).orderBy('published_at', 'desc').orderBy('course_listings.course_id').limit(3),
);

function cards(db: Kysely<Database>, language: RawBuilder<Language>, filter: CatalogueFilter) {
  return listings(db, language, filter)
    .select(['slug', 'title', 'summary', 'topic', 'level', 'hours', 'lesson_count', 'bytes', 'languages'])
    .select(['provider_name', 'course_listings.language']);
}

function listings(db: Kysely<Database>, language: RawBuilder<Language>, filter: CatalogueFilter) {
  return db
    .selectFrom('course_listings')
    .innerJoin('courses', 'courses.id', 'course_listings.course_id')
    .where('audience', '=', 'everyone')
    .where(listedIn(language))
    .where((eb) => eb.and(searchWords(filter.q).map((word) => containsFolded(eb.ref('folded_words'), word))))
    .where(isChosen(filter));
}

/** What catalogue and counts are both filtered by. */
function isChosen({ topic, level, language }: CatalogueFilter): RawBuilder<boolean> {
  const conditions = [
    ...(topic === '' ? [] : [sql`topic = ${topic}`]),
    ...(level === '' ? [] : [sql`level = ${level}`]),
    ...(language === '' ? [] : [sql`${language} = any(languages)`]),
  ];
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** As kept at publication: each course once, in whatever language it is listed. */
function counted(db: Kysely<Database>, filter: CatalogueFilter) {
  return db
    .selectFrom('catalogue_counts')
    .where(isChosen(filter))
    .select(({ fn }) => fn.sum<number>('courses').as('count'));
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Begun is enough: it is asked for once. */
const tookPreTest = sql<boolean>`exists (
  select from attempts join items as tried on tried.id = attempts.item_id
  where attempts.enrolment_id = enrolments.id and tried.quiz ->> 'role' = 'pre-test'
)`;

const courseBySlug = gathered({ person: 'uuid', slug: 'text' }, (db, { person, slug }) =>
  readableCourses(db, person)
    .innerJoin('course_versions', (join) => join.on('course_versions.id', '=', versionRead))
    .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
    .innerJoin('organisations as owner', 'owner.id', 'courses.owner_organisation_id')
    .where('courses.slug', '=', slug)
    .select(['courses.id', 'courses.slug', 'course_versions.id as version_id', 'enrolments.id as enrolment_id'])
    .select(['provider.name as provider_name', 'provider.code as provider_code', doneItems.as('done')])
    .select(tookPreTest.as('took_pre_test'))
    .select(publicAnnouncements(sql`courses.id`).as('announced'))
    .select(({ ref }) =>
      holdsRole({ id: sql<string>`${person}` }, ['author', 'manager'], ref('owner.path')).as('may_export'),
    )
    .select((eb) =>
      eb
        .selectFrom('version_books')
        .innerJoin('files', 'files.hash', 'version_books.hash')
        .where('version_books.version_id', '=', versionRead)
        .select(sql<Record<string, number> | null>`jsonb_object_agg(language, bytes)`.as('bytes'))
        .as('books'),
    )
    .select(readsStatistics({ id: sql<string>`${person}` }).as('reads_statistics'))
    .select(['courses.current_version_id as newest_id', hasStayed.as('has_stayed')])
    .select(
      sql<boolean>`exists (select from closed_versions where version_id = courses.current_version_id)`.as('is_closed'),
    )
    .select((eb) =>
      eb
        .selectFrom('certificates')
        .whereRef('certificates.enrolment_id', '=', 'enrolments.id')
        .where('successor_id', 'is', null)
        .select('code')
        .limit(1)
        .as('certificate_code'),
    ),
);

/** All that the course page says. */
export async function findCourse(
  db: Kysely<Database>,
  person: { id: string } | null,
  slug: string,
  language: Language,
) {
  const course = await courseBySlug(db, { person: person?.id ?? null, slug });
  if (course === undefined) return undefined;
  const { done, newest_id, has_stayed, ...facts } = course;
  const versions = await listVersions(db, [course.version_id, newest_id ?? course.version_id], language);
  const version = versions.get(course.version_id);
  if (version === undefined) throw new Error(`no version ${course.version_id}`);
  const move = moveOffer(version.items, versions.get(newest_id ?? '')?.items ?? version.items, {
    done,
    has_certificate: course.certificate_code !== null,
    has_stayed,
    is_newest: course.version_id === newest_id,
  });
  return { ...version, version: version.number, ...facts, items: withDone(version.items, done), move };
}

/** The items of a version as one person sees them. */
export function withDone(items: readonly VersionItem[], done: string[]) {
  return items.map((item) => ({ ...item, done: done.includes(item.id) }));
}

type PictureValues = Placeholders<{ person: string | null; slug: string; hash: string; is_helper: boolean }>;

const pictureByHash = prepared((db, { person, slug, hash, is_helper }: PictureValues) =>
  readableCourses(db, person)
    .innerJoin('version_pictures', (join) => join.on('version_pictures.version_id', '=', versionRead))
    .innerJoin('files', 'files.hash', 'version_pictures.hash')
    .leftJoin('items', 'items.id', 'version_pictures.item_id')
    .where('courses.slug', '=', slug)
    .where('files.hash', 'like', sql<string>`${hash} || '%'`)
    .where((eb) =>
      eb.or([
        eb('items.id', 'is', null),
        eb('items.open', '=', true),
        eb('enrolments.id', 'is not', null),
        sql<boolean>`${is_helper}::boolean`,
      ]),
    )
    .select(['files.hash', 'media_type']),
);

/** A picture's hash and type, if it stands on a page of the course that the person may read. */
export async function findPicture(db: Kysely<Database>, person: Person | null, slug: string, hash: string) {
  const is_helper = person !== null && isHelper(person);
  const [picture] = await pictureByHash(db, { person: person?.id ?? null, slug, hash, is_helper });
  return picture;
}
