import { parentPort, workerData } from 'node:worker_threads';
import { MovingFault } from './draft.ts';
import { readSource } from './reading.ts';
import { writePackage } from './writing.ts';

/** Apart from the command's own thread: a hostile source may take as long and as much as it likes, until it is ended. */
const { path, id, language } = workerData as { path: string; id: string; language: string | null };
try {
  parentPort?.postMessage({ moved: await writePackage(await readSource(path), id, language) });
} catch (error) {
  // Whatever walks a tree goes down with it, until there is no room left.
  const fault = error instanceof RangeError ? new MovingFault('source_too_deep', path) : error;
  if (!(fault instanceof MovingFault)) throw fault;
  const { code, place, values } = fault;
  parentPort?.postMessage({ fault: { code, place, values } });
}
