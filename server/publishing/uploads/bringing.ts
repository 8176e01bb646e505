import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Config } from '../../config.ts';
import { readText } from '../../courses/package-files.ts';
import type { Database } from '../../database/connection.ts';
import { dropParts, withFile } from '../../files/parts.ts';
import { keepFile } from '../../files/queries.ts';
import type { FileStore } from '../../files/store.ts';
import { MovingFault, type Note } from '../../moving-in/draft.ts';
import { freeKey } from '../../moving-in/keys.ts';
import { findChoice } from '../../organisations/choices/queries.ts';
import { turns } from '../../platform/turns.ts';
import { isText } from '../files/content.ts';
import type { Content } from '../files/queries.ts';
import { settingsIn } from '../outline.ts';
import { insertDraft, type NewDraft } from '../queries.ts';
import { titleOf } from '../titles.ts';
import { faultsOf, movedNotes, ownNotes, renamed } from './folders.ts';
import {
  type Claimed,
  claimUpload,
  endUpload,
  findNamesakes,
  listParts,
  listSlugsLike,
  type Refusal,
  touchUpload,
} from './queries.ts';
import { type OwnPackage, type ReadFile, readUpload } from './reading.ts';

interface Site {
  db: Kysely<Database>;
  files: FileStore;
  config: Pick<Config, 'dataDir'>;
}

/** Milliseconds between two signs of life. */
const pulse = 10_000;
/** A file that takes the process down with it, or is refused by a disk that is full, is not tried for ever. */
const mostTries = 3;
/** Unpacked files and pictures are held while one is read, so in one process it is one. */
const oneAtATime = turns(1);

/** Makes drafts of all files that wait, also of what a process that ended has left. @returns how many were read */
export async function bringAll(site: Site): Promise<number> {
  for (let count = 0; ; count += 1) if (!(await bringNext(site))) return count;
}

/** @returns false where none waits */
export function bringNext(site: Site): Promise<boolean> {
  return oneAtATime(async () => {
    const upload = await claimUpload(site.db);
    if (upload === undefined) return false;
    // A missed one is no failure: another try would begin, and find the draft made.
    const alive = setInterval(() => void touchUpload(site.db, upload).catch(() => undefined), pulse);
    try {
      await bring(site, upload);
    } catch (error) {
      if (upload.tries >= mostTries)
        await refuse(site, upload, unreadable(new MovingFault('file_fails', upload.file_name)));
      throw error;
    } finally {
      clearInterval(alive);
    }
    return true;
  });
}

async function bring(site: Site, upload: Claimed): Promise<void> {
  const { db, files, config } = site;
  if (upload.tries > mostTries)
    return refuse(site, upload, unreadable(new MovingFault('file_fails', upload.file_name)));
  const place = {
    hashes: await listParts(db, upload),
    folder: join(config.dataDir, 'uploads', upload.id),
    name: upload.file_name,
  };
  let reading: ReadFile;
  try {
    reading = await withFile(files, place, (path) =>
      readUpload(path, { id: keyOf(upload), language: upload.language }),
    );
  } catch (error) {
    if (error instanceof MovingFault) return refuse(site, upload, unreadable(error));
    throw error;
  }
  await touchUpload(db, upload, 'keeping');
  const organisation = await findChoice(db, { id: upload.made_by_id }, 'author', upload.organisation_id);
  if (organisation === undefined) return refuse(site, upload, { kind: 'not_author' });
  // Between looking for a name and taking it somebody else may take it.
  for (let round = 0; round < mostTries; round += 1) {
    const plan =
      'own' in reading
        ? await planOwn(db, upload, organisation, reading.own)
        : await planMoved(db, upload, organisation, reading.moved);
    if ('kind' in plan) return refuse(site, upload, plan);
    const outcome = await makeDraft(site, upload, plan);
    if (outcome === 'made') return dropParts(site, place.hashes);
    if (outcome === 'full') return refuse(site, upload, { kind: 'full' });
  }
  throw new Error('no name was free');
}

interface Plan {
  draft: NewDraft & { report: Note[] };
  files: Map<string, Buffer>;
}

type Organisation = { id: string; code: string };

async function planMoved(
  db: Site['db'],
  upload: Claimed,
  { id: organisation_id, code: provider }: Organisation,
  { files, language, notes }: Extract<ReadFile, { moved: unknown }>['moved'],
): Promise<Plan | Refusal> {
  const report = movedNotes(notes, provider);
  if (files === null) return { kind: 'nothing', notes: report };
  const about = `${language}/course.md`;
  const title = titleOf(about, Buffer.from(files.get(about) ?? '').toString());
  const slug = await freeSlug(db, freeKey(title, new Set(), keyOf(upload)));
  const draft = { id: upload.id, slug, organisation_id, course: null, report };
  return { draft, files: renamed(files, { slug, provider }) };
}

async function planOwn(
  db: Site['db'],
  upload: Claimed,
  organisation: Organisation,
  own: OwnPackage,
): Promise<Plan | Refusal> {
  const faults = faultsOf(own);
  if (faults !== null) return { kind: 'faults', faults };
  const yaml = Buffer.from(own.files.get('course.yaml') ?? '').toString();
  const before = settingsIn(yaml, ['id', 'provider']);
  const wanted = isSlug(own.name) ? own.name : freeKey(own.name, new Set(), keyOf(upload));
  const { course, draft: open } = await findNamesakes(db, { id: upload.made_by_id }, wanted);
  const isOwnCourse = course?.may_write === true && course.current_version_id !== null;
  const isTaken = (course !== undefined && !isOwnCourse) || (open !== undefined && open.may_write !== true);
  if (!isTaken && open !== undefined) return { kind: 'open', draft_id: open.id };

  const isNewVersion = !isTaken && isOwnCourse;
  const owner = isNewVersion ? { id: course.organisation_id, code: course.code } : organisation;
  const slug = isTaken ? await freeSlug(db, wanted) : wanted;
  const now = { slug, provider: owner.code };
  const draft = {
    ...{ id: upload.id, slug, organisation_id: owner.id },
    course: isNewVersion ? { id: course.id, version_id: course.current_version_id ?? '' } : null,
    report: ownNotes(own, before, { ...now, isNewVersion }),
  };
  return { draft, files: renamed(own.files, now) };
}

/** The draft and the end of its file, both or neither. */
async function makeDraft(site: Site, upload: Claimed, { draft, files }: Plan): Promise<'made' | 'taken' | 'full'> {
  const { db } = site;
  const contents: { path: string; content: Content }[] = [];
  for (const [path, bytes] of files) contents.push({ path, content: await contentOf(site, path, bytes) });
  const author = { id: upload.made_by_id };
  try {
    await db.transaction().execute(async (trx) => {
      const outcome = await insertDraft(trx, draft, contents, author);
      if (outcome !== 'made') throw new NotMade(outcome);
      await endUpload(trx, upload, { draft_id: draft.id });
    });
    return 'made';
  } catch (error) {
    if (error instanceof NotMade) return error.outcome;
    throw error;
  }
}

class NotMade extends Error {
  readonly outcome: 'taken' | 'full';

  constructor(outcome: 'taken' | 'full') {
    super(outcome);
    this.outcome = outcome;
  }
}

async function contentOf({ db, files }: Site, path: string, bytes: Buffer): Promise<Content> {
  const reading = isText(path) ? readText(bytes) : null;
  if (reading && 'text' in reading) return reading.text;
  return { hash: await keepFile(db, files, bytes, 'application/octet-stream'), bytes: bytes.length };
}

async function refuse(site: Site, upload: Claimed, outcome: Refusal): Promise<void> {
  const hashes = await listParts(site.db, upload);
  await site.db.transaction().execute((trx) => endUpload(trx, upload, { outcome }));
  await dropParts(site, hashes);
}

function unreadable({ place, code, values }: MovingFault): Refusal {
  return { kind: 'unreadable', place, code, values };
}

/** Out of what the file is called, where nothing in it says more. */
function keyOf({ file_name }: Claimed): string {
  return freeKey(file_name.replace(/\.[^.]*$/, ''), new Set(), 'khoa-hoc');
}

async function freeSlug(db: Site['db'], wanted: string): Promise<string> {
  return freeKey(wanted, new Set(await listSlugsLike(db, wanted)), 'khoa-hoc');
}

function isSlug(name: string): boolean {
  return /^(?!course$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 80;
}
