import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import type { Fault } from './fault.ts';
import {
  deepest,
  generous,
  leftBehind,
  longestOf,
  readText,
  refused,
  type SourceFolder,
  taken,
} from './package-files.ts';

/** An archive of what may be read is not much larger than that, whoever made it. */
const overhead = 1.1;

/**
 * Reads a course folder out of a zip, whoever made it. All entries are looked at before any is unpacked, none is unpacked beyond what it
 * says of itself, and nothing is written anywhere. What cannot be taken is a fault, as in a folder.
 */
export async function readZippedFolder(archive: string, most = generous): Promise<SourceFolder> {
  const own = basename(archive)
    .replace(/\.zip$/i, '')
    .normalize('NFC');
  if ((await stat(archive)).size > most.bytes * overhead) return tooLarge(own, most);
  // Names are looked at here: the library refuses a whole archive for one that leads out.
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true, autoClose: false };
  const zip = await openPromise(archive, options).catch(() => null);
  if (zip === null) return refused(own, 'zip_broken', {});
  try {
    if (zip.entryCount > most.entries) return refused(own, 'too_many_files', { most: most.entries });
    return await unpack(zip, own, most);
  } catch {
    return refused(own, 'zip_broken', {});
  } finally {
    zip.close();
  }
}

/** Whether a zip is a course folder of ours: course.yaml lies at its top, or in the one folder that everything lies in. */
export async function isZippedPackage(archive: string): Promise<boolean> {
  const zip = await openPromise(archive, { lazyEntries: true, decodeStrings: false, autoClose: false }).catch(
    () => null,
  );
  if (zip === null) return false;
  try {
    const paths: string[] = [];
    for await (const entry of zip.eachEntry()) {
      const { name } = nameOf(entry);
      if (!name.split('/').some((step) => leftBehind.test(step))) paths.push(name);
      if (paths.length > generous.entries) break;
    }
    const top = topOf(paths);
    return paths.includes(top === null ? 'course.yaml' : `${top}/course.yaml`);
  } catch {
    return false;
  } finally {
    zip.close();
  }
}

async function unpack(zip: ZipFile, own: string, most: typeof generous): Promise<SourceFolder> {
  const faults: Fault[] = [];
  const tell = (file: string, code: string, values: Fault['values'] = {}) =>
    faults.push({ file, line: null, code, values });
  const entries: { path: string; entry: Entry }[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.generalPurposeBitFlag & 1) return refused(own, 'zip_locked', {});
    const { name, isReadable } = nameOf(entry);
    const steps = name.replace(/\/$/, '').split('/');
    const isOutside = name.startsWith('/') || /^[a-z]:/i.test(name) || steps.includes('..') || name.includes('\0');
    if (isOutside) tell(name.replaceAll('\0', ''), 'path_outside');
    else if (steps.some((step) => leftBehind.test(step))) continue;
    else if (!isReadable) tell(name, 'file_name_encoding');
    else entries.push({ path: name, entry });
  }
  const top = topOf(entries.map(({ path }) => path));
  const files = new Map<string, Buffer>();
  const tooDeep = new Set<string>();
  const paths: string[] = [];
  let bytes = 0;
  for (const { path: whole, entry } of entries) {
    const path = top === null ? whole : whole.slice(top.length + 1);
    const steps = path.split('/');
    if (steps.length > deepest) tooDeep.add(steps.slice(0, deepest).join('/'));
    if (path === '' || path.endsWith('/') || steps.length > deepest) continue;
    paths.push(path);
    const longest = longestOf(path);
    if (isLink(entry)) tell(path, 'file_is_link');
    else if (entry.uncompressedSize > longest) tell(path, 'file_too_large', { kilobytes: longest / 1000 });
    else {
      bytes += entry.uncompressedSize;
      if (bytes > most.bytes) return tooLarge(own, most);
      const content = await contentOf(zip, entry);
      if (content === null) tell(path, 'file_damaged');
      else files.set(path, content);
    }
  }
  for (const path of tooDeep) tell(path, 'folder_too_deep');
  return taken(top ?? idOf(files.get('course.yaml')) ?? own, files, faults, paths);
}

/** As most programs write names today: UTF-8, flagged or not. What is in another code page would be another name here. */
function nameOf(entry: Entry): { name: string; isReadable: boolean } {
  const raw = entry.fileNameRaw;
  const isTold = (entry.generalPurposeBitFlag & 0x800) !== 0 || entry.extraFields.some(({ id }) => id === 0x7075);
  const isReadable = isTold || isUtf8(raw);
  const told = getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
  const name = isTold || !isReadable ? told : raw.toString().replaceAll('\\', '/');
  return { name: name.replace(/^(?:\.\/)+/, '').normalize('NFC'), isReadable };
}

/** The folder that everything lies in. */
function topOf(paths: string[]): string | null {
  const [top = '', ...others] = [...new Set(paths.map((path) => path.slice(0, path.indexOf('/') + 1 || undefined)))];
  return others.length === 0 && top.endsWith('/') ? top.slice(0, -1) : null;
}

/** Where files lie in the zip without a folder: browsers rename what they download, so the name of the archive says little. */
function idOf(yaml: Buffer | undefined): string | null {
  const reading = yaml === undefined ? null : readText(yaml);
  if (reading === null || !('text' in reading)) return null;
  return /^id:[ \t]*['"]?([a-z0-9-]{1,80})['"]?[ \t]*(?:#.*)?$/m.exec(reading.text)?.[1] ?? null;
}

function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

/** null where it is not what the archive says it is. */
async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  try {
    // Ends with an error where more comes than was told.
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece);
  } catch {
    return null;
  }
  const content = Buffer.concat(pieces);
  return crc32(content) === entry.crc32 ? content : null;
}

function tooLarge(own: string, { bytes }: typeof generous): SourceFolder {
  return refused(own, 'package_too_large', { megabytes: bytes / 1e6 });
}
