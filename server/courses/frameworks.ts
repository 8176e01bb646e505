import { readFileSync } from 'node:fs';
import type { Language } from '../platform/i18n.ts';

/** By language; a name that a framework gives in one language only is not translated here. */
export type Names = Record<string, string>;

interface Framework {
  names: Names;
  skills: Map<string, Names>;
}

const folder = new URL('frameworks/', import.meta.url);

const frameworks: Record<string, Framework> = {
  'tt02-2025': {
    names: { vi: 'Thông tư 02/2025/TT-BGDĐT', en: 'Circular 02/2025/TT-BGDĐT' },
    skills: readSkills('tt02-2025.csv'),
  },
  'digcomp-3.0': { names: { vi: 'DigComp 3.0', en: 'DigComp 3.0' }, skills: readSkills('digcomp-3.0.csv') },
  'tt03-2014': {
    names: { vi: 'Thông tư 03/2014/TT-BTTTT', en: 'Circular 03/2014/TT-BTTTT' },
    skills: readSkills('tt03-2014.csv'),
  },
  'five-basic-2024': {
    names: { vi: 'Năm kỹ năng số cơ bản', en: 'Five basic digital skills' },
    skills: readSkills('five-basic-2024.csv'),
  },
};

export const frameworkCodes = Object.keys(frameworks);

export function frameworkNames(framework: string): Names {
  return frameworks[framework]?.names ?? {};
}

export function skillNames(framework: string, code: string): Names {
  return frameworks[framework]?.skills.get(code) ?? {};
}

export function skillName(framework: string, code: string, language: Language): string {
  const names = skillNames(framework, code);
  return names[language] ?? Object.values(names)[0] ?? code;
}

export interface Skill {
  framework: string;
  code: string;
}

/** Every skill that a course may name, framework by framework. */
export function allSkills(): Skill[] {
  return Object.entries(frameworks).flatMap(([framework, { skills }]) =>
    [...skills.keys()].map((code) => ({ framework, code })),
  );
}

/** Frameworks in the order in which `/skills` offers them, then by code. One that is no longer offered stands last: certificates outlive frameworks. */
export function compareSkills(one: Skill, other: Skill): number {
  return placeOf(one.framework) - placeOf(other.framework) || byCode.compare(one.code, other.code);
}

function placeOf(framework: string): number {
  const place = frameworkCodes.indexOf(framework);
  return place === -1 ? frameworkCodes.length : place;
}

const byCode = new Intl.Collator('en', { numeric: true });

/**
 * @param text such as `tt02-2025:2.6`: the framework is named because frameworks share codes
 * @returns the skill, or the code of the fault
 */
export function readSkill(text: string): Skill | 'skill_framework_unknown' | 'skill_code_unknown' {
  const [framework = '', ...rest] = text.split(':');
  const code = rest.join(':');
  if (!Object.hasOwn(frameworks, framework)) return 'skill_framework_unknown';
  return frameworks[framework]?.skills.has(code) ? { framework, code } : 'skill_code_unknown';
}

/** A table begins with its column names; those of a skill end in its languages. */
function readSkills(file: string): Map<string, Names> {
  const [columns = [], ...rows] = readTable(readFileSync(new URL(file, folder), 'utf8'));
  return new Map(
    rows.map((row) => {
      const names = columns.flatMap((column, index) => {
        const language = /^(?:name|title)_(\w+)$/.exec(column)?.[1];
        return language === undefined ? [] : [[language, row[index] ?? '']];
      });
      return [row[0] ?? '', Object.fromEntries(names)];
    }),
  );
}

/** Comma-separated values; a field in quotes may hold commas. */
function readTable(text: string): string[][] {
  const lines = text.normalize('NFC').split('\n').filter(Boolean);
  return lines.map((line) => [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''));
}
