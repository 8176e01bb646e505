import { allSkills, type Skill, skillNames } from '../courses/frameworks.ts';
import { folded } from '../platform/text.ts';

/** The framework that is shown first: the one by which Viet Nam describes digital competence. */
export const firstFramework = 'tt02-2025';

export interface SkillFilter {
  /** empty: no words are looked for */
  q: string;
  /** empty: the first one, or with words all of them */
  framework: string;
}

/** The competences with all the words in a name, in any language; accents or none. */
export function findSkills({ q, framework }: SkillFilter): Skill[] {
  const words = folded(q).split(/\s+/).filter(Boolean);
  const wanted = framework === '' && words.length === 0 ? firstFramework : framework;
  return allSkills().filter((skill) => {
    const text = folded([skill.code, ...Object.values(skillNames(skill.framework, skill.code))].join(' '));
    return (wanted === '' || skill.framework === wanted) && words.every((word) => text.includes(word));
  });
}
