import { wordsOf } from '../../../server/courses/reading-ease.ts';
import type { Option, Question } from '../../../server/quizzes/question.ts';
import { type Course, type Quiz, type Told, toldAt } from './course.ts';
import { wordsAsked } from './questions.ts';
import { thresholds } from './thresholds.ts';

type Choice = Extract<Question, { type: 'choice' }>;

/** What lets somebody pass who has learnt nothing. */
export function giveawayFaults({ languages, quizzes }: Course): Told[] {
  return [
    ...quizzes.flatMap((quiz) => [
      ...quiz.questions.flatMap((question) => toldAt(quiz, question, lengthFaults(question))),
      ...toldAt(quiz, quiz.questions[0], [...longestFaults(quiz), ...positionFaults(quiz.questions)]),
      ...neighbourFaults(quiz),
    ]),
    ...languages.flatMap((language) => habitFaults(quizzes.filter((quiz) => quiz.language === language))),
  ];
}

/** What is even in each quiz may still lean to one side over all of them. */
function habitFaults(quizzes: Quiz[]): Told[] {
  const [last] = quizzes.slice(-1);
  const questions = quizzes.flatMap((quiz) => quiz.questions);
  if (last === undefined) return [];
  return [...positionFaults(questions), ...truefalseFaults(questions)].map((words) => ({
    path: last.path,
    line: 1,
    words: `over the whole course ${words}`,
  }));
}

/** Right answers do not stand out by their length, neither way. */
function lengthFaults(question: Question): string[] {
  if (question.type === 'choices') {
    const [right, wrong] = [question.options.filter(isRight), question.options.filter((option) => !isRight(option))];
    const [one, other] = [meanLength(right), meanLength(wrong)];
    return standsOut(one, other) || standsOut(other, one)
      ? [`right answers have ${one.toFixed(0)} characters on average, wrong ones ${other.toFixed(0)}`]
      : [];
  }
  if (question.type !== 'choice') return [];
  const right = question.options[rightOf(question)]?.text.length ?? 0;
  const others = question.options.filter((option) => !isRight(option)).map(({ text }) => text.length);
  const [longest, shortest] = [Math.max(...others), Math.min(...others)];
  if (standsOut(right, longest)) return [`the right answer has ${right} characters, the longest other one ${longest}`];
  return standsOut(shortest, right)
    ? [`the right answer has ${right} characters, the shortest other one ${shortest}`]
    : [];
}

function standsOut(long: number, short: number): boolean {
  const { mostTimesTheOthers, leastDifference } = thresholds.options;
  return long > short * mostTimesTheOthers && long - short > leastDifference;
}

function meanLength(options: Option[]): number {
  return options.reduce((sum, { text }) => sum + text.length, 0) / Math.max(1, options.length);
}

function longestFaults({ questions }: Quiz): string[] {
  const choices = choicesOf(questions);
  const { leastQuestions } = thresholds.positions;
  const longest = choices.filter((choice) => {
    const right = choice.options[rightOf(choice)];
    return choice.options.every((option) => option === right || option.text.length < (right?.text.length ?? 0));
  });
  const isMany = choices.length >= leastQuestions && longest.length > choices.length * thresholds.shareOfLongestRight;
  return isMany ? [`the longest answer is the right one in ${longest.length} of ${choices.length} questions`] : [];
}

function positionFaults(questions: Question[]): string[] {
  const choices = choicesOf(questions);
  const { leastQuestions, mostShare } = thresholds.positions;
  if (choices.length < leastQuestions) return [];
  return [...Map.groupBy(choices, rightOf)]
    .filter(([, found]) => found.length > choices.length * mostShare)
    .map(([place, found]) => `answer ${place + 1} is the right one in ${found.length} of ${choices.length} questions`);
}

function truefalseFaults(questions: Question[]): string[] {
  const statements = questions.filter((question) => question.type === 'truefalse');
  const { leastQuestions, mostShare } = thresholds.truefalse;
  if (statements.length < leastQuestions) return [];
  return [...Map.groupBy(statements, ({ correct }) => correct)]
    .filter(([, found]) => found.length > statements.length * mostShare)
    .map(([correct, found]) => `“${correct}” is right in ${found.length} of ${statements.length} questions`);
}

/** The telling words of a right answer stand in another question: one only has to look there. */
function neighbourFaults(quiz: Quiz): Told[] {
  const { questions } = quiz;
  const { leastWords, mostQuestions, share } = thresholds.neighbours;
  const texts = questions.map((question) => setOf(wordsAsked(question).join(' ')));
  const isRare = (word: string) => texts.filter((words) => words.has(word)).length <= mostQuestions;
  return questions.flatMap((question, index) => {
    const words = tellingWords(question).filter(isRare);
    const tells = (other: Question, text: Set<string>) =>
      says(other, typedAnswer(question)) ||
      (words.length >= leastWords && words.filter((word) => text.has(word)).length >= words.length * share);
    const found = questions.find((other, place) => place !== index && tells(other, texts[place] ?? new Set()));
    const answer = typedAnswer(question) || words.join(', ');
    const told = `the question in line ${found?.line} says the right answer: ${answer}`;
    return found ? toldAt(quiz, question, [told]) : [];
  });
}

/** Words of the right answer that stand neither in the question nor in a wrong answer. */
function tellingWords(question: Question): string[] {
  if (question.type !== 'choice') return [];
  const [right, wrong] = [question.options.filter(isRight), question.options.filter((option) => !isRight(option))];
  const known = setOf([question.text, ...wrong.map(({ text }) => text)].join(' '));
  return [...setOf(right.map(({ text }) => text).join(' '))].filter((word) => !known.has(word));
}

/** The first that is accepted, without the asterisks that stand for any words; empty for what is not typed. */
function typedAnswer(question: Question): string {
  return question.type === 'short' ? (question.answers[0]?.text.replaceAll('*', ' ').trim() ?? '') : '';
}

function says(question: Question, answer: string): boolean {
  const plain = (text: string) => ` ${wordsOf(text.toLowerCase()).join(' ')} `;
  return answer !== '' && plain(wordsAsked(question).join(' ')).includes(plain(answer));
}

function setOf(text: string): Set<string> {
  return new Set(wordsOf(text).map((word) => word.toLowerCase().replace(/[.,]$/, '')));
}

/** Of two answers one cannot be even about positions. */
function choicesOf(questions: Question[]): Choice[] {
  return questions.filter((question) => question.type === 'choice').filter(({ options }) => options.length > 2);
}

function rightOf({ options }: Choice): number {
  return options.findIndex(({ weight }) => weight === 100);
}

function isRight({ weight }: Option): boolean {
  return weight > 0;
}
