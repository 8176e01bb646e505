import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { levels, topics } from '../../courses/topics.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { saveDraftFiles } from '../files/queries.ts';
import { courseLanguages, SettingsForm } from '../forms.ts';
import { newCourseText, settingsIn, withSettings } from '../outline.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { pickedSkills, type SkillChoice, skillChoices, skillsIn } from '../skills.ts';

type Settings = Static<typeof SettingsForm>;

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/settings': {
      draft: Draft;
      course_title: string;
      form: Form<Settings>;
      picked: string[];
      skills: SkillChoice[];
      languages: string[];
      topics: typeof topics;
      levels: typeof levels;
      /** Why it was not saved. */
      refusal: string | null;
    };
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string | string[]> };

const settingsFile = 'course.yaml';

/** What a course is about and whom it is for, without a line of YAML. */
export function draftSettingsRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/settings', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const { folder, outline } = checked;
    const form = blankForm(SettingsForm, {
      ...settingsIn(textOf(folder, settingsFile), ['topic', 'level', 'hours', 'licence', 'valid_months']),
      revision: String(folder.revisions.get(settingsFile) ?? 0),
    });
    const skills = skillsIn(textOf(folder, settingsFile));
    return show(reply, draft, checked, { status: 200, form, picked: outline.languages, skills, refusal: null });
  });

  app.post<WithId>('/publishing/:id/settings', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const form = readForm(SettingsForm, request.body);
    const typed = [request.body?.languages ?? []].flat();
    const picked = choices(checked).filter((language) => typed.includes(language));
    const skills = pickedSkills(request.body?.skills, skillsIn(textOf(checked.folder, settingsFile)));
    if (!form.ok || picked.length === 0) {
      const errors = picked.length === 0 ? { languages: 'publishing.error_languages' } : {};
      return show(reply, draft, checked, {
        status: 422,
        form: withErrors(form, errors),
        picked,
        skills,
        refusal: null,
      });
    }
    const { topic, level, hours, licence, valid_months, revision } = form.data;
    const yaml = withSettings(textOf(checked.folder, settingsFile), {
      ...{ topic, level, licence, valid_months, skills, languages: picked, hours: Number(hours) },
    });
    if (yaml === null) return show(reply, draft, checked, { status: 422, form, picked, skills, refusal: 'unreadable' });
    // A language that comes to it begins with the description.
    const title = titleOf(draft, checked);
    const added = picked
      .map((language) => `${language}/course.md`)
      .filter((path) => !checked.folder.revisions.has(path))
      .map((path) => ({ path, content: newCourseText(title), revision: 0 }));
    const changes = [{ path: settingsFile, content: yaml, revision }, ...added];
    const saved = await db.transaction().execute((trx) => saveDraftFiles(trx, draft, changes, author));
    if (saved.outcome !== 'saved')
      return show(reply, draft, checked, { status: 409, form, picked, skills, refusal: saved.outcome });
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.saved');
  });
}

interface Shown {
  status: number;
  form: Form<Settings>;
  picked: string[];
  skills: string[];
  refusal: string | null;
}

function show(reply: FastifyReply, draft: Draft, checked: Checked, { status, skills: known, ...shown }: Shown) {
  const skills = skillChoices(known, reply.request.language);
  const page = { draft, course_title: titleOf(draft, checked), languages: choices(checked), topics, levels, skills };
  return reply.page('publishing/settings', { ...page, ...shown }, { status });
}

/** The original first, then what else there is. */
function choices({ outline }: Checked): string[] {
  return [...new Set([...outline.languages, ...courseLanguages])];
}

function titleOf({ slug }: Draft, { titles, outline }: Checked): string {
  return outline.languages.map((language) => titles.get(`${language}/course.md`)).find(Boolean) ?? slug;
}
