import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { useOwnFonts } from '../platform/fonts.ts';
import { PlainError } from '../platform/plain-error.ts';
import { convertInto } from './converting.ts';
import { MovingFault } from './draft.ts';
import { readLanguage } from './language.ts';
import { faultInWords, reportInWords } from './report.ts';

/** `course convert SOURCE FOLDER`: needs no database. */
export async function convertCourse(args: string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args);
  const [source, folder] = positionals;
  const language = values.language ? readLanguage(values.language) : null;
  const isUnclear = positionals.length > 2 || (values.language !== undefined && language === null);
  if (source === undefined || folder === undefined || isUnclear) throw new PlainError(usage);
  useOwnFonts(join(readConfig().dataDir, 'fonts'));
  const moved = await convertInto(source, folder, language).catch((error) => {
    throw error instanceof MovingFault ? new PlainError(faultInWords(error, 'en')) : error;
  });
  console.log(reportInWords(moved.notes, 'en').join('\n').trim());
  if (moved.files === null) throw new PlainError('Nothing of it can be a course, so no folder was written.');
  console.log(`\nWritten into ${folder}. Look it through, then: npm run domdom -- course import ${folder}`);
}

const usage = 'Say from what into which new folder: npm run domdom -- course convert SOURCE FOLDER [--language CODE]';

function argumentsOf(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { language: { type: 'string' } } });
  } catch {
    throw new PlainError(usage);
  }
}
