import { changed, leftOut, type Note } from '../moving-in/draft.ts';
import { mapTexts, type Question } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { type CartridgeResource, manifestOf } from './cartridge-manifest.ts';
import { qtiAssessment, qtiItem } from './qti.ts';
import type { QtiWords } from './qti-answers.ts';
import { toXhtml } from './xhtml.ts';
import { escapeXml, xml, xmlHead } from './xml.ts';
import type { ZipEntry } from './zip.ts';

export interface CartridgeItem {
  key: string;
  kind: string;
  title: string;
  html: string;
  quiz: QuizSettings | null;
  /** texts are html */
  questions: Question[];
}

/** A course in one language, as its learners see it. */
export interface CartridgeCourse {
  slug: string;
  /** on the site */
  address: string;
  language: string;
  title: string;
  summary: string;
  outcomes: string[];
  html: string;
  licence: string;
  items: CartridgeItem[];
  terms: { term: string; meaning: string }[];
  /** by name: its hash and ending */
  pictures: Map<string, Buffer>;
}

export interface CartridgeWords extends QtiWords {
  glossary: string;
  outcomes: string;
}

const folders = { lesson: 'lessons', quiz: 'quizzes', assignment: 'assignments' } as const;

/** A Common Cartridge 1.1. Each quiz stands in it twice: by the profile, and, as Canvas does it, with all that the profile has no word for. */
export function cartridgeEntries(course: CartridgeCourse, words: CartridgeWords, notes: Note[]): ZipEntry[] {
  const entries: ZipEntry[] = [];
  const resources: CartridgeResource[] = [];
  const tree: { title: string; resource: string }[] = [];
  const shown = new Set<string>();
  const add = (path: string, content: string) => {
    entries.push({ path, content: Buffer.from(content) });
    return path;
  };

  const about = [
    xml('p', {}, escapeXml(course.summary)),
    xml('h2', {}, escapeXml(words.outcomes)),
    xml('ul', {}, ...course.outcomes.map((one) => xml('li', {}, escapeXml(one)))),
  ];
  page(
    'about',
    'about.html',
    course.title,
    (picture) => `${about.join('\n')}\n${xhtml(course.html, 0, picture)}`,
    'syllabus',
  );
  for (const item of course.items) {
    const id = `${item.kind}-${item.key}`;
    if (item.kind === 'quiz') quiz(item, id);
    else {
      page(id, `${folderOf(item.kind)}/${item.key}.html`, item.title, (picture) => xhtml(item.html, 1, picture));
      const place = `${course.language}/${item.key}.md`;
      notes.push(
        item.kind === 'lesson'
          ? { outcome: 'came', thing: 'lesson', place, code: 'came_lesson', values: { title: item.title } }
          : changed('assignment', place, 'out_assignment_page', { title: item.title }),
      );
      tree.push({ title: item.title, resource: id });
    }
  }
  if (course.terms.length > 0) {
    const terms = course.terms.map(
      ({ term, meaning }) => `${xml('dt', {}, escapeXml(term))}${xml('dd', {}, escapeXml(meaning))}\n`,
    );
    page('glossary', 'glossary.html', words.glossary, () => xml('dl', {}, ...terms));
    tree.push({ title: words.glossary, resource: 'glossary' });
  }
  for (const name of shown) {
    const path = `pictures/${name}`;
    entries.push({ path, content: course.pictures.get(name) ?? Buffer.alloc(0) });
    resources.push({ id: pictureId(name), type: 'webcontent', href: path, files: [path], dependencies: [] });
  }
  const manifest = { path: 'imsmanifest.xml', content: Buffer.from(manifestOf(course, tree, resources)) };
  return [manifest, ...entries.sort((one, other) => (one.path < other.path ? -1 : 1))];

  function page(id: string, path: string, title: string, body: (picture: Set<string>) => string, use = ''): void {
    const own = new Set<string>();
    add(path, pageOf(course.language, title, body(own)));
    const dependencies = [...own].map(pictureId);
    resources.push({ id, type: 'webcontent', href: path, files: [path], dependencies, ...(use !== '' && { use }) });
  }

  function quiz({ key, title, quiz: settings, questions }: CartridgeItem, id: string): void {
    const place = `${course.language}/${key}.gift`;
    const own = new Set<string>();
    const facts = { ident: id, title, attempts: settings?.attempts ?? null };
    const profile: string[] = [];
    const whole: string[] = [];
    for (const question of questions) {
      const written = mapTexts(question, (text) => xhtml(text, null, own));
      const ident = `${key}_${question.key}`;
      const [strict, full] = [true, false].map((isProfile) => qtiItem(written, ident, isProfile, words));
      if (strict) profile.push(strict.xml);
      if (full) whole.push(full.xml);
      tell(
        question,
        [...new Set([...(strict?.losses ?? []), ...(full?.losses ?? [])])],
        Boolean(strict),
        Boolean(full),
        place,
      );
    }
    if (whole.length === 0) {
      notes.push(leftOut('quiz', place, 'quiz_without_questions', { title }));
      return;
    }
    notes.push({ outcome: 'came', thing: 'quiz', place, code: 'came_quiz', values: { title, count: whole.length } });
    if (settings) notes.push(changed('quiz', place, 'out_pass', { title, pass: settings.pass }));
    const meta = add(`quizzes/${key}/assessment_meta.xml`, metaOf(facts, settings));
    const all = add(`non_cc_assessments/${key}.xml.qti`, qtiAssessment(facts, whole));
    const path = add(`quizzes/${key}/assessment_qti.xml`, qtiAssessment(facts, profile));
    const pictures = [...own].map(pictureId);
    const type = 'imsqti_xmlv1p2/imscc_xmlv1p1/assessment';
    resources.push(
      { id, type, files: [path], dependencies: [`${id}-more`, ...pictures] },
      {
        ...{ id: `${id}-more`, type: 'associatedcontent/imscc_xmlv1p1/learning-application-resource', href: meta },
        ...{ files: [meta, all], dependencies: [] },
      },
    );
    tree.push({ title, resource: id });
  }

  function tell(question: Question, losses: string[], isInProfile: boolean, isThere: boolean, file: string): void {
    const place = `${file}:${question.line}`;
    const values = { title: nameOf(question), type: question.type };
    if (!isThere) notes.push(leftOut('question', place, 'out_question_none', values));
    else if (!isInProfile) notes.push(changed('question', place, 'out_question', values));
    for (const loss of losses) notes.push(changed('question', place, loss, values));
    if (question.hints)
      notes.push(leftOut('question', place, 'out_hints', { ...values, count: question.hints.length }));
    if (isThere && 'after' in question && question.after !== null) notes.push(changed('question', place, 'out_blank'));
    if (question.type === 'essay' && question.generalFeedback !== null)
      notes.push(leftOut('question', place, 'out_essay_notes', values));
    if (
      (question.type === 'number' || question.type === 'short') &&
      isThere &&
      question.answers.some(({ weight, feedback }) => weight <= 0 && feedback)
    )
      notes.push(changed('question', place, 'out_answers', values));
  }

  /** @param depth of the page below the top; null: it stands in a quiz */
  function xhtml(html: string, depth: number | null, own: Set<string>): string {
    const up = depth === null ? '$IMS-CC-FILEBASE$/' : '../'.repeat(depth);
    return toXhtml(html, {
      link: (address) => placeOf(address, depth === null ? null : up, course),
      picture(address) {
        const name = address.slice(address.lastIndexOf('/') + 1);
        if (!address.startsWith(`/courses/${course.slug}/pictures/`) || !course.pictures.has(name)) return null;
        shown.add(name);
        own.add(name);
        return `${up}pictures/${name}`;
      },
    });
  }
}

/** Pages of the cartridge are led to there, all else on the site or on the web. */
function placeOf(address: string, up: string | null, { slug, address: home, items }: CartridgeCourse): string | null {
  if (/^(?:#|https?:|mailto:|tel:)/.test(address)) return address;
  const base = `/courses/${slug}`;
  if (!address.startsWith(base)) return null;
  const [, folder = '', key, anchor = ''] =
    /^\/(lessons|assignments)\/([^/#]+)(#.*)?$/.exec(address.slice(base.length)) ?? [];
  const isThere = items.some((item) => item.key === key && folderOf(item.kind) === folder);
  if (up !== null && isThere) return `${up}${folder}/${key}.html${anchor}`;
  return `${home}${address.slice(base.length)}`;
}

function folderOf(kind: string): string {
  return folders[kind as keyof typeof folders] ?? kind;
}

function pictureId(name: string): string {
  return `picture-${name}`;
}

function nameOf({ title, text }: Question): string {
  const words = (title ?? text)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 60 ? `${[...words].slice(0, 60).join('')}…` : words;
}

function pageOf(language: string, title: string, body: string): string {
  const head = xml('head', {}, xml('meta', { charset: 'utf-8' }), xml('title', {}, escapeXml(title)));
  const attributes = { xmlns: 'http://www.w3.org/1999/xhtml', lang: language, 'xml:lang': language };
  return `<!DOCTYPE html>\n${xml('html', attributes, head, `\n<body>\n${body}\n</body>\n`)}\n`;
}

/** What Canvas reads beside a quiz. Of a pass mark it knows nothing: that is told in the report. */
function metaOf(
  { ident, title, attempts }: { ident: string; title: string; attempts: number | null },
  settings: QuizSettings | null,
): string {
  const said = (name: string, value: string) => xml(name, {}, escapeXml(value));
  return `${xmlHead}${xml(
    'quiz',
    { xmlns: 'http://canvas.instructure.com/xsd/cccv1p0', identifier: ident },
    said('title', title),
    said('description', ''),
    said('shuffle_answers', String(settings?.shuffle ?? false)),
    said('scoring_policy', 'keep_highest'),
    said('allowed_attempts', String(attempts ?? -1)),
    said('quiz_type', 'assignment'),
  )}\n`;
}
