import type { VersionTask } from '../versions/reading.ts';
import type { AssignmentSettings } from './rubric.ts';

/** An assignment in one language. */
export interface Task {
  title: string;
  html: string;
  language: string;
  settings: AssignmentSettings;
  criteria: TaskCriterion[];
}

export interface TaskCriterion {
  id: string;
  title: string;
  /** From the best down. */
  levels: { points: number; text: string }[];
  points: number[];
}

/** In the reader's language where it has it, else in the one it was written in first. */
export function taskIn({ settings, texts, criteria }: VersionTask, wanted: string): Task {
  const text = texts.find(({ language }) => language === wanted) ?? texts[0];
  const { language = wanted, title = '', html = '' } = text ?? {};
  return {
    ...{ title, html, language, settings },
    criteria: criteria.map(({ id, points, texts: named }) => {
      const words = named.find((one) => one.language === language);
      const levels = points.map((each, index) => ({ points: each, text: words?.levels[index] ?? '' }));
      return { id, points, title: words?.title ?? '', levels };
    }),
  };
}
