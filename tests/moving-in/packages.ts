import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { checkPackage } from '../../server/courses/package.ts';
import type { Draft, Note } from '../../server/moving-in/draft.ts';
import { readSource } from '../../server/moving-in/reading.ts';
import { inWords } from '../../server/moving-in/report.ts';
import { type Moved, remembering, writePackage } from '../../server/moving-in/writing.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';

const fonts = await mkdtemp(join(tmpdir(), 'domdom-fonts-'));
t.teardown(() => rm(fonts, { recursive: true, force: true }));
useOwnFonts(fonts);

/** Files of other projects, beside this one where it is developed. */
export const packages = fileURLToPath(new URL('../../../shared/data/packages/', import.meta.url));
export const skip = existsSync(packages) ? false : 'the packages of other projects are not here';

export function expectedOf<Expected>(folder: string): Record<string, Expected> {
  return JSON.parse(readFileSync(join(packages, folder, 'expected.json'), 'utf8'));
}

/** Moves a source in, and asserts what holds for each: the package has no fault, and the report has words in both languages. */
export async function move(t: Test, path: string): Promise<Moved> {
  return moveDraft(t, await readSource(path), path);
}

export async function moveDraft(t: Test, draft: Draft, path = 'draft'): Promise<Moved> {
  const draw = remembering();
  const moved = await writePackage(draft, 'moved', null, draw);
  if (moved.files !== null) {
    const files = new Map([...moved.files].sort(([one], [other]) => (one < other ? -1 : 1)));
    const reading = await checkPackage({ name: 'moved', files, faults: [] }, draw);
    t.strictSame('faults' in reading ? reading.faults : [], [], path);
  }
  for (const note of moved.notes) t.ok(inWords(note, 'vi') && inWords(note, 'en'));
  t.notOk(
    moved.notes.some(({ code }) => code === 'no_package'),
    path,
  );
  return moved;
}

/** How many things of a kind the report names, came or left out. */
export function count(notes: Note[], thing: Note['thing'], outcome?: Note['outcome']): number {
  return notes.filter(
    (note) => note.thing === thing && (outcome ? note.outcome === outcome : note.outcome !== 'changed'),
  ).length;
}

export function textOf({ files }: Moved, path: string): string {
  return files?.get(path)?.toString() ?? '';
}
