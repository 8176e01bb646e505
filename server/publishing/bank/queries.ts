import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { containsFolded, searchWords } from '../../database/search.ts';
import { holdsRole } from '../../organisations/access.ts';
import { type Choice, choicesIn, choicesOf } from '../../organisations/choices/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { BankText } from './entry.ts';

type Somebody = { id: string };

export interface Filter {
  q: string;
  /** '' stands for any. */
  tag: string;
  level: string;
  /** A code; '' for all of theirs. */
  organisation: string;
  /** Words of the organisations to choose from. */
  of: string;
}

/** Only what has one of its languages can be copied into it. */
export interface BankQuiz {
  slug: string;
  item_key: string;
  languages: string[];
}

const pageSize = 20;
/** In the lists of a form. */
const mostTags = 300;

/** A page of the questions of all banks that somebody may write in, and what there is to choose them by. */
export async function getBankPage(
  db: Kysely<Database>,
  author: Somebody,
  filter: Filter,
  { isTakenOut = false, quiz = null, page }: { isTakenOut?: boolean; quiz?: BankQuiz | null; page: number },
) {
  const languages = quiz?.languages ?? null;
  const asked = { q: filter.of, chosen: filter.organisation };
  const { rows, total, tags, organisations, uses } = await db
    .selectNoFrom(({ selectFrom }) => {
      const found = selectFrom('bank_questions')
        .innerJoin('organisations', 'organisations.id', 'bank_questions.organisation_id')
        .where((eb) => matches(eb, author, filter, languages))
        .where('taken_out_at', isTakenOut ? 'is not' : 'is', null);
      return [
        jsonArrayFrom(
          found
            .select(['bank_questions.id', 'bank_questions.key', 'tags', 'organisations.name as organisation_name'])
            .select((eb) => textsOf(eb).as('texts'))
            .orderBy('bank_questions.changed_at', 'desc')
            .orderBy('bank_questions.id')
            .limit(pageSize)
            .offset((page - 1) * pageSize),
        ).as('rows'),
        found.select(({ fn }) => fn.countAll<number>().as('total')).as('total'),
        sql<string[]>`array(${selectFrom('bank_questions')
          .innerJoin('organisations', 'organisations.id', 'bank_questions.organisation_id')
          .where(({ ref }) => holdsRole(author, ['author'], ref('organisations.path')))
          .where('taken_out_at', 'is', null)
          .select(sql`unnest(tags)`.as('tag'))
          .distinct()
          .orderBy('tag')
          .limit(mostTags)})`.as('tags'),
        sql<
          Choice[]
        >`coalesce((select json_agg(choices) from (${choicesOf(author, 'author', asked)}) as choices), '[]')`.as(
          'organisations',
        ),
        jsonArrayFrom(
          selectFrom('bank_uses')
            .where('slug', '=', quiz?.slug ?? '')
            .where('item_key', '=', quiz?.item_key ?? '')
            .select(['question_id', 'question_key']),
        ).as('uses'),
      ];
    })
    .executeTakeFirstOrThrow();
  return {
    rows,
    tags,
    choices: choicesIn(organisations, asked),
    uses,
    total: Number(total ?? 0),
    pages: Math.ceil(Number(total ?? 0) / pageSize),
  };
}

export type BankPage = Awaited<ReturnType<typeof getBankPage>>;

/** Those that may be copied into a quiz, chosen one by one or by what they are. */
export async function listBankQuestions(
  db: Kysely<Database>,
  author: Somebody,
  chosen: { ids: string[] } | Filter,
  languages: string[],
) {
  return db
    .selectFrom('bank_questions')
    .innerJoin('organisations', 'organisations.id', 'bank_questions.organisation_id')
    .where((eb) =>
      'ids' in chosen
        ? eb.and([mayWrite(eb, author), eb('bank_questions.id', '=', eb.fn.any(eb.val(chosen.ids)))])
        : matches(eb, author, chosen, languages),
    )
    .where('taken_out_at', 'is', null)
    .select(['bank_questions.id', 'bank_questions.key', 'tags'])
    .select((eb) => textsOf(eb).as('texts'))
    .orderBy('bank_questions.made_at')
    .orderBy('bank_questions.id')
    .limit(5000)
    .execute();
}

/** One of a bank that somebody may write in. @throws NotFound */
export async function getBankQuestion(db: Kysely<Database>, author: Somebody, id: string) {
  const found = await db
    .selectFrom('bank_questions')
    .innerJoin('organisations', 'organisations.id', 'bank_questions.organisation_id')
    .leftJoin('person_details as writer', 'writer.person_id', 'bank_questions.changed_by_id')
    .where(hasId('bank_questions.id', id))
    .where((eb) => mayWrite(eb, author))
    .select(['bank_questions.id', 'bank_questions.key', 'tags', 'revision', 'taken_out_at', 'changed_at'])
    .select(['organisation_id', 'organisations.code as organisation_code', 'organisations.name as organisation_name'])
    .select('writer.full_name as changed_by_name')
    .select((eb) => textsOf(eb).as('texts'))
    .executeTakeFirst();
  return orNotFound(found);
}

export type BankQuestion = Awaited<ReturnType<typeof getBankQuestion>>;

/**
 * One language of a question, from the revision that the form showed, and its tags in all of them. Sent twice it is saved once.
 * @param others the texts in which only the tags change
 */
export async function saveBankText(
  trx: Transaction<Database>,
  { id }: Somebody,
  { text, others, tags, revision }: { text: BankText; others: BankText[]; tags: string[]; revision: number },
  person: Somebody,
): Promise<'saved' | 'changed'> {
  const now = await trx
    .selectFrom('bank_questions')
    .where('id', '=', id)
    .select((eb) => ['revision', 'tags', textsOf(eb).as('texts')])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const isSame =
    now.texts.some(({ language, gift }) => language === text.language && gift === text.gift) &&
    JSON.stringify(now.tags) === JSON.stringify(tags);
  if (isSame) return 'saved';
  if (now.revision !== revision) return 'changed';
  await trx
    .updateTable('bank_questions')
    .set({ tags, revision: revision + 1, changed_by_id: person.id, changed_at: sql`now()` })
    .where('id', '=', id)
    .execute();
  await trx
    .insertInto('bank_texts')
    .values([text, ...others].map((one) => ({ question_id: id, ...one })))
    .onConflict((conflict) =>
      conflict
        .columns(['question_id', 'language'])
        .doUpdateSet(({ ref }) => ({ gift: ref('excluded.gift'), words: ref('excluded.words') })),
    )
    .execute();
  return 'saved';
}

/** Out of the way, and back: quizzes that have a copy keep it. */
export async function setTakenOut(db: Kysely<Database>, { id }: Somebody, isOut: boolean, person: Somebody) {
  await db
    .updateTable('bank_questions')
    .set({ taken_out_at: isOut ? sql`now()` : null, changed_by_id: person.id, changed_at: sql`now()` })
    .where('id', '=', id)
    .where('taken_out_at', isOut ? 'is' : 'is not', null)
    .execute();
}

type InBank = ExpressionBuilder<Database, 'bank_questions' | 'organisations'>;

function mayWrite(eb: InBank, author: Somebody): Expression<SqlBool> {
  return holdsRole(author, ['author'], eb.ref('organisations.path'));
}

function matches(eb: InBank, author: Somebody, filter: Filter, languages: string[] | null): Expression<SqlBool> {
  const { q, tag, level, organisation } = filter;
  const tags = [...(tag === '' ? [] : [tag]), ...(level === '' ? [] : [`level:${level}`])];
  const text = () =>
    eb.selectFrom('bank_texts').whereRef('bank_texts.question_id', '=', 'bank_questions.id').select('language');
  return eb.and([
    mayWrite(eb, author),
    ...(organisation === '' ? [] : [eb('organisations.code', '=', organisation)]),
    ...(tags.length === 0 ? [] : [sql<SqlBool>`${eb.ref('bank_questions.tags')} @> ${tags}::text[]`]),
    ...searchWords(q).map((word) =>
      eb.exists(text().where(({ ref }) => containsFolded(ref('bank_texts.folded_words'), word))),
    ),
    ...(languages === null ? [] : [eb.exists(text().where('language', '=', ({ fn, val }) => fn.any(val(languages))))]),
  ]);
}

export function textsOf(eb: ExpressionBuilder<Database, 'bank_questions'>) {
  return jsonArrayFrom(
    eb
      .selectFrom('bank_texts')
      .whereRef('bank_texts.question_id', '=', 'bank_questions.id')
      .select(['language', 'gift', 'words'])
      // Vietnamese first, which most are written in first.
      .orderBy(sql`language <> 'vi'`)
      .orderBy('language'),
  );
}
