import { createHash } from 'node:crypto';
import { isSameQuestion } from '../../quizzes/gift-edit.ts';
import { readGift } from '../../quizzes/gift-read.ts';
import { writeGift } from '../../quizzes/gift-write.ts';
import type { Question } from '../../quizzes/question.ts';

/** A question of a bank in one language, as it is kept. */
export interface BankText {
  language: string;
  /** This one question in GIFT, with its id and its tags. */
  gift: string;
  /** What it is found by. */
  words: string;
}

/** A question that comes into a bank, in the languages that it has. */
export interface Entry {
  /** null: it has no id yet */
  key: string | null;
  tags: string[];
  byLanguage: Map<string, Question>;
}

/** Questions of one quiz, paired by their ids. What has no id is a question of its own. */
export function entriesOf(byLanguage: Map<string, Question[]>): Entry[] {
  const entries: Entry[] = [];
  for (const [language, questions] of byLanguage) {
    for (const question of questions) {
      const { key, tags } = question;
      const known = key === null ? undefined : entries.find((entry) => entry.key === key);
      if (known) known.byLanguage.set(language, question);
      else entries.push({ key, tags: bankTags(tags), byLanguage: new Map([[language, question]]) });
    }
  }
  return entries;
}

/** A lesson to read again is one of a course, and a bank is for many. */
export function bankTags(tags: string[]): string[] {
  return [...new Set(tags.filter((tag) => !tag.startsWith('lesson:')))];
}

/** A text that belongs to the questions after it, and a question with a picture of its course, mean nothing by themselves. */
export function isForBanks({ byLanguage }: Entry): boolean {
  return [...byLanguage.values()].every(
    (question) => question.type !== 'description' && !writeGift([question]).includes('../images/'),
  );
}

/** @returns null for what no file can say */
export function bankText(language: string, question: Question, key: string, tags: string[]): BankText | null {
  const whole = { ...question, key, tags };
  const gift = writeGift([whole]);
  const { questions, faults } = readGift(gift);
  const [again] = questions;
  if (faults.length > 0 || questions.length !== 1 || !again || !isSameQuestion(again, whole)) return null;
  return gift.length > 100_000 ? null : { language, gift, words: wordsOf(whole) };
}

/** @returns null where it cannot be read, which a bank does not take */
export function questionOf({ gift }: Pick<BankText, 'gift'>): Question | null {
  return readGift(gift).questions[0] ?? null;
}

function wordsOf(question: Question): string {
  const { title, text, tags } = question;
  const after = 'after' in question ? question.after : null;
  return [title, text, after, ...tags].filter(Boolean).join('\n');
}

/** Out of what it says, so that the same question coming again gets the same one. */
export function keyOfContent({ byLanguage }: Entry): string {
  const [first] = byLanguage.values();
  const gift = first ? writeGift([{ ...first, key: null, tags: [] }]) : '';
  return `q${createHash('sha256').update(gift).digest('hex').slice(0, 8)}`;
}

/** As many of these as are asked for, by chance; the same seed draws the same ones. */
export function drawn<Q extends { id: string }>(questions: Q[], count: number, seed: string): Q[] {
  const place = ({ id }: Q) => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  return questions
    .map((question) => ({ question, at: place(question) }))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
    .slice(0, count)
    .map(({ question }) => question);
}
