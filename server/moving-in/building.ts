import { fileOf } from '../courses/package-desk.ts';
import type { Translate } from '../platform/i18n.ts';
import type { Draft, DraftItem, DraftQuiz, Note } from './draft.ts';
import { changed, leftOut } from './draft.ts';
import type { Dropped, Owner } from './dropped.ts';
import { fitBlock, fitLesson, type Surroundings } from './fitting.ts';
import { fitTitle, freeKey } from './keys.ts';
import { most } from './limits.ts';
import { assignmentText, courseText, courseYaml, guesses, lessonText, type WrittenItem } from './package-files.ts';
import { picturesOf } from './pictures.ts';
import { quizText } from './quizzes.ts';

export interface Built {
  files: Map<string, Buffer>;
  items: number;
  /** Whose fault it is. */
  owners(file: string, line: number | null): Owner | null;
  notes: Note[];
}

/** The files of a package, made of what has not been dropped. */
export function build(draft: Draft, id: string, language: string, t: Translate, dropped: Dropped): Built {
  const notes: Note[] = [];
  const files = new Map<string, Buffer>();
  const written = new Map<string, Owner>();
  const questionLines = new Map<string, { line: number; id: string }[]>();
  const put = (path: string, text: string) => void files.set(path, Buffer.from(text));
  const keyed = keysFor(draft, dropped, t, notes);
  const pictures = picturesOf(draft, dropped, files, written);

  const items: WrittenItem[] = [];
  for (const { item, key, title } of keyed) {
    const around = surroundings(item, keyed, pictures, t, notes);
    const path = `${language}/${fileOf({ key, kind: item.kind, line: 0 })}`;
    const common = { key, kind: item.kind, section: item.section, title };
    if (item.kind === 'quiz') {
      const quiz = quizText(item, title, around, dropped, notes);
      if (quiz === null) continue;
      put(path, quiz.text);
      questionLines.set(path, quiz.lines);
      items.push({ ...common, text: quiz.text, minutes: Math.min(600, Math.max(1, quiz.lines.length)) });
    } else {
      const body = fitLesson(item.body, title, around);
      if (item.kind === 'lesson' && body.trim() === '') {
        notes.push({ ...leftOut('lesson', item.place, 'empty', { title }) });
        continue;
      }
      const text = item.kind === 'lesson' ? lessonText(title, body) : assignmentText(title, body, item.rubric, t);
      put(path, text);
      const minutes = item.kind === 'lesson' ? Math.ceil(body.split(/\s+/).length / 150) : 30;
      items.push({ ...common, text, minutes: Math.min(600, Math.max(1, minutes)) });
      notes.push(...arrivals(item, title));
    }
    written.set(path, { list: 'items', id: item.id });
  }

  const title = fitTitle(draft.title ?? keyed[0]?.title ?? id, id);
  const nowhere: Surroundings = { ...surroundings(null, keyed, pictures, t, notes), picture: () => null };
  const about = dropped.about ? '' : fitBlock(draft.about, nowhere);
  put('course.yaml', courseYaml(id, language, items));
  put(`${language}/course.md`, courseText(title, about, items, t));
  written.set(`${language}/course.md`, { list: 'about', id: '' });
  if (items.length > 0) {
    notes.push(changed('course', 'course.yaml', 'guessed', { ...guesses }));
    notes.push(changed('course', `${language}/course.md`, 'made_up'));
  }

  const owners = (file: string, line: number | null): Owner | null => {
    const lines = questionLines.get(file);
    const question = line === null ? undefined : lines?.findLast((one) => one.line <= line);
    return question ? { list: 'questions', id: question.id } : (written.get(file) ?? null);
  };
  return { files, items: items.length, owners, notes };
}

interface Keyed {
  item: DraftItem;
  key: string;
  title: string;
}

function keysFor(draft: Draft, dropped: Dropped, t: Translate, notes: Note[]): Keyed[] {
  const taken = new Set<string>();
  return draft.items.flatMap((item, index) => {
    const title = fitTitle(item.title, t('moving.untitled', { number: index + 1 }));
    const because = dropped.items.get(item.id);
    if (because || index >= most.items) {
      const reason = because ? { because } : {};
      const code = because ? 'faulty' : 'too_many_items';
      const things = item.kind === 'quiz' ? item.questions.map((one) => ({ thing: 'question' as const, ...one })) : [];
      for (const { thing, type, place } of things)
        notes.push({ ...leftOut(thing, place, code, { title, type, most: most.items }), ...reason });
      const thing = item.kind === 'assignment' ? item.thing : item.kind;
      const type = item.kind === 'assignment' ? item.type : item.kind;
      notes.push({ ...leftOut(thing, item.place, code, { title, type, most: most.items }), ...reason });
      return [];
    }
    return [{ item, key: freeKey(title, taken, `part-${index + 1}`), title }];
  });
}

function surroundings(
  item: DraftItem | null,
  keyed: Keyed[],
  picture: ReturnType<typeof picturesOf>,
  t: Translate,
  notes: Note[],
): Surroundings {
  const place = item?.place ?? '';
  const tell: Surroundings['tell'] = (code, values = {}) => {
    const isLost = lost.has(code);
    notes.push({ outcome: isLost ? 'left_out' : 'changed', thing: thingOf(code), place, code, values });
  };
  return {
    item(id) {
      const found = keyed.find((one) => one.item.id === id);
      return found === undefined ? null : fileOf({ key: found.key, kind: found.item.kind, line: 0 });
    },
    picture: (name) => picture(name, tell),
    untitledPicture: t('moving.untitled_picture'),
    tell,
  };
}

const lost = new Set([
  'picture_missing',
  'picture_faulty',
  'picture_kind',
  'too_many_pictures',
  'picture_in_line',
  'text_too_long',
  'text_too_deep',
]);

function thingOf(code: string): Note['thing'] {
  if (code.startsWith('picture') || code === 'too_many_pictures') return 'picture';
  return code.startsWith('link') ? 'link' : 'text';
}

function arrivals(item: Exclude<DraftItem, DraftQuiz>, title: string): Note[] {
  if (item.kind === 'lesson')
    return [{ outcome: 'came', thing: 'lesson', place: item.place, code: 'came_lesson', values: { title } }];
  const values = { title, type: item.type };
  return [
    { outcome: 'came', thing: item.thing, place: item.place, code: 'came_assignment', values },
    ...(item.rubric.length > 0 ? [] : [changed('assignment', item.place, 'rubric_made_up', { title })]),
  ];
}
