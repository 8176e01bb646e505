import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { reportInWords } from '../moving-in/report.ts';
import { PlainError } from '../platform/plain-error.ts';
import { exportCourse } from './exporting.ts';
import { type Format, formats, isFormat } from './formats.ts';
import { findCourseToExport } from './queries.ts';
import type { Stores } from './sources.ts';

/** `course export SLUG FILE`: the file is there whole or not at all. */
export async function exportInto(stores: Stores, args: string[], publicUrl: URL): Promise<void> {
  const { slug, path, format, wanted } = argumentsOf(args);
  const course = await findCourseToExport(stores.db, slug);
  if (course === undefined) throw new PlainError(`There is no course ${slug}.`);
  const [original = ''] = course.languages;
  const language = wanted ?? original;
  if (!course.languages.includes(language))
    throw new PlainError(`The course is not in ${language}, but in ${course.languages.join(', ')}.`);
  if (await isThere(path)) throw new PlainError(`${path} is there already. Name another file, or remove it.`);
  const { bytes, notes } = await exportCourse(stores, course, format, language, publicUrl);
  const draft = `${path}.part`;
  try {
    await pipeline(Readable.from(bytes), createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw isSystemError(error) ? new PlainError(`${path} cannot be written: ${error.message}`) : error;
  }
  console.log([...reportInWords(notes, 'en'), `Wrote version ${course.number} of ${slug} into ${path}.`].join('\n'));
}

const usage = `Say which course into which file: npm run domdom -- course export SLUG FILE [--format ${formats.join('|')}] [--language CODE]`;

function argumentsOf(args: string[]): { slug: string; path: string; format: Format; wanted: string | undefined } {
  const read = () => {
    try {
      return parseArgs({
        args,
        allowPositionals: true,
        options: { format: { type: 'string', default: 'package' }, language: { type: 'string' } },
      });
    } catch {
      throw new PlainError(usage);
    }
  };
  const { values, positionals } = read();
  const [slug, path] = positionals;
  if (slug === undefined || path === undefined || positionals.length > 2 || !isFormat(values.format))
    throw new PlainError(usage);
  return { slug, path, format: values.format, wanted: values.language };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
