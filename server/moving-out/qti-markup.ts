import { escapeXml, xml } from './xml.ts';

export function given(condition: string, weight: number, action: 'Set' | 'Add' = 'Set'): string {
  const points = xml('setvar', { action, varname: 'SCORE' }, String(weight));
  return xml(
    'respcondition',
    { continue: action === 'Add' ? 'Yes' : 'No' },
    xml('conditionvar', {}, condition),
    points,
  );
}

export function equal(value: string): string {
  return element('varequal', value);
}

export function element(name: string, value: string, respident = 'response1'): string {
  return xml(name, { respident }, escapeXml(value));
}

export function rich(html: string): string {
  return xml('material', {}, xml('mattext', { texttype: 'text/html' }, escapeXml(html)));
}

export function plain(words: string): string {
  return xml('material', {}, xml('mattext', { texttype: 'text/plain' }, escapeXml(words)));
}
