import type { Course, Glossary, Told } from './course.ts';
import { withoutCode, wordsAsked } from './questions.ts';
import { thresholds } from './thresholds.ts';

/** The reader of packages explains a term where a lesson first has it; here, that this is early enough, and the same in all languages. */
export function glossaryFaults(course: Course): Told[] {
  const [first, ...others] = course.glossaries;
  return [
    ...(course.isIntroduction ? [] : course.glossaries.flatMap(lengthFaults)),
    ...others.flatMap((glossary) => (first ? lessonFaults(glossary, first) : [])),
    ...course.glossaries.flatMap((glossary) => quizFaults(glossary, course)),
  ];
}

function lengthFaults({ path, terms }: Glossary): Told[] {
  const { leastTerms } = thresholds;
  return terms.length < leastTerms ? [{ path, line: 1, words: `${terms.length} terms: at least ${leastTerms}` }] : [];
}

/** A term that one language explains later has been used before without a word. */
function lessonFaults({ path, terms }: Glossary, original: Glossary): Told[] {
  return terms.flatMap(({ line, term, lesson }, position) => {
    const other = original.terms[position]?.lesson;
    if (other === lesson) return [];
    return [{ path, line, words: `“${term}” is explained in ${lesson}, in ${original.language} in ${other}` }];
  });
}

function quizFaults({ language, path, terms }: Glossary, { items, quizzes }: Course): Told[] {
  return terms.flatMap(({ line, term, forms, lesson }) => {
    const before = items.slice(
      0,
      items.findIndex(({ key }) => key === lesson),
    );
    const quiz = quizzes.find(
      (quiz) =>
        quiz.language === language &&
        before.some(({ key }) => key === quiz.key) &&
        quiz.questions.flatMap(wordsAsked).some((text) => forms.some((form) => has(withoutCode(text), form))),
    );
    return quiz
      ? [{ path, line, words: `“${term}” is asked about in ${quiz.key} and explained later, in ${lesson}` }]
      : [];
  });
}

function has(text: string, form: string): boolean {
  const words = ` ${
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}-]+/gu)
      ?.join(' ') ?? ''
  } `;
  return words.includes(` ${form} `);
}
