import { allSkills, frameworkNames, skillName } from '../courses/frameworks.ts';
import { listIn, readYaml } from '../courses/yaml.ts';
import type { Language } from '../platform/i18n.ts';

/** The skills of one framework, to be ticked. */
export interface SkillChoice {
  framework: string;
  name: string;
  skills: { value: string; text: string; isPicked: boolean }[];
}

/** What a course names, also what no framework knows: that is kept, and told by the check. */
export function skillsIn(yaml: string): string[] {
  return listIn(readYaml(yaml, 1).value, 'skills').map(String);
}

export function skillChoices(picked: string[], language: Language): SkillChoice[] {
  const groups = new Map<string, SkillChoice>();
  for (const { framework, code } of allSkills()) {
    const names = frameworkNames(framework);
    const group = groups.get(framework) ?? { framework, name: names[language] ?? framework, skills: [] };
    const value = `${framework}:${code}`;
    const text = `${code} ${skillName(framework, code, language)}`;
    group.skills.push({ value, text, isPicked: picked.includes(value) });
    groups.set(framework, group);
  }
  const known = new Set([...groups.values()].flatMap(({ skills }) => skills.map(({ value }) => value)));
  const others = picked.filter((value) => !known.has(value));
  const rest = others.map((value) => ({ value, text: value, isPicked: true }));
  return [...groups.values(), ...(rest.length > 0 ? [{ framework: 'others', name: '…', skills: rest }] : [])];
}

/** In the order they had, then those that came to it: nothing is written that no page offers. */
export function pickedSkills(typed: unknown, before: string[]): string[] {
  const ticked = new Set([typed ?? []].flat().map(String));
  const offered = [...before, ...allSkills().map(({ framework, code }) => `${framework}:${code}`)];
  return [...new Set(offered)].filter((value) => ticked.has(value));
}
