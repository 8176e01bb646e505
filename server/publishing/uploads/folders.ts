import { extname } from 'node:path';
import type { Fault } from '../../courses/fault.ts';
import type { Note } from '../../moving-in/draft.ts';
import { cleanLine } from '../../platform/text.ts';
import { settingsIn, withSettings } from '../outline.ts';
import type { OwnPackage } from './reading.ts';

const settingsFile = 'course.yaml';
/** A file with thousands of the same thing wrong is told so often; nobody reads on. */
const mostNotes = 3_000;
const mostFaults = 1_000;
const longestName = 50;

/** A file's own name, as far as it can be one on any disk. */
export function fileNameOf(sent: string): string {
  const name =
    cleanLine(sent.slice(-1000))
      .replace(/^.*[/\\]/, '')
      .replace(/^[.\s]+/, '') || 'file';
  const ending = extname(name).slice(0, 10);
  return (
    Array.from(name.slice(0, name.length - extname(name).length) || 'file')
      .slice(0, longestName)
      .join('') + ending
  );
}

/**
 * Why a package of ours cannot become a draft: something of it would be missing there. What is wrong with its words is no reason, for there
 * they can be mended.
 */
export function faultsOf({ files, faults, isWhole }: OwnPackage): Fault[] | null {
  const unfit = [...files.keys()].filter((path) => !fits(path));
  if (isWhole && unfit.length === 0) return null;
  const named = unfit.map((file) => ({ file, line: null, code: 'file_name_unfit', values: {} }));
  return storable([...named, ...faults].slice(0, mostFaults));
}

/** As the table of drafts takes it. */
function fits(path: string): boolean {
  const steps = path.split('/');
  const isShort = steps.length <= 3 && Array.from(path).length <= 200;
  return isShort && steps.every((step) => step !== '' && !step.startsWith('.')) && !/\p{Cc}/u.test(path);
}

/**
 * The files of a course under the name and the organisation that its draft has. course.yaml stays to the letter where it says so already, and
 * where it cannot be read.
 */
export function renamed(
  files: Map<string, Uint8Array>,
  { slug, provider }: { slug: string; provider: string },
): Map<string, Buffer> {
  const own = new Map([...files].map(([path, bytes]) => [path, bufferOf(bytes)]));
  const yaml = own.get(settingsFile)?.toString() ?? '';
  const said = settingsIn(yaml, ['id', 'provider']);
  if (said.id === slug && said.provider === provider) return own;
  const changed = withSettings(yaml, { id: slug, provider });
  return changed === null ? own : own.set(settingsFile, Buffer.from(changed));
}

/** A thread sends its bytes without that they were a Buffer. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What there is to tell of a package that came as it was. */
export function ownNotes(
  { files, faults }: OwnPackage,
  before: { id: string; provider: string },
  now: { slug: string; provider: string; isNewVersion: boolean },
): Note[] {
  const note = (outcome: Note['outcome'], code: string, values: Note['values'] = {}): Note => ({
    ...{ outcome, thing: 'course', code, values },
    place: outcome === 'came' ? '' : settingsFile,
  });
  return storable([
    note('came', 'came_package', { count: files.size }),
    ...(now.isNewVersion ? [note('came', 'came_as_version', { slug: now.slug })] : []),
    ...(before.id === now.slug ? [] : [note('changed', 'id_changed', { before: before.id || '–', now: now.slug })]),
    ...(before.provider === now.provider
      ? []
      : [note('changed', 'provider_changed', { before: before.provider || '–', now: now.provider })]),
    ...(faults.length > 0 ? [{ ...note('changed', 'to_mend', { count: faults.length }), place: '' }] : []),
  ]);
}

/** What a reader of foreign files tells, with the organisation that was chosen in place of the one it guessed. */
export function movedNotes(notes: Note[], provider: string): Note[] {
  const own = notes.map((note) => (note.code === 'guessed' ? { ...note, values: { ...note.values, provider } } : note));
  const rest = own.length - mostNotes;
  const cut: Note[] =
    rest > 0 ? [{ outcome: 'changed', thing: 'course', place: '', code: 'report_cut', values: { count: rest } }] : [];
  return storable([...own.slice(0, mostNotes), ...cut]);
}

/** Names in archives may be anything; PostgreSQL takes neither NUL nor half a letter. */
function storable<Told>(told: Told): Told {
  const clean = (_: string, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '').slice(0, 500) : value;
  return JSON.parse(JSON.stringify(told, clean));
}
