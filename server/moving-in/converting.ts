import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isLanguage } from '../platform/i18n.ts';
import { MovingFault } from './draft.ts';
import { most } from './limits.ts';
import { reportInWords } from './report.ts';
import type { Moved } from './writing.ts';

/** Lets a thread of its own read the source, which is ended when it takes too long or too much. @throws MovingFault */
export async function convert(source: string, id: string, language: string | null, limits = most): Promise<Moved> {
  const path = resolve(source);
  const script = new URL('converting-worker.ts', import.meta.url);
  const { moved } = await readApart<{ moved: Moved }>(script, { path, id, language }, limits);
  return moved;
}

type Limits = Pick<typeof most, 'milliseconds' | 'megabytesOfMemory'>;

/** What a thread makes of the file at `path`: its one message, unless that is a fault. @throws MovingFault */
export async function readApart<Answer extends object>(
  script: URL,
  workerData: { path: string } & Record<string, unknown>,
  limits: Limits = most,
): Promise<Answer> {
  const worker = new Worker(script, {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.megabytesOfMemory },
  });
  const minutes = limits.milliseconds / 60_000;
  const tooSlow = new MovingFault('source_too_slow', basename(workerData.path), { minutes });
  try {
    const [answer] = await once(worker, 'message', { signal: AbortSignal.timeout(limits.milliseconds) });
    if ('fault' in answer) throw new MovingFault(answer.fault.code, answer.fault.place, answer.fault.values);
    return answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw code === 'ABORT_ERR' || code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooSlow : error;
  } finally {
    await worker.terminate();
  }
}

/** Converts into a new folder, whole or not at all, with the report beside the course as its README.md. @throws MovingFault */
export async function convertInto(source: string, folder: string, language: string | null): Promise<Moved> {
  const target = resolve(folder);
  const id = basename(target);
  if (!/^(?!course$)[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id.length > 80) throw new MovingFault('folder_name', folder);
  if (!(await isFree(target))) throw new MovingFault('folder_full', folder);
  const moved = await convert(source, id, language);
  if (moved.files === null) return moved;
  await mkdir(dirname(target), { recursive: true });
  const draft = join(dirname(target), `.${id}-${randomUUID()}`);
  try {
    const readme = reportFile(moved);
    for (const [path, content] of [...moved.files, ['README.md', readme] as const]) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody else put something there in the meantime.
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw code === 'ENOTEMPTY' || code === 'EEXIST' ? new MovingFault('folder_full', folder) : error;
  }
  return moved;
}

async function isFree(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

function reportFile({ notes, language }: Moved): string {
  const words = isLanguage(language) ? language : 'en';
  return `${reportInWords(notes, words).join('\n').trim()}\n`;
}
