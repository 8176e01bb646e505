import type { XmlElement } from '@rgrove/parse-xml';
import type { Root } from 'mdast';
import type { Files } from './archive.ts';
import { attachmentsOf, given, isPicture, relinked, textOf } from './backup-files.ts';
import { readBackupQuestions } from './backup-questions.ts';
import { type Draft, type DraftItem, emptyDraft, leftOut, MovingFault, root } from './draft.ts';
import { readHtml } from './html.ts';
import { itemsOf } from './sets.ts';
import { attribute, element, elements, everyElement, readXml, textAt } from './xml.ts';

interface Activity {
  kind: string;
  title: string;
  folder: string;
  section: string | null;
  number: string;
}

/** Of a Moodle backup the contents alone are looked at: no file that holds people, grades or attempts is opened. */
export function readMoodleBackup({ files, notes }: Files, place: string): Draft {
  const open = (path: string): XmlElement | null => {
    const content = files.get(path);
    return content === undefined ? null : readXml(content, path);
  };
  const information = element(open('moodle_backup.xml'), 'information');
  if (information === null) throw new MovingFault('backup_broken', place);
  const draft = emptyDraft(textAt(information, 'original_course_fullname') || null);
  draft.notes = notes;
  const course = open('course/course.xml');
  draft.language = given(textAt(course, 'lang')) || null;
  const attachments = attachmentsOf(open('files.xml'), files);
  const courseContext = attribute(course, 'contextid');
  draft.about = textOf(course, 'summary', draft, 'course/course.xml', attachments.get(courseContext) ?? new Map());

  const sections = sectionsOf(information, open);
  const activities = activitiesOf(information, sections);
  const questions = readBackupQuestions(open('questions.xml'), notes, (text, context) =>
    relinked(text, attachments.get(context) ?? new Map(), draft),
  );
  for (const section of sections) {
    const context = attachments.get(courseContext) ?? new Map();
    const body = textOf(section.source, 'summary', draft, section.place, context);
    if (body.children.length > 0)
      draft.items.push({
        kind: 'lesson',
        id: section.place,
        section: section.name,
        title: section.name ?? draft.title ?? '',
        place: section.place,
        body,
      });
    for (const activity of activities.filter((one) => one.section === section.number))
      draft.items.push(...itemsFor({ ...activity, section: section.name }));
  }
  for (const activity of activities.filter((one) => !sections.some(({ number }) => number === one.section)))
    draft.items.push(...itemsFor({ ...activity, section: null }));
  draft.items.push(...unusedQuestions());
  for (const { name, place } of [...attachments.values()].flatMap((one) => [...one.values()]))
    if (!isPicture(name)) notes.push(leftOut('file', place, 'file', { name }));
  return draft;

  function itemsFor(activity: Activity): DraftItem[] {
    const path = `${activity.folder}/${activity.kind}.xml`;
    const holder = open(path);
    const source = element(holder, activity.kind);
    const here = `${path} “${activity.title}”`;
    const own = attachments.get(attribute(holder, 'contextid')) ?? new Map();
    const common = { id: activity.number, section: activity.section, title: activity.title, place: here };
    const lesson = (body: Root): DraftItem[] => [{ kind: 'lesson', ...common, body }];
    const text = (name: string, of = source) => textOf(of, name, draft, here, own);
    if (source === null) return nothing(activity, here);
    switch (activity.kind) {
      case 'page':
        return lesson(text('content'));
      case 'label':
        return lesson(text('intro'));
      case 'book': {
        const chapters = elements(element(source, 'chapters'), 'chapter');
        return chapters.map((chapter, index) => {
          const title = textAt(chapter, 'title');
          return {
            kind: 'lesson',
            ...common,
            id: `${common.id}.${index}`,
            title: title || activity.title,
            body: text('content', chapter),
          };
        });
      }
      case 'url': {
        const url = textAt(source, 'externalurl');
        const link = { type: 'link' as const, url, children: [{ type: 'text' as const, value: activity.title }] };
        return lesson(root([...text('intro').children, { type: 'paragraph', children: [link] }]));
      }
      case 'resource':
      case 'folder': {
        const shown = [...own.keys()].filter(isPicture);
        if (shown.length === 0) return nothing(activity, here);
        const html = shown
          .map((name) => `<p><img src="@@PLUGINFILE@@/${encodeURIComponent(name)}" alt=""></p>`)
          .join('');
        return lesson(root([...text('intro').children, ...readHtml(relinked(html, own, draft), here, notes).children]));
      }
      case 'assign':
        return [
          { kind: 'assignment', ...common, body: text('intro'), rubric: [], thing: 'assignment', type: 'assign' },
        ];
      case 'quiz': {
        const slots = Array.from(everyElement(source, 'question_instance'));
        const asked = slots.flatMap((slot) => {
          const ids = [textAt(slot, 'questionid'), textAt(slot, 'question')];
          const entries = Array.from(
            everyElement(slot, 'questionbankentryid'),
            (entry) => `entry ${entry.text.trim()}`,
          );
          const found = questions.find(({ names }) => [...ids, ...entries].some((id) => names.includes(id)));
          if (found !== undefined) found.isUsed = true;
          if (found === undefined && element(slot, 'question_set_reference') !== null)
            notes.push(leftOut('activity', here, 'random_slot', { title: activity.title }));
          return found ? found.questions : [];
        });
        const intro = text('intro');
        const items = itemsOf({ ...common, questions: asked }, notes);
        if (items.length === 0) notes.push(leftOut('quiz', here, 'quiz_without_questions', { title: activity.title }));
        const isSaid = intro.children.length > 0 && items.length > 0;
        return [
          ...(isSaid ? [{ kind: 'lesson' as const, ...common, id: `${common.id} intro`, body: intro }] : []),
          ...items,
        ];
      }
      default:
        return nothing(activity, here);
    }
  }

  function nothing({ kind, title }: Activity, here: string): DraftItem[] {
    notes.push(leftOut('activity', here, 'activity_kind', { kind, title }));
    return [];
  }

  /** The bank has more than the quizzes ask: what is drawn from it at random, what was kept for later. */
  function unusedQuestions(): DraftItem[] {
    const rest = questions.filter(({ isUsed }) => !isUsed);
    const categories = [...new Set(rest.map(({ category }) => category))];
    return categories.flatMap((category) =>
      itemsOf(
        {
          id: `bank ${category}`,
          section: null,
          title: category,
          place: `questions.xml “${category}”`,
          questions: rest.filter((one) => one.category === category).flatMap((one) => one.questions),
        },
        notes,
      ),
    );
  }
}

interface Section {
  number: string;
  name: string | null;
  place: string;
  source: XmlElement | null;
}

function sectionsOf(information: XmlElement, open: (path: string) => XmlElement | null): Section[] {
  const named = elements(element(information, 'contents', 'sections'), 'section');
  const found = named.map((one) => {
    const place = `${textAt(one, 'directory')}/section.xml`;
    const source = open(place);
    const name = given(textAt(source, 'name')) || given(textAt(one, 'title'));
    const number = textAt(one, 'sectionid');
    return { number, name: /^\d*$/.test(name) ? null : name, place, source, order: Number(textAt(source, 'number')) };
  });
  return found.sort((one, other) => one.order - other.order);
}

/** In the order in which their sections show them. */
function activitiesOf(information: XmlElement, sections: Section[]): Activity[] {
  const sequence = sections.flatMap(({ source }) => textAt(source, 'sequence').split(','));
  const place = (number: string) => (sequence.includes(number) ? sequence.indexOf(number) : sequence.length);
  return elements(element(information, 'contents', 'activities'), 'activity')
    .map((one) => ({
      kind: textAt(one, 'modulename'),
      title: textAt(one, 'title'),
      folder: textAt(one, 'directory'),
      section: textAt(one, 'sectionid'),
      number: textAt(one, 'moduleid'),
    }))
    .sort((one, other) => place(one.number) - place(other.number));
}
