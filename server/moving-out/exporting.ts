import type { Note } from '../moving-in/draft.ts';
import type { Format } from './formats.ts';
import type { CourseToExport } from './queries.ts';
import { packageEntries, type Stores } from './sources.ts';
import { writeZip } from './zip.ts';

interface Exported {
  bytes: AsyncIterable<Buffer>;
  /** what the format could not hold, or holds in another way */
  notes: Note[];
}

/** @param language one that the course has; the package holds all of them */
export async function exportCourse(
  stores: Stores,
  course: CourseToExport,
  _format: Format,
  _language: string,
): Promise<Exported> {
  return { bytes: writeZip(packageEntries(stores, course)), notes: [] };
}
