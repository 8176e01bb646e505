import { workerData } from 'node:worker_threads';
import { checkPackage } from '../../courses/package.ts';
import { isZippedPackage, readZippedFolder } from '../../courses/package-zip.ts';
import { answer } from '../../moving-in/answering.ts';
import { readSource } from '../../moving-in/reading.ts';
import { writePackage } from '../../moving-in/writing.ts';
import { textOf } from '../checking.ts';
import { settingsIn } from '../outline.ts';
import { glance } from '../pictures/drawing.ts';
import type { ReadFile } from './reading.ts';

/** Apart from the pages' own thread, whatever the file does: it is ended when it takes too long or too much. */
const { path, id, language } = workerData as { path: string; id: string; language: string | null };
await answer(path, async (): Promise<ReadFile> => {
  if (!(await isZippedPackage(path))) return { moved: await writePackage(await readSource(path), id, language) };
  const source = await readZippedFolder(path);
  const said = settingsIn(textOf({ source }, 'course.yaml'), ['id']).id;
  const name = said || source.name;
  const reading = await checkPackage({ ...source, name }, glance);
  const faults = 'faults' in reading ? reading.faults : [];
  return { own: { name, files: source.files, faults, isWhole: source.faults.length === 0 } };
});
