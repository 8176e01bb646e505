import { PlainError } from '../platform/plain-error.ts';

/** What can go wrong on a sound machine, in a sentence; anything else as it is. */
export function toPlainError(error: unknown, path: string): unknown {
  if (error instanceof PlainError) return error;
  const { code = '', path: place = path } = error as NodeJS.ErrnoException;
  const sentence = sentences[code];
  return sentence === undefined ? error : new PlainError(sentence(place));
}

export const notOwner =
  'The database does not permit it to this user. Let DATABASE_URL name the owner of the database, or restore into a database that is its own.';

const sentences: Record<string, (place: string) => string> = {
  ENOENT: (place) => `${place} is not there.`,
  ENOTDIR: (place) => `${place} is not there.`,
  EISDIR: (place) => `${place} is a folder. Name a file.`,
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: notPermitted,
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EFBIG: (place) => `The disk of ${place} takes no file as large as this one. Take another disk.`,
  // PostgreSQL's own: read_only_sql_transaction, insufficient_privilege, disk_full.
  '25006': () => 'The database of DATABASE_URL is for reading only, as a replica is. Name the one that it follows.',
  '42501': () => notOwner,
  '53100': () => 'There is no room on the disk of the database. Make room, then try again. Nothing was changed.',
};

function notPermitted(place: string): string {
  return `This user is not permitted to work on ${place}. Choose another place, or change its rights.`;
}

function noRoom(place: string): string {
  return `There is no room on the disk of ${place}. Make room, or choose another disk.`;
}
