import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../../database/connection.ts';
import { type BankText, bankText, type Entry, keyOfContent, questionOf } from '../entry.ts';
import { textsOf } from '../queries.ts';
import { keepUses, listUsesIn } from '../uses/queries.ts';

type Quiz = { slug: string; item_key: string };
type Known = { id: string; key: string; tags: string[]; texts: BankText[] };

/**
 * Questions come into a bank. What is there already stays as it is and gets the languages that it lacks; another question under an id that
 * is taken gets one of its own. Sent twice they come once.
 * @param quiz that they stand in
 * @returns how many are there now that were not, and how many no file could say
 */
export async function bringEntries(
  trx: Transaction<Database>,
  organisation: { id: string },
  entries: Entry[],
  author: { id: string },
  quiz: Quiz | null = null,
): Promise<{ added: number; refused: number; ids: string[] }> {
  // Two who bring the same questions come one after the other.
  await trx.selectFrom('organisations').select('id').where('id', '=', organisation.id).forNoKeyUpdate().execute();
  const uses = quiz ? await listUsesIn(trx, quiz, quiz.item_key) : [];
  const bank = await listKnown(trx, organisation, entries, uses);
  const made: (Known & { isNew: boolean; added: BankText[] })[] = [];
  const stands: { question_id: string; question_key: string }[] = [];
  let refused = 0;
  for (const entry of entries) {
    const known = bank.find((one) => isIt(one, entry, uses));
    const isFree = entry.key !== null && !bank.some(({ key }) => key === entry.key);
    const key = known?.key ?? (isFree ? (entry.key ?? '') : keyOfContent(entry));
    const tags = known?.tags ?? entry.tags;
    const texts = [...entry.byLanguage].map(([language, question]) => bankText(language, question, key, tags));
    const sound = texts.filter((text) => text !== null);
    if (sound.length < texts.length || (!known && bank.some((one) => one.key === key))) {
      refused += 1;
      continue;
    }
    const added = sound.filter(({ language }) => !known?.texts.some((text) => text.language === language));
    const question = known ?? { id: newId(), key, tags, texts: sound };
    if (!known) bank.push(question);
    made.push({ ...question, isNew: known === undefined, added });
    if (entry.key !== null) stands.push({ question_id: question.id, question_key: entry.key });
  }
  await write(trx, organisation, made, author);
  if (quiz)
    await keepUses(
      trx,
      uniqueUses(stands).map((one) => ({ ...one, ...quiz })),
    );
  return { added: made.filter(({ isNew }) => isNew).length, refused, ids: made.map(({ id }) => id) };
}

async function listKnown(
  trx: Transaction<Database>,
  { id }: { id: string },
  entries: Entry[],
  uses: { question_id: string }[],
): Promise<Known[]> {
  const keys = entries.flatMap((entry) => [...(entry.key === null ? [] : [entry.key]), keyOfContent(entry)]);
  const ids = uses.map(({ question_id }) => question_id);
  return trx
    .selectFrom('bank_questions')
    .where('organisation_id', '=', id)
    .where(({ eb, or, fn, val }) => or([eb('key', '=', fn.any(val(keys))), eb('id', '=', fn.any(val(ids)))]))
    .select((eb) => ['id', 'key', 'tags', textsOf(eb).as('texts')])
    .execute();
}

/** It was here before, from that quiz or under that id. Ids such as q01 are given in many quizzes: what it says must be the same, too. */
function isIt(known: Known, entry: Entry, uses: { question_id: string; question_key: string }[]): boolean {
  if (uses.some((use) => use.question_id === known.id && use.question_key === entry.key)) return true;
  if (known.key !== entry.key && known.key !== keyOfContent(entry)) return false;
  const shared = known.texts.filter(({ language }) => entry.byLanguage.has(language));
  const isLike = (text: BankText) => {
    const [one, other] = [questionOf(text), entry.byLanguage.get(text.language)];
    return one?.type === other?.type && one?.text === other?.text;
  };
  const [first] = known.texts;
  const [question] = entry.byLanguage.values();
  return shared.length > 0 ? shared.some(isLike) : first !== undefined && questionOf(first)?.type === question?.type;
}

async function write(
  trx: Transaction<Database>,
  organisation: { id: string },
  made: (Known & { isNew: boolean; added: BankText[] })[],
  author: { id: string },
): Promise<void> {
  const by = { made_by_id: author.id, changed_by_id: author.id };
  const fresh = made.filter(({ isNew }) => isNew);
  if (fresh.length > 0)
    await trx
      .insertInto('bank_questions')
      .values(fresh.map(({ id, key, tags }) => ({ id, key, tags, organisation_id: organisation.id, ...by })))
      .execute();
  const texts = made.flatMap(({ id, added }) => added.map((text) => ({ question_id: id, ...text })));
  if (texts.length > 0)
    await trx
      .insertInto('bank_texts')
      .values(texts)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const again = made.filter(({ isNew }) => !isNew).map(({ id }) => id);
  // What was taken out is back; a form that is open has not seen the new languages.
  await trx
    .updateTable('bank_questions')
    .set((eb) => ({ taken_out_at: null, revision: eb('revision', '+', 1), changed_at: sql`now()` }))
    .where('id', '=', ({ fn, val }) => fn.any(val(again)))
    .where(({ eb, or, fn, val }) =>
      or([eb('taken_out_at', 'is not', null), eb('id', '=', fn.any(val(texts.map(({ question_id }) => question_id))))]),
    )
    .execute();
}

function uniqueUses<Use extends { question_id: string }>(uses: Use[]): Use[] {
  return [...new Map(uses.map((use) => [use.question_id, use])).values()];
}
