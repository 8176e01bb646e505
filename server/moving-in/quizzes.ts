import { writeGift } from '../quizzes/gift-write.ts';
import { isAsked, type Question } from '../quizzes/question.ts';
import { type DraftQuestion, type DraftQuiz, leftOut, type Note } from './draft.ts';
import type { Dropped } from './dropped.ts';
import type { Surroundings } from './fitting.ts';
import { most } from './limits.ts';
import { categoryLine } from './package-files.ts';
import { fitQuestion, whyNot } from './questions.ts';

export interface QuizText {
  text: string;
  lines: { line: number; id: string }[];
}

/** null where nothing has come that asks something. */
export function quizText(
  item: DraftQuiz,
  title: string,
  around: Surroundings,
  dropped: Dropped,
  notes: Note[],
): QuizText | null {
  const keys = new Set<string>();
  const came: { question: Question; source: DraftQuestion; id: string }[] = [];
  item.questions.forEach((source, position): void => {
    const id = `${item.id}#${position}`;
    const own = (values: Note['values'] = {}) => ({ type: source.type, title: nameOf(source.question), ...values });
    const question = { ...fitQuestion(source.question, around), title: source.question.title, tags: [] };
    const because = dropped.questions.get(id) ?? whyNot(question);
    if (because) {
      notes.push({ ...leftOut('question', source.place, 'faulty', own()), because });
      return;
    }
    if (came.length >= most.questionsOfAQuiz) {
      notes.push(leftOut('question', source.place, 'too_many_questions', own({ most: most.questionsOfAQuiz })));
      return;
    }
    const key = keyOf(source.question, keys, came.length + 1);
    came.push({ question: { ...question, key }, source, id });
  });
  const hasTask = came.some(({ question }) => isAsked(question));
  for (const { source } of came) {
    const values = { type: source.type, title: nameOf(source.question) };
    notes.push(
      hasTask
        ? { outcome: 'came', thing: 'question', place: source.place, code: 'came_question', values }
        : leftOut('question', source.place, 'without_task', values),
    );
  }
  if (!hasTask) return null;
  const lines: QuizText['lines'] = [];
  let text = categoryLine(title);
  for (const { question, id } of came) {
    lines.push({ line: text.split('\n').length, id });
    text += `${writeGift([question])}\n`;
  }
  notes.push({
    outcome: 'came',
    thing: 'quiz',
    place: item.place,
    code: 'came_quiz',
    values: { title, count: came.length },
  });
  return { text, lines };
}

function keyOf({ key }: Question, taken: Set<string>, number: number): string {
  const own =
    key !== null && /^[\w-]{1,40}$/.test(key) && !taken.has(key) ? key : `q${String(number).padStart(2, '0')}`;
  let free = own;
  for (let count = 2; taken.has(free); count += 1) free = `${own}-${count}`;
  taken.add(free);
  return free;
}

function nameOf({ title, text }: Question): string {
  const words = (title ?? text)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 60 ? `${[...words].slice(0, 60).join('')}…` : words;
}
