import type { ListItem, Paragraph, PhrasingContent, RootContent, Text } from 'mdast';
import { stringify } from 'yaml';
import { fileOf } from '../courses/package-desk.ts';
import type { Translate } from '../platform/i18n.ts';
import { later } from '../platform/later.ts';
import { cleanLine } from '../platform/text.ts';
import { writeEscapes } from '../quizzes/gift-text.ts';
import type { DraftAssignment } from './draft.ts';
import { fitTitle } from './keys.ts';

const mdast = later<typeof import('mdast-util-to-markdown')>('mdast-util-to-markdown');

export interface WrittenItem {
  key: string;
  kind: 'lesson' | 'quiz' | 'assignment';
  section: string | null;
  title: string;
  text: string;
  minutes: number;
}

/** What nobody could know from the source, and an author looks at: every package must say it. */
export const guesses = {
  topic: 'internet',
  level: 'basic',
  provider: 'domdom',
  licence: 'LicenseRef-unknown',
  pass: 50,
};

export function courseYaml(id: string, language: string, items: WrittenItem[]): string {
  const keysOf = (kind: WrittenItem['kind']) => items.filter((item) => item.kind === kind).map(({ key }) => key);
  const quizzes = keysOf('quiz');
  const minutes = items.reduce((sum, item) => sum + item.minutes, 0);
  const hasLessons = keysOf('lesson').length > 0;
  return stringify(
    {
      format: 1,
      id,
      topic: guesses.topic,
      level: guesses.level,
      hours: Math.min(1000, Math.max(0.1, Math.round(minutes / 6) / 10)),
      languages: [language],
      provider: guesses.provider,
      licence: guesses.licence,
      skills: [],
      completion: {
        lessons: hasLessons ? 'all' : [],
        ...(quizzes.length > 0 && { quizzes }),
        ...(!hasLessons && quizzes.length === 0 && { assignments: keysOf('assignment') }),
      },
      items: items.map(({ key, kind, minutes }) => ({
        ...{ key, kind, minutes },
        ...(kind !== 'lesson' && { pass: guesses.pass }),
        ...(kind === 'assignment' && { hand_in: ['text', 'link', 'files'] }),
      })),
    },
    { lineWidth: 0 },
  );
}

/** With the parts of the source as a list, for a package has none: its items stand in one row. */
export function courseText(title: string, about: string, items: WrittenItem[], t: Translate): string {
  const plain = cleanLine(about.replace(/[*_#>`[\]()!|\\-]+/g, ' '));
  const sentence = /^.{20,280}?[.!?…](?=\s|$)/u.exec(plain)?.[0] ?? (plain.length <= 280 ? plain : '');
  const front = stringify(
    { title, summary: sentence || t('moving.summary', { title }), outcomes: [t('moving.outcome', { title })] },
    { lineWidth: 0 },
  );
  const contents = contentsOf(items, t);
  const blocks = [about, ...(contents === '' ? [] : [contents])].filter(Boolean);
  return `---\n${front}---\n\n${blocks.join('\n') || mdast().toMarkdown(paragraph([text(title)]))}`;
}

function contentsOf(items: WrittenItem[], t: Translate): string {
  const sections = [...new Set(items.map(({ section }) => section))];
  if (sections.length < 2) return '';
  const blocks = sections.flatMap((section): RootContent[] => {
    const own = items.filter((item) => item.section === section);
    const links = own.map((item): ListItem => {
      const link = { type: 'link' as const, url: fileOf({ ...item, line: 0 }), children: [text(item.title)] };
      return { type: 'listItem', children: [paragraph([link])] };
    });
    const name: RootContent[] =
      section === null ? [] : [paragraph([{ type: 'strong', children: [text(fitTitle(section, '–'))] }])];
    return [...name, { type: 'list', spread: false, children: links }];
  });
  const heading: RootContent = { type: 'heading', depth: 2, children: [text(t('moving.contents'))] };
  return mdast().toMarkdown({ type: 'root', children: [heading, ...blocks] }, { bullet: '-' });
}

export function lessonText(title: string, body: string): string {
  return `${mdast().toMarkdown({ type: 'heading', depth: 1, children: [text(title)] })}\n${body}`;
}

export function assignmentText(title: string, body: string, rubric: DraftAssignment['rubric'], t: Translate): string {
  const criteria = rubric.length > 0 ? rubric : [ownRubric(t)];
  const front = stringify(
    {
      rubric: criteria.map(({ criterion, levels }) => ({
        criterion,
        levels: Object.fromEntries(levels.map(({ points, text }) => [points, text])),
      })),
    },
    { lineWidth: 0 },
  );
  return `---\n${front}---\n\n${lessonText(title, body.trim() === '' ? mdast().toMarkdown(paragraph([text(title)])) : body)}`;
}

function ownRubric(t: Translate): DraftAssignment['rubric'][number] {
  return {
    criterion: t('moving.rubric_criterion'),
    levels: [
      { points: 2, text: t('moving.rubric_full') },
      { points: 1, text: t('moving.rubric_part') },
      { points: 0, text: t('moving.rubric_none') },
    ],
  };
}

/** A slash in a category parts it, two are one. */
export function categoryLine(title: string): string {
  return `$CATEGORY: ${writeEscapes(title.replaceAll('/', '//'))}\n\n`;
}

function text(value: string): Text {
  return { type: 'text', value };
}

function paragraph(children: PhrasingContent[]): Paragraph {
  return { type: 'paragraph', children };
}
