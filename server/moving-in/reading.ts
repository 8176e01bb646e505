import { lstat, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeText } from '../quizzes/gift-read.ts';
import { readAiken } from './aiken.ts';
import { type Files, kindOfArchive, readFiles, readTarGz, readZip } from './archive.ts';
import { readCartridge } from './cartridge.ts';
import { type Draft, MovingFault } from './draft.ts';
import { readGiftFile } from './gift.ts';
import { most } from './limits.ts';
import { readMarkdownFolder } from './markdown-folder.ts';
import { readMoodleBackup } from './moodle-backup.ts';
import { readMoodleXml } from './moodle-xml.ts';
import { readWord } from './word.ts';

/** Reads a source in whichever known format it is. @throws MovingFault when it is in none, or cannot be read */
export async function readSource(path: string): Promise<Draft> {
  const place = basename(path);
  const found = await lstat(path).catch(() => null);
  if (found === null) throw new MovingFault('source_missing', place);
  if (found.isDirectory()) return readEntries(await readFiles(path, place), place);
  if (!found.isFile()) throw new MovingFault('source_kind', place);
  if (found.size > most.archiveBytes)
    throw new MovingFault('file_too_large', place, { megabytes: most.archiveBytes / 1e6 });
  return readBytes(await readFile(path), place);
}

/** A folder, or what an archive holds. */
function readEntries(entries: Files, place: string): Draft {
  if (entries.files.has('moodle_backup.xml')) return readMoodleBackup(entries, place);
  if (entries.files.has('imsmanifest.xml')) return readCartridge(entries, place);
  return readMarkdownFolder(entries, place);
}

/** By what is in it: the ending of a name is what people made of it. */
export async function readBytes(content: Buffer, place: string): Promise<Draft> {
  const archive = kindOfArchive(content);
  if (archive === 'zip') {
    const entries = await readZip(content, place);
    return entries.files.has('word/document.xml') ? readWord(content, entries, place) : readEntries(entries, place);
  }
  if (archive === 'gzip') return readEntries(await readTarGz(content, place), place);
  if (content.length > most.textBytes)
    throw new MovingFault('file_too_large', place, { megabytes: most.textBytes / 1e6 });
  const text = decodeText(content);
  if (text.includes('\u0000')) throw new MovingFault('format_unknown', place);
  const start = text.trimStart();
  if (start.startsWith('<')) return readXmlFile(content, start, place);
  if (/^ANSWER:\s/m.test(text) && /^\s*[A-Z][).]/m.test(text)) return readAiken(content, place);
  const hasAnswers =
    /^\s*(?:::|\/\/|\$CATEGORY:)/m.test(text) || /\{\s*(?:[#=~}]|T(?:RUE)?\b|F(?:ALSE)?\b)/i.test(text);
  if (hasAnswers || /\.gift(?:\.txt)?$/i.test(place)) return readGiftFile(content, place);
  throw new MovingFault('format_unknown', place);
}

function readXmlFile(content: Buffer, start: string, place: string): Draft {
  const name = /<(?![?!])(?:[\w.-]+:)?([\w.-]+)/.exec(start.slice(0, 10_000).replace(/<!--[\s\S]*?-->/g, ''))?.[1];
  if (name === 'quiz' || name === 'question') return readMoodleXml(content, place);
  throw new MovingFault('format_unknown', place);
}
