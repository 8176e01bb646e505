import { quizTitle } from '../courses/package-quizzes.ts';
import { partFrontMatter } from '../courses/package-texts.ts';
import { isRecord } from '../courses/yaml.ts';
import { cleanLine } from '../platform/text.ts';
import { readGift } from '../quizzes/gift-read.ts';

/** What a text is called, as far as it says so. */
export function titleOf(path: string, text: string): string {
  if (path.endsWith('.gift')) return quizTitle(readGift(text).categories);
  if (path.endsWith('/course.md')) {
    const value = partFrontMatter(text).front?.value;
    return isRecord(value) && typeof value.title === 'string' ? cleanLine(value.title) : '';
  }
  return cleanLine(/^# +(.*)$/m.exec(text)?.[1] ?? '');
}
