import { decodeText } from '../quizzes/gift-read.ts';
import type { Question } from '../quizzes/question.ts';
import { type Draft, type DraftQuestion, emptyDraft, leftOut } from './draft.ts';
import { nameOfFile } from './gift.ts';
import { itemsOf } from './sets.ts';

interface Begun {
  line: number;
  text: string[];
  options: { letter: string; text: string }[];
}

/** Aiken: a question, its options as `A) …` or `A. …`, and `ANSWER: A`. What is none is told by line, and the next one read. */
export function readAiken(content: Uint8Array, place: string): Draft {
  const draft = emptyDraft(nameOfFile(place));
  const questions: DraftQuestion[] = [];
  let begun: Begun | null = null;
  const tell = (line: number, code: string) =>
    draft.notes.push(leftOut('question', `${place}:${line}`, code, { type: 'aiken' }));
  const lines = decodeText(content).replace(/\r\n?/g, '\n').split('\n');
  for (const [index, source] of lines.entries()) {
    const text = source.trim();
    const option = /^([A-Z])[).]\s*(.+)$/.exec(text);
    const answer = /^ANSWER:\s*([A-Z])?/.exec(text);
    if (text === '') continue;
    if (answer) {
      const question = begun && asQuestion(begun, answer[1] ?? '');
      if (begun === null) tell(index + 1, 'aiken_not_begun');
      else if (question === null || question === undefined)
        tell(index + 1, begun.options.length < 2 ? 'aiken_few_options' : 'aiken_no_answer');
      else questions.push({ question, type: 'aiken', place: `${place}:${begun.line}` });
      begun = null;
    } else if (option) {
      if (begun === null) tell(index + 1, 'aiken_not_begun');
      else begun.options.push({ letter: option[1] ?? '', text: option[2] ?? '' });
    } else {
      if (begun !== null && begun.options.length > 0) {
        tell(index + 1, 'aiken_not_ended');
        begun = null;
      }
      begun ??= { line: index + 1, text: [], options: [] };
      begun.text.push(text);
    }
  }
  if (begun !== null) tell(lines.length, 'aiken_not_ended');
  draft.items = itemsOf({ id: place, section: null, title: draft.title ?? '', place, questions }, draft.notes);
  return draft;
}

function asQuestion({ line, text, options }: Begun, right: string): Question | null {
  if (options.length < 2 || !options.some(({ letter }) => letter === right)) return null;
  return {
    type: 'choice',
    ...{ key: null, title: null, format: 'plain', text: text.join(' '), generalFeedback: null, tags: [], line },
    after: null,
    options: options.map((option) => ({
      text: option.text,
      weight: option.letter === right ? 100 : 0,
      feedback: null,
    })),
  };
}
