import { workerData } from 'node:worker_threads';
import { answer } from './answering.ts';
import { readSource } from './reading.ts';
import { writePackage } from './writing.ts';

/** Apart from the command's own thread: a hostile source may take as long and as much as it likes, until it is ended. */
const { path, id, language } = workerData as { path: string; id: string; language: string | null };
await answer(path, async () => ({ moved: await writePackage(await readSource(path), id, language) }));
