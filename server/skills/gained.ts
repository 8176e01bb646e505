import { type PrintedCertificate, type PrintedSkill, titlesOf } from '../certificates/printed.ts';
import { compareSkills } from '../courses/frameworks.ts';

interface Certificate {
  code: string;
  issued_at: Date;
  printed: PrintedCertificate;
}

export interface GainedSkill extends PrintedSkill {
  /** The certificates that say so. */
  because: { code: string; issued_at: Date; titles: Record<string, string> }[];
}

/** The competences that certificates state, each once: frameworks in the order in which `/skills` offers them, then by code. */
export function gainedSkills(certificates: Certificate[]): GainedSkill[] {
  const gained = new Map<string, GainedSkill>();
  for (const { code, issued_at, printed } of certificates) {
    for (const skill of printed.skills) {
      const key = `${skill.framework.code}:${skill.code}`;
      const { because } = gained.get(key) ?? { because: [] };
      gained.set(key, { ...skill, because: [...because, { code, issued_at, titles: titlesOf(printed) }] });
    }
  }
  const skillOf = ({ framework, code }: PrintedSkill) => ({ framework: framework.code, code });
  return [...gained.values()].sort((one, other) => compareSkills(skillOf(one), skillOf(other)));
}
