import { blankSign, type QuestionOf } from '../quizzes/question.ts';
import { element, given, plain } from './qti-markup.ts';
import { xml } from './xml.ts';

/** As Canvas writes it: each blank has a name in brackets in the text, and a list of answers under that name. */
export function namedGaps(html: string): string {
  let number = 0;
  return html.replaceAll(blankSign, () => {
    number += 1;
    return `[blank${number}]`;
  });
}

/** @returns null where something else than words is typed, or some are typed and others picked: Canvas has no word for that */
export function gaps({ blanks }: QuestionOf<'cloze'>, tell: (loss: 'out_weights' | 'out_gaps') => void) {
  const isPicked = blanks.every(({ kind }) => kind === 'select');
  const isTyped = blanks.every(
    ({ kind, answers }) => kind === 'short' && answers.every((one) => 'text' in one && !/(?<!\\)\*/.test(one.text)),
  );
  if (!isPicked && !isTyped) return null;
  const total = blanks.reduce((sum, { share }) => sum + share, 0);
  const all = blanks.map(({ share, answers }, blank) => {
    const own = `response_blank${blank + 1}`;
    const kept = answers.flatMap((one) => ('text' in one && (isPicked || one.weight === 100) ? [one] : []));
    if (answers.some(({ weight }) => weight > 0 && weight < 100)) tell('out_weights');
    if (answers.some(({ feedback }) => feedback !== null) || kept.length < answers.length) tell('out_gaps');
    const labels = kept.map(({ text }, index) =>
      xml('response_label', { ident: `${own}_${index + 1}` }, plain(isTyped ? text.replaceAll('\\*', '*') : text)),
    );
    const points = Math.round((1e7 * share) / total) / 1e5;
    return {
      response: xml('response_lid', { ident: own }, plain(`blank${blank + 1}`), xml('render_choice', {}, ...labels)),
      rules: kept.flatMap(({ weight }, index) =>
        weight === 100 ? [given(element('varequal', `${own}_${index + 1}`, own), points, 'Add')] : [],
      ),
    };
  });
  return {
    type: isPicked ? 'multiple_dropdowns_question' : 'fill_in_multiple_blanks_question',
    ...{ fields: [], says: [] },
    responses: all.map(({ response }) => response),
    rules: all.flatMap(({ rules }) => rules),
  };
}
