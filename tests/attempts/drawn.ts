import type { Files } from '../courses/folder.ts';
import { courseYaml } from '../support/small-course.ts';

const kinds = [
  { tags: '[tag:lesson:first] [tag:may] [tag:level:1]', words: { vi: 'Câu-dễ', en: 'Easy' }, count: 5 },
  { tags: '[tag:may] [tag:level:2]', words: { vi: 'Câu-khó', en: 'Hard' }, count: 3 },
  { tags: '[tag:mạng]', words: { vi: 'Câu-mạng', en: 'Network' }, count: 4 },
];

function bank(language: 'vi' | 'en'): string {
  const questions = kinds.flatMap(({ tags, words, count }, kind) =>
    Array.from({ length: count }, (_, index) => {
      const number = 10 * kind + index + 1;
      return `// [id:q${number}] ${tags}\n::${number}::[markdown]${words[language]} ${number} là đúng.{TRUE}\n`;
    }),
  );
  const introduction = '// [id:intro]\n::Đọc::[markdown]Đọc đoạn này trước câu 1.\n';
  return ['$CATEGORY: Kho\n', introduction, ...questions].join('\n');
}

/** The small course, whose final quiz draws five questions out of twelve: two easy ones, a hard one, and two of another kind. */
export const drawn: Files = {
  'course.yaml': courseYaml({ attempts: null }).replace(
    'minutes: 6,',
    'minutes: 6, draw: [{ tag: may, level: 1, count: 2 }, { level: 2, count: 1 }, { tag: mạng, count: 2 }],',
  ),
  'vi/final.gift': bank('vi'),
  'en/final.gift': bank('en'),
};

/** How many of these words are of a kind. */
export function isAbout(words: string[], kind: string): number {
  return words.filter((one) => one.includes(`Câu-${kind} `)).length;
}
