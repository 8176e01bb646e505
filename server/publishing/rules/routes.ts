import type { FastifyInstance, FastifyReply } from 'fastify';
import { ways } from '../../assignments/rubric.ts';
import { fileOf } from '../../courses/package-desk.ts';
import type { Outline } from '../../courses/package-settings.ts';
import { orNotFound } from '../../platform/errors.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { saveDraftFile } from '../files/queries.ts';
import { AssignmentSettingsForm, CompletionForm, LessonSettingsForm, QuizSettingsForm } from '../forms.ts';
import { completionRule, drawsByRule, itemSettings, shownSettings } from '../items/settings.ts';
import { completionIn, itemIn, withCompletion, withItemSettings } from '../outline.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { courseTitleOf } from '../quizzes/quiz.ts';
import { pickedSkills, type SkillChoice, skillChoices } from '../skills.ts';

type Kind = Outline['items'][number]['kind'];
type Values = Record<string, string>;
interface Shown {
  form: Pick<Form<Values>, 'values' | 'errors'>;
  /** Boxes that are ticked. */
  picked: string[];
  /** Why it was not saved. */
  refusal: string | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/item-settings': Shown & {
      draft: Draft;
      course_title: string;
      item: { key: string; kind: Kind; title: string };
      ways: typeof ways;
      skills: SkillChoice[];
      draws_by_rule: boolean;
    };
    'publishing/completion': Shown & {
      draft: Draft;
      course_title: string;
      items: { key: string; kind: Kind; title: string }[];
    };
  }
}

type Body = Record<string, string | string[]>;
type WithId = { Params: { id: string }; Body: Body };
type WithKey = { Params: { id: string; key: string }; Body: Body };

const settingsFile = 'course.yaml';
const forms = { lesson: LessonSettingsForm, quiz: QuizSettingsForm, assignment: AssignmentSettingsForm };

/** What an item asks of learners, and what of it all completes the course. */
export function draftRuleRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/items/:key/settings', async (request, reply) => {
    const { draft, checked } = await deskOf(request.params.id, signedIn(request));
    const item = itemOf(checked, request.params.key);
    const before = itemIn(textOf(checked.folder, settingsFile), item.key);
    const form = { values: { ...shownSettings(before), ...revisionOf(checked) }, errors: {} };
    const skills = listed(before.skills);
    return showItem(reply, draft, checked, item, skills, { form, picked: listed(before.hand_in), refusal: null });
  });

  app.post<WithKey>('/publishing/:id/items/:key/settings', async (request, reply) => {
    const author = signedIn(request);
    const { draft, checked } = await deskOf(request.params.id, author);
    const item = itemOf(checked, request.params.key);
    const yaml = textOf(checked.folder, settingsFile);
    const before = itemIn(yaml, item.key);
    const form = readForm(forms[item.kind], request.body);
    const skills = pickedSkills(request.body?.skills, listed(before.skills));
    const picked = ways.filter((way) => listed(request.body?.hand_in).includes(way));
    const errors = item.kind === 'assignment' && picked.length === 0 ? { hand_in: 'item_settings.error_hand_in' } : {};
    if (form.ok && isTooShort(form.data)) Object.assign(errors, { time_limit: 'item_settings.error_time_limit' });
    const shown = { ...told({ values: form.values, errors: { ...form.errors, ...errors } }), picked };
    if (!form.ok || Object.keys(errors).length > 0) return showItem(reply, draft, checked, item, skills, shown, 422);
    const content = withItemSettings(yaml, item.key, itemSettings(item, before, { ...form.data, skills }));
    const refusal = await save(draft, content, form.data.revision, author);
    if (refusal !== null) return showItem(reply, draft, checked, item, skills, { ...shown, refusal }, 409);
    return reply.goTo(`/publishing/${draft.id}#items`, 'publishing.saved');
  });

  app.get<WithId>('/publishing/:id/completion', async (request, reply) => {
    const { draft, checked } = await deskOf(request.params.id, signedIn(request));
    const { lessons, quizzes, assignments, sign_off } = completionIn(textOf(checked.folder, settingsFile));
    const values = { lessons: lessons === 'all' ? 'all' : 'some', sign_off: sign_off === true ? 'yes' : '' };
    const form = blankForm(CompletionForm, { ...values, ...revisionOf(checked) });
    const picked = [lessons, quizzes, assignments].flatMap(listed);
    return showRule(reply, draft, checked, { form, picked, refusal: null });
  });

  app.post<WithId>('/publishing/:id/completion', async (request, reply) => {
    const author = signedIn(request);
    const { draft, checked } = await deskOf(request.params.id, author);
    const yaml = textOf(checked.folder, settingsFile);
    const read = readForm(CompletionForm, request.body);
    const picked = listed(request.body?.required);
    const asksLessons = read.data?.lessons === 'all';
    const { items } = checked.outline;
    const isNothing = !items.some(({ key, kind }) => picked.includes(key) || (asksLessons && kind === 'lesson'));
    const form = read.ok && isNothing ? withErrors(read, { lessons: 'item_settings.error_nothing' }) : read;
    if (!form.ok) return showRule(reply, draft, checked, { ...told(form), picked }, 422);
    const { lessons, sign_off, revision } = form.data;
    const rule = { lessons, required: picked, signOff: sign_off };
    const content = withCompletion(yaml, completionRule(checked.outline, completionIn(yaml), rule));
    const refusal = await save(draft, content, revision, author);
    if (refusal !== null) return showRule(reply, draft, checked, { form, picked, refusal }, 409);
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.saved');
  });

  async function deskOf(id: string, author: { id: string }) {
    const draft = await getOwnDraft(db, author, id);
    return { draft, checked: await checkDraft(app, draft) };
  }

  /** @returns why not, or null */
  async function save(draft: Draft, content: string | null, revision: number, author: { id: string }) {
    if (content === null) return 'unreadable';
    const change = { path: settingsFile, content, revision };
    const { outcome } = await db.transaction().execute((trx) => saveDraftFile(trx, draft, change, author));
    return outcome === 'saved' ? null : outcome;
  }
}

/** A page that does not say what it began from is an old one: no field mends that. */
function told({ values, errors }: Shown['form']): Pick<Shown, 'form' | 'refusal'> {
  const { revision, ...others } = errors;
  return { form: { values, errors: others }, refusal: revision ? 'changed' : null };
}

function showItem(
  reply: FastifyReply,
  draft: Draft,
  checked: Checked,
  item: Outline['items'][number],
  picked: string[],
  shown: Shown,
  status = 200,
) {
  const skills = skillChoices(picked, reply.request.language);
  const draws_by_rule = drawsByRule(itemIn(textOf(checked.folder, settingsFile), item.key));
  const about = { draft, course_title: courseTitleOf(draft, checked), item: titled(checked, item) };
  const page = { ...about, ways, skills, draws_by_rule };
  return reply.page('publishing/item-settings', { ...page, ...shown }, { status });
}

function showRule(reply: FastifyReply, draft: Draft, checked: Checked, shown: Shown, status = 200) {
  const items = checked.outline.items.map((item) => titled(checked, item));
  const page = { draft, course_title: courseTitleOf(draft, checked), items };
  return reply.page('publishing/completion', { ...page, ...shown }, { status });
}

/** Of a quiz that ends before it can be done. */
function isTooShort(typed: { minutes: number; time_limit?: number | undefined }): boolean {
  return typed.time_limit !== undefined && typed.time_limit < typed.minutes;
}

function itemOf({ outline }: Checked, key: string): Outline['items'][number] {
  return orNotFound(outline.items.find((item) => item.key === key));
}

function titled({ titles, outline }: Checked, item: Outline['items'][number]) {
  const title = outline.languages.map((language) => titles.get(`${language}/${fileOf(item)}`)).find(Boolean);
  return { key: item.key, kind: item.kind, title: title ?? item.key };
}

function revisionOf({ folder }: Checked): { revision: string } {
  return { revision: String(folder.revisions.get(settingsFile) ?? 0) };
}

function listed(value: unknown): string[] {
  return [value ?? []].flat().map(String);
}
