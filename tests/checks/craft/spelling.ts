import { searchForm } from '../../../server/platform/text.ts';
import type { Course, Told } from './course.ts';
import { withoutCode, wordsShown } from './questions.ts';

/** How a language writes dates and numbers, as what it does not write. What is code is left alone. */
const wrong: Record<string, [pattern: RegExp, words: string][]> = {
  vi: [
    [/\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}-\d{1,2}-\d{4}\b/u, 'a date is written dd/mm/yyyy'],
    [/(?<![\d/])(?:\d\/\d{1,2}|\d{2}\/\d)\/\d{4}\b/u, 'day and month have two digits: 01/05/2026'],
    [/(?<![\p{L}\d.,-])\d{1,3}(?:,\d{3})+(?![\d,])/u, 'a point parts thousands: 1.234'],
    [/(?<![\p{L}\d.,:-])\d+\.\d{1,2}(?![\d.,]|\p{L})/u, 'a comma stands before decimals: 1,5'],
  ],
  en: [
    [/\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}-\d{1,2}-\d{4}\b/u, 'a date is written 22 November 2026 or 22/11/2026'],
    [/(?<![\p{L}\d.,-])\d{1,3}(?:\.\d{3})+(?![\d.])/u, 'a comma parts thousands: 1,234'],
    [/(?<![\p{L}\d.,-])\d+,\d{1,2}(?![\d,])/u, 'a point stands before decimals: 1.5'],
  ],
};

/** Numbers of versions, laws, frameworks and addresses are names, and are written as they are. */
const names =
  /(?:DigComp|[Vv]ersion|[Pp]hiên bản|bản|Android|iOS|Windows|Python|Git|ISO|TLS|Wi-Fi|khung|mã|code)\s+[\d.,]+|\d+\.\d+\.\d+\.\d+|\d+\.\d+\.\d+\b/gu;

export function spellingFaults({ texts, quizzes }: Course): Told[] {
  const inTexts = texts.flatMap(({ language, path, blocks }) =>
    blocks.flatMap(({ line, prose, links }) => [
      ...wordFaults(prose, language).map((words) => ({ path, line, words })),
      ...links
        .filter((link) => /^http:/i.test(link))
        .map((link) => ({ path, line, words: `${link}: links go to https` })),
    ]),
  );
  const inQuizzes = quizzes.flatMap(({ language, path, questions }) =>
    questions.flatMap((question) =>
      wordsShown(question).flatMap((text) =>
        wordFaults(withoutCode(text), language).map((words) => ({ path, line: question.line, words })),
      ),
    ),
  );
  return [...inTexts, ...inQuizzes];
}

function wordFaults(text: string, language: string): string[] {
  const plain = text.replace(names, '');
  const found = (wrong[language] ?? []).flatMap(([pattern, words]) => {
    const match = pattern.exec(plain)?.[0];
    return match === undefined ? [] : [`${match}: ${words}`];
  });
  const bare = /\bhttps?:\/\/\S+/i.exec(plain)?.[0];
  if (bare !== undefined) found.push(`${bare}: an address is a link, or code where it is only shown`);
  const old = language === 'vi' ? oldSpelling(text) : undefined;
  return old === undefined ? found : [...found, `${old}: the tone mark stands as in hoà, khoá, thuỷ`];
}

function oldSpelling(text: string): string | undefined {
  return text
    .normalize('NFC')
    .match(/\p{L}+/gu)
    ?.find((word) => searchForm(word) !== word.toLowerCase());
}
