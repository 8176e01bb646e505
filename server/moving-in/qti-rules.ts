import type { XmlElement } from '@rgrove/parse-xml';
import { attribute, element, elements, everyElement, nameOf } from './xml.ts';

/** What one condition of an item asks for, and what it gives. */
export interface Rule {
  /** what was answered, by which response */
  equals: { of: string; value: string; isExact: boolean }[];
  patterns: string[];
  /** of numbers, both ends as written */
  ranges: { min: string; max: string }[];
  isOther: boolean;
  /** per cent; null where it only says something */
  score: number | null;
  isAdded: boolean;
  feedback: string[];
}

export function rulesOf(item: XmlElement): Rule[] {
  const processing = element(item, 'resprocessing');
  const [outcome] = elements(element(processing, 'outcomes'), 'decvar');
  const full = Number(attribute(outcome, 'maxvalue')) || 100;
  return elements(processing, 'respcondition').map((condition) => {
    const [setting] = elements(condition, 'setvar');
    const points = Number(setting?.text.trim());
    const rule: Rule = {
      equals: [],
      patterns: [],
      ranges: [],
      isOther: false,
      score: setting === undefined || !Number.isFinite(points) ? null : percent((points * 100) / full),
      isAdded: /^add$/i.test(attribute(setting, 'action')),
      feedback: elements(condition, 'displayfeedback').map((one) => attribute(one, 'linkrefid')),
    };
    const asked = element(condition, 'conditionvar');
    if (asked !== null) take(asked, rule, false);
    return rule;
  });
}

function take(holder: XmlElement, rule: Rule, isNegated: boolean): void {
  const ends: { min: string[]; max: string[] } = { min: [], max: [] };
  for (const child of elements(holder)) {
    const [name, value] = [nameOf(child), child.text.trim()];
    if (name === 'and' || name === 'or' || name === 'not') take(child, rule, isNegated !== (name === 'not'));
    else if (name === 'other') rule.isOther = true;
    else if (isNegated) continue;
    else if (name === 'varequal')
      rule.equals.push({ of: attribute(child, 'respident'), value, isExact: /^yes$/i.test(attribute(child, 'case')) });
    else if (name === 'varsubstring') rule.patterns.push(value);
    else if (name === 'vargte' || name === 'vargt') ends.min.push(value);
    else if (name === 'varlte' || name === 'varlt') ends.max.push(value);
  }
  ends.min.forEach((min, index) => {
    const max = ends.max[index];
    if (max !== undefined) rule.ranges.push({ min, max });
  });
}

/** As a question has them: five decimals, no more than all. */
export function percent(value: number): number {
  return Math.max(-100, Math.min(100, Math.round(value * 1e5) / 1e5)) + 0;
}

/** What a response gives, by its answer. */
export function weightsOf(rules: Rule[], response?: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { equals, score, isAdded } of rules) {
    if (score === null) continue;
    for (const { of, value } of equals) {
      if (response !== undefined && of !== response) continue;
      weights.set(value, percent(score + (isAdded ? (weights.get(value) ?? 0) : 0)));
    }
  }
  return weights;
}

/** What an item, a quiz or a bank says of itself, by label. */
export function fieldOf(holder: XmlElement | null, label: string): string {
  const fields = holder === null ? [] : Array.from(everyElement(holder, 'qtimetadatafield'));
  const found = fields.find((one) => element(one, 'fieldlabel')?.text.trim() === label);
  return element(found, 'fieldentry')?.text.trim() ?? '';
}
