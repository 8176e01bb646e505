import { availableParallelism } from 'node:os';
import type { Kysely } from 'kysely';
import { type CoursePackage, checkPackage } from '../../courses/package.ts';
import type { Database } from '../../database/connection.ts';
import type { FileStore } from '../../files/store.ts';
import { keepFiles } from '../../imports/importing.ts';
import { findProvider, lockImports } from '../../imports/queries.ts';
import { insertVersion } from '../../versions/inserting/queries.ts';
import { checkDraft } from '../checking.ts';
import { type Check, checksOf, standing, weightOf } from '../checks.ts';
import { lockDraft, readDraftFolder } from '../files/queries.ts';
import { drawOnce, glance, weighOnce } from '../pictures/drawing.ts';
import type { Draft } from '../queries.ts';
import { getReviewing, lockCourse, setPublished } from './queries.ts';

type Stores = { db: Kysely<Database>; files: FileStore };

export type Publication =
  | { outcome: 'published'; slug: string }
  /** It is not in review any more, or not as whoever pressed the button saw it. */
  | { outcome: 'changed' }
  | { outcome: 'faults' }
  | { outcome: 'checks' }
  /** Another version was published since this draft was made: nothing is put over it. */
  | { outcome: 'meanwhile' }
  /** Another course has that name. */
  | { outcome: 'taken' };

/** All that there is to say of a draft before it is published. Its pictures are weighed for that, each once. @returns null while it has faults */
export async function publishingChecks(stores: Stores, draft: Draft): Promise<Check[] | null> {
  const { faults, folder } = await checkDraft(stores, draft);
  if (faults.length > 0) return null;
  const reading = await checkPackage(folder.source, glance);
  if ('faults' in reading) return null;
  const weights = await weighPictures(reading.package);
  return weights && checksOf(reading.package, weights);
}

/** As many at a time as there are cores. */
async function weighPictures({ pictures, files }: CoursePackage): Promise<Map<string, number> | null> {
  const weights = new Map<string, number | null>();
  const waiting = pictures.keys();
  const weigher = async () => {
    for (const path of waiting) {
      const content = files.get(path);
      weights.set(path, content ? await weighOnce(content) : 0);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, weigher));
  const whole = [...pictures.keys()].flatMap((path): [string, number][] => {
    const bytes = weights.get(path) ?? null;
    return bytes === null ? [] : [[path, bytes]];
  });
  return whole.length === pictures.size ? new Map(whole) : null;
}

/**
 * Makes the draft the course's next version, all or nothing. Pressed twice, it is published once.
 * @param revision of the draft, as its reviewer saw it
 * @throws for who wrote it, by constraint
 */
export async function publishDraft(
  stores: Stores,
  draft: Draft,
  { revision, changes }: { revision: number; changes: string },
  reviewer: { id: string },
): Promise<Publication> {
  const { db, files } = stores;
  if (draft.state === 'published') return { outcome: 'published', slug: draft.slug };
  const { faults } = await checkDraft(stores, draft);
  if (faults.length > 0) return { outcome: 'faults' };
  const folder = await readDraftFolder(db, files, draft);
  const reading = await checkPackage(folder.source, drawOnce);
  if ('faults' in reading) return { outcome: 'faults' };
  const { waivers } = await getReviewing(db, draft);
  const weights = new Map([...reading.package.pictures].map(([path, picture]) => [path, weightOf(picture)]));
  if (standing(checksOf(reading.package, weights), waivers).length > 0) return { outcome: 'checks' };
  const provider = await findProvider(db, draft.organisation_code);
  if (provider === undefined || folder.revision !== revision) return { outcome: 'changed' };
  const version = await keepFiles({ db, files }, reading.package, provider);

  return db.transaction().execute(async (trx): Promise<Publication> => {
    // A start that imports the same course waits, and then leaves it alone.
    await lockImports(trx);
    const now = await lockDraft(trx, draft);
    if (now.state === 'published') return { outcome: 'published', slug: draft.slug };
    if (now.state !== 'in_review' || now.revision !== revision) return { outcome: 'changed' };
    const course = await lockCourse(trx, draft.slug);
    if (course !== undefined && (course.id !== now.course_id || course.owner_organisation_id !== draft.organisation_id))
      return { outcome: 'taken' };
    if ((course?.current_version_id ?? null) !== now.base_version_id) return { outcome: 'meanwhile' };
    const { id, number } = await insertVersion(trx, { ...version, published: { by: reviewer.id, changes } });
    const { id: course_id = '' } = (await lockCourse(trx, draft.slug)) ?? {};
    await setPublished(trx, draft, { id, course_id, number }, reviewer);
    return { outcome: 'published', slug: draft.slug };
  });
}
