import { type Desk, fileOf, tell } from './package-desk.ts';
import type { QuizText } from './package-quizzes.ts';
import type { ItemSettings } from './package-settings.ts';

/** An essay would keep somebody busy with what counts for nothing, and its learner waiting for a score. */
export function tellPreTestEssays(desk: Desk, item: ItemSettings, texts: Record<string, QuizText>): void {
  const [language = ''] = desk.outline.languages;
  const outline = desk.outline.items.find(({ key }) => key === item.key);
  if (item.kind !== 'quiz' || item.quiz.role !== 'pre-test' || outline === undefined) return;
  for (const { type, line, key } of texts[language]?.questions ?? [])
    if (type === 'essay')
      tell(desk, `${language}/${fileOf(outline)}`, { line, code: 'pre_test_essay', values: { id: key ?? '' } });
}
