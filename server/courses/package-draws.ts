import { type Draw, questionDrawFaults, smallPools } from '../quizzes/draw.ts';
import { type Desk, fileOf, tell } from './package-desk.ts';
import type { QuizText } from './package-quizzes.ts';
import type { ItemSettings } from './package-settings.ts';

/** What is wrong with the draws of a quiz. The tags of the original count: languages pair questions by id. */
export function tellDraws(desk: Desk, item: ItemSettings, texts: Record<string, QuizText>): void {
  const draws = item.kind === 'quiz' ? item.quiz.draw : undefined;
  const [language = ''] = desk.outline.languages;
  const outline = desk.outline.items.find(({ key }) => key === item.key);
  const original = texts[language];
  if (draws === undefined || outline === undefined || original === undefined) return;
  for (const { number, ...values } of smallPools(original.questions, draws)) {
    const line = outline.drawLines?.[number - 1] ?? outline.line;
    tell(desk, 'course.yaml', { line, code: 'draw_too_few', values: { ...values, what: wordsOf(draws[number - 1]) } });
  }
  for (const fault of questionDrawFaults(original.questions, draws))
    tell(desk, `${language}/${fileOf(outline)}`, fault);
}

/** As it is written in course.yaml. */
function wordsOf({ tag, level, count }: Draw = { count: 0 }): string {
  const parts = [
    tag === undefined ? [] : `tag: ${tag}`,
    level === undefined ? [] : `level: ${level}`,
    `count: ${count}`,
  ];
  return parts.flat().join(', ');
}
