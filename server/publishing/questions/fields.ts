import type { Fault } from '../../courses/fault.ts';
import type { Translate } from '../../platform/i18n.ts';
import { type Sheet, share } from './sheet.ts';

/** Where a fault is mended; '' where no field mends it. */
export function fieldOf({ code, values }: Fault, sheet: Sheet): string {
  const row = Number(values.position) - 1;
  if (code === 'question_lesson_unknown') return 'lesson';
  if (code === 'pair_weight' && sheet.rows[row]) return `weight_${row}`;
  if (code === 'pair_answer' && sheet.type === 'cloze') return 'rows';
  if (code === 'pair_answer') return sheet.type === 'truefalse' ? 'correct' : `text_${row}`;
  if (code === 'question_hint_empty') return `hint_${row}`;
  if (code === 'pair_hints' || code === 'question_hint_unasked') return 'hints';
  if (['question_without_id', 'pair_unknown', 'pair_order', 'pair_type'].includes(code)) return '';
  if (['pair_count', 'pair_matches'].includes(code) || /^question_(?:few|same|not?_|everything|answer)/.test(code))
    return code === 'question_no_text' ? 'text' : 'rows';
  return 'text';
}

const weights: Partial<Record<Sheet['type'], string[]>> = {
  choice: ['100', '75', '50', '25', '0'],
  choices: [share, '0', '-25', '-50', '-100'],
  short: ['100', '75', '50', '25', '0'],
  number: ['100', '75', '50', '25', '0'],
  cloze: ['100', '75', '50', '25', '0'],
};

/** What an answer may earn, also where its author wrote something else than is usual. */
export function weightOptions({ type, rows }: Sheet, t: Translate): { value: string; text: string }[] {
  const usual = weights[type];
  if (!usual) return [];
  const values = [...new Set([...usual, ...rows.map(({ weight }) => weight)])];
  return values.map((value) => ({ value, text: wordsOf(value, type, t) }));
}

function wordsOf(value: string, type: Sheet['type'], t: Translate): string {
  const percent = Number(value);
  if (value === share || (value === '100' && type !== 'choices')) return t('question_forms.weight_right');
  if (percent === 0) return t('question_forms.weight_wrong');
  if (!Number.isFinite(percent)) return value;
  return percent < 0
    ? t('question_forms.weight_minus', { percent: -percent })
    : t('question_forms.weight_part', { percent });
}
