import { withQuestionAdded } from '../../../quizzes/gift-edit.ts';
import { readGiftPlaces } from '../../../quizzes/gift-read.ts';
import type { Question } from '../../../quizzes/question.ts';
import { type BankText, keyOfContent, questionOf } from '../entry.ts';

export interface Taken {
  id: string;
  key: string;
  texts: BankText[];
}

export interface Use {
  question_id: string;
  question_key: string;
}

/** A quiz with what it gets from a bank. */
export interface Copied {
  /** By language: those that have changed. */
  contents: Map<string, string>;
  /** Under which id each stands there now, those too that did before. */
  uses: Use[];
  added: number;
  /** What a file cannot say beside what is there. */
  refused: number;
}

/**
 * Copies questions behind those of a quiz, in each language that both have. One that stands there already is not doubled.
 * @param sources the quiz's files by language
 * @param known what the quiz has from banks by record
 */
export function withTaken(sources: Map<string, string>, taken: Taken[], known: Use[]): Copied {
  const contents = new Map(sources);
  const there = [...sources].flatMap(([language, source]) =>
    readGiftPlaces(source).places.flatMap(({ question }) => (question?.key ? [{ language, question }] : [])),
  );
  const has = (key: string) => there.some(({ question }) => question.key === key);
  const result: Copied = { contents: new Map(), uses: [], added: 0, refused: 0 };
  for (const one of taken) {
    const byLanguage = new Map(
      one.texts.flatMap((text) => {
        const question = questionOf(text);
        return question ? [[text.language, question] as const] : [];
      }),
    );
    const before = keyThere(one, byLanguage, there, known);
    if (before !== null) {
      result.uses.push({ question_id: one.id, question_key: before });
      continue;
    }
    const key = has(one.key) ? keyOfContent({ key: null, tags: [], byLanguage }) : one.key;
    const written = [...byLanguage].flatMap(([language, question]) => {
      const source = contents.get(language);
      if (source === undefined) return [];
      const content = withQuestionAdded(source, readGiftPlaces(source).places.length, { ...question, key });
      return [{ language, content, question: { ...question, key } }];
    });
    if (written.length === 0 || written.some(({ content }) => content === null)) {
      result.refused += 1;
      continue;
    }
    for (const { language, content, question } of written) {
      contents.set(language, content ?? '');
      there.push({ language, question });
    }
    result.uses.push({ question_id: one.id, question_key: key });
    result.added += 1;
  }
  for (const [language, content] of contents)
    if (content !== sources.get(language)) result.contents.set(language, content);
  return result;
}

/** The id under which a question of a bank stands in a quiz; null where it does not. */
export function keyThere(
  { id, key }: { id: string; key: string },
  byLanguage: Map<string, Question>,
  there: { language: string; question: Question }[],
  known: Use[],
): string | null {
  const recorded = known.find(({ question_id }) => question_id === id)?.question_key;
  if (recorded !== undefined && there.some(({ question }) => question.key === recorded)) return recorded;
  const keys = [key, keyOfContent({ key: null, tags: [], byLanguage })];
  const same = there.find(({ language, question }) => {
    const own = byLanguage.get(language);
    return keys.includes(question.key ?? '') && own?.type === question.type && own.text === question.text;
  });
  return same?.question.key ?? null;
}
