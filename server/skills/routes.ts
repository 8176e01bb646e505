import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { frameworkCodes, frameworkNames, readSkill, type Skill, skillNames } from '../courses/frameworks.ts';
import { NotFound } from '../platform/errors.ts';
import { field, readForm } from '../platform/forms.ts';
import type { Language } from '../platform/i18n.ts';
import { signedIn } from '../platform/scopes.ts';
import { findSkills, firstFramework, type SkillFilter } from './finding.ts';
import { type GainedSkill, gainedSkills } from './gained.ts';
import { listCoursesOfSkill, listOwnCertificates, listTaughtSkills, type TaughtSkill } from './queries.ts';

/** A name, and the language it is in: some frameworks have names in one language only. */
interface Named {
  name: string;
  language: string;
}
type ShownSkill = Skill & Named;

declare module '../platform/views.ts' {
  interface Views {
    'skills/index': {
      filter: SkillFilter;
      frameworks: (Named & { code: string; isCurrent: boolean })[];
      skills: (ShownSkill & { framework_name: Named; taught: TaughtSkill | null })[];
    };
    'skills/show': {
      skill: ShownSkill;
      framework: Named;
      courses: Awaited<ReturnType<typeof listCoursesOfSkill>>;
    };
    'skills/own': {
      skills: (Omit<GainedSkill, 'framework' | 'because'> &
        ShownSkill & { framework_name: Named; because: (Named & { code: string; issued_at: Date })[] })[];
    };
  }
}

const Filter = Type.Object({
  q: field.optional(field.text({ maxLength: 100 })),
  framework: field.optional(field.choice(frameworkCodes)),
});

export function skillRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: Record<string, string> }>('/skills', async (request, reply) => {
    const { language } = request;
    const { values, errors } = readForm(Filter, request.query);
    const filter = { q: values.q.slice(0, 100), framework: errors.framework ? '' : values.framework };
    const shown = filter.framework || (filter.q === '' ? firstFramework : '');
    const taught = await listTaughtSkills(request.reading, language, shown === '' ? frameworkCodes : [shown]);
    const skills = findSkills(filter).map((skill) => ({
      ...skill,
      ...inLanguage(skillNames(skill.framework, skill.code), language),
      framework_name: inLanguage(frameworkNames(skill.framework), language),
      taught: taught.find(({ framework, code }) => framework === skill.framework && code === skill.code) ?? null,
    }));
    const frameworks = frameworkCodes.map((code) => ({
      code,
      ...inLanguage(frameworkNames(code), language),
      isCurrent: code === shown,
    }));
    return reply.page('skills/index', { filter, frameworks, skills }, { shared: 60 });
  });

  app.get<{ Params: Skill }>('/skills/:framework/:code', async (request, reply) => {
    const { language, params } = request;
    const skill = readSkill(`${params.framework}:${params.code}`);
    if (typeof skill === 'string') throw new NotFound();
    return reply.page(
      'skills/show',
      {
        skill: { ...skill, ...inLanguage(skillNames(skill.framework, skill.code), language) },
        framework: inLanguage(frameworkNames(skill.framework), language),
        courses: await listCoursesOfSkill(request.reading, skill, language),
      },
      { shared: 60 },
    );
  });
}

export function ownSkillRoutes(app: FastifyInstance): void {
  app.get('/learning/skills', async (request, reply) => {
    const { language } = request;
    const gained = gainedSkills(await listOwnCertificates(app.db, signedIn(request)));
    return reply.page('skills/own', {
      skills: gained.map(({ framework, code, names, because }) => ({
        framework: framework.code,
        framework_name: inLanguage(framework.names, language),
        code,
        names,
        ...inLanguage(names, language),
        because: because.map(({ code, issued_at, titles }) => ({ code, issued_at, ...inLanguage(titles, language) })),
      })),
    });
  });
}

function inLanguage(names: Record<string, string>, wanted: Language): Named {
  const [language = wanted, name = ''] =
    Object.entries(names).find(([tag]) => tag === wanted) ?? Object.entries(names)[0] ?? [];
  return { name, language };
}
