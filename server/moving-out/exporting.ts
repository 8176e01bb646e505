import { wordsIn } from '../courses/package-desk.ts';
import { changed, leftOut, type Note } from '../moving-in/draft.ts';
import { inOrder } from '../moving-in/report.ts';
import { getBook, readPictures } from './books.ts';
import { cartridgeEntries } from './cartridge.ts';
import type { Format } from './formats.ts';
import { type CourseToExport, getCartridgeTexts } from './queries.ts';
import { giftOf, moodleXmlOf } from './quizzes.ts';
import { openSources, packageEntries, type Stores } from './sources.ts';
import { writeZip } from './zip.ts';

interface Exported {
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>;
  /** what came, what the format holds in another way, and what it cannot hold */
  notes: Note[];
}

/** @param language one that the course has; the package holds all of them */
export async function exportCourse(
  stores: Stores,
  course: CourseToExport,
  format: Format,
  language: string,
  publicUrl: URL,
): Promise<Exported> {
  if (format === 'package') return { bytes: writeZip(packageEntries(stores, course)), notes: [] };
  if (format === 'epub') {
    const { items } = await openSources(stores, course, language);
    return {
      bytes: [Buffer.from(await getBook(stores, course, language, publicUrl))],
      notes: whatBooksLeave(course, language, items),
    };
  }
  if (format === 'cartridge') return cartridgeOf(stores, course, language, publicUrl);
  const sources = await openSources(stores, course, language);
  const notes = whatQuestionsLeave(course, language, sources);
  const text =
    format === 'gift' ? giftOf(sources.quizzes, notes) : await moodleXmlOf(sources.quizzes, sources.read, notes);
  return { bytes: [Buffer.from(text)], notes: inOrder(notes) };
}

async function cartridgeOf(
  { db, files }: Stores,
  course: CourseToExport,
  language: string,
  publicUrl: URL,
): Promise<Exported> {
  const { copies, ...texts } = await getCartridgeTexts(db, course, language);
  const address = new URL(`/courses/${course.slug}`, publicUrl).href;
  const pictures = await readPictures(files, copies);
  const t = wordsIn(language);
  const words = {
    ...{ true: t('attempts.true'), false: t('attempts.false') },
    ...{ glossary: t('glossaries.heading'), outcomes: t('courses.outcomes') },
  };
  const notes: Note[] = [changed('course', 'course.yaml', 'out_rules')];
  const others = course.languages.filter((one) => one !== language);
  if (others.length > 0)
    notes.push(leftOut('course', 'course.yaml', 'out_languages', { language, others: others.join(', ') }));
  const entries = cartridgeEntries({ ...texts, address, language, pictures }, words, notes);
  return { bytes: writeZip(entries), notes: inOrder(notes) };
}

type Sources = Pick<Awaited<ReturnType<typeof openSources>>, 'items' | 'quizzes' | 'hasGlossary'>;

/** Right answers stay on the server, and so the questions do. */
function whatBooksLeave({ languages }: CourseToExport, language: string, items: Sources['items']): Note[] {
  const others = languages.filter((one) => one !== language);
  const quizzes = items.filter(({ kind }) => kind === 'quiz');
  const place = 'course.yaml';
  return [
    ...quizzes.map(({ key, title }) => leftOut('quiz', `${language}/${key}.gift`, 'out_quiz', { title })),
    ...(others.length > 0 ? [leftOut('course', place, 'out_languages', { language, others: others.join(', ') })] : []),
  ];
}

/** What has no place where there are questions alone. */
function whatQuestionsLeave(
  { slug, languages }: CourseToExport,
  language: string,
  { items, quizzes, hasGlossary }: Sources,
): Note[] {
  const place = 'course.yaml';
  const count = (kind: string) => items.filter((item) => item.kind === kind).length;
  const others = languages.filter((one) => one !== language);
  const notes: Note[] = [changed('course', place, 'out_rules')];
  if (quizzes.length === 0) notes.push(leftOut('course', slug, 'out_no_quiz'));
  if (others.length > 0) notes.push(leftOut('course', place, 'out_languages', { language, others: others.join(', ') }));
  if (count('lesson') > 0) notes.push(leftOut('lesson', place, 'out_lessons', { count: count('lesson') }));
  if (count('assignment') > 0)
    notes.push(leftOut('assignment', place, 'out_assignments', { count: count('assignment') }));
  if (hasGlossary) notes.push(leftOut('text', `${language}/glossary.yaml`, 'out_glossary'));
  return notes;
}
