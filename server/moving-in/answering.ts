import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { MovingFault } from './draft.ts';

/** Sends what a thread made of a file, or why it could not, to whoever started it. Any other failure ends the thread. */
export async function answer(path: string, work: () => Promise<object>): Promise<void> {
  try {
    parentPort?.postMessage(await work());
  } catch (error) {
    // Whatever walks a tree goes down with it, until there is no room left.
    const fault = error instanceof RangeError ? new MovingFault('source_too_deep', basename(path)) : error;
    if (!(fault instanceof MovingFault)) throw fault;
    const { code, place, values } = fault;
    parentPort?.postMessage({ fault: { code, place, values } });
  }
}
