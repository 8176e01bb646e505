import type { Question } from '../quizzes/question.ts';
import { answersOf, type QtiLoss, type QtiWords } from './qti-answers.ts';
import { namedGaps } from './qti-gaps.ts';
import { equal, rich } from './qti-markup.ts';
import { xml, xmlHead } from './xml.ts';

export interface QtiItem {
  xml: string;
  losses: QtiLoss[];
}

/**
 * A question of QTI 1.2; its texts are XHTML. By the profile of Common Cartridge, or with all that Canvas, and this program, read besides it:
 * numbers, pairs, weights.
 * @returns null where that has no word for it
 */
export function qtiItem(question: Question, ident: string, isProfile: boolean, words: QtiWords): QtiItem | null {
  const losses: QtiLoss[] = [];
  const answers = answersOf(question, isProfile, words, losses);
  if (answers === null) return null;
  const blank = 'after' in question && question.after !== null ? ` _____ ${question.after}` : '';
  const says = answers.says.filter(({ html }) => html !== null && html !== '');
  // What an essay says is for whoever marks it: every system shows this to learners.
  const general = question.type === 'essay' ? null : question.generalFeedback;
  const all = xml('respcondition', { continue: 'Yes' }, xml('conditionvar', {}, xml('other', {})), shown('general_fb'));
  const conditions = [
    ...(general === null ? [] : [all]),
    ...says.map(({ to }) =>
      xml('respcondition', { continue: 'Yes' }, xml('conditionvar', {}, equal(to)), shown(`${to}_fb`)),
    ),
    ...answers.rules,
  ];
  const feedback = [...(general === null ? [] : [{ to: 'general', html: general }]), ...says].map(({ to, html }) =>
    xml('itemfeedback', { ident: `${to}_fb` }, xml('flow_mat', {}, rich(html ?? ''))),
  );
  const fields = [[isProfile ? 'cc_profile' : 'question_type', answers.type] as const, ...answers.fields];
  const outcomes = xml(
    'outcomes',
    {},
    xml('decvar', { varname: 'SCORE', vartype: 'Decimal', minvalue: 0, maxvalue: 100 }),
  );
  const item = xml(
    'item',
    { ident, title: question.title ?? 'Question' },
    xml('itemmetadata', {}, metadata(fields)),
    xml(
      'presentation',
      {},
      rich((question.type === 'cloze' ? namedGaps(question.text) : question.text) + blank),
      ...answers.responses,
    ),
    ...(conditions.length > 0 ? [xml('resprocessing', {}, outcomes, ...conditions)] : []),
    ...feedback,
  );
  return { xml: item, losses: [...new Set(losses)] };
}

/** A quiz or what of it can be said. */
export function qtiAssessment(
  { ident, title, attempts }: { ident: string; title: string; attempts: number | null },
  items: string[],
): string {
  const fields = [
    ['cc_profile', 'cc.exam.v0p1'],
    ['qmd_assessmenttype', 'Examination'],
    ['qmd_scoretype', 'Percentage'],
    ['qmd_feedbackpermitted', 'Yes'],
    // The profile counts to five.
    ['cc_maxattempts', attempts === null || attempts > 5 ? 'unlimited' : String(attempts)],
  ] as const;
  const section = xml('section', { ident: 'root_section' }, `\n${items.join('\n')}\n`);
  const assessment = xml('assessment', { ident, title }, metadata(fields), section);
  const namespaces = { xmlns: 'http://www.imsglobal.org/xsd/ims_qtiasiv1p2' };
  return `${xmlHead}${xml('questestinterop', namespaces, `\n${assessment}\n`)}\n`;
}

function shown(linkrefid: string): string {
  return xml('displayfeedback', { feedbacktype: 'Response', linkrefid });
}

function metadata(fields: readonly (readonly [string, string])[]): string {
  const all = fields.map(([label, entry]) =>
    xml('qtimetadatafield', {}, xml('fieldlabel', {}, label), xml('fieldentry', {}, entry)),
  );
  return xml('qtimetadata', {}, ...all);
}
