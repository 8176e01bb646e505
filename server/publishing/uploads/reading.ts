import type { Fault } from '../../courses/fault.ts';
import { readApart } from '../../moving-in/converting.ts';
import { most } from '../../moving-in/limits.ts';
import type { Moved } from '../../moving-in/writing.ts';

/** What a file that was brought is: a course of another kind, made one of ours; or one of ours, as it is. */
export type ReadFile = { moved: Moved } | { own: OwnPackage };

export interface OwnPackage {
  /** As it calls itself. */
  name: string;
  files: Map<string, Uint8Array>;
  /** All that is wrong with it. */
  faults: Fault[];
  /** All that lies in the archive could be taken out of it. */
  isWhole: boolean;
}

/** Pages are answered by the same process. */
const megabytesOfMemory = 512;

/** @throws MovingFault */
export async function readUpload(
  path: string,
  wish: { id: string; language: string | null },
  milliseconds = most.milliseconds,
): Promise<ReadFile> {
  const script = new URL('reading-worker.ts', import.meta.url);
  return readApart<ReadFile>(script, { path, ...wish }, { milliseconds, megabytesOfMemory });
}
