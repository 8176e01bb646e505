import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import { ZipFile } from 'yazl';
import type { Database } from '../database/connection.ts';
import type { FileStore } from '../files/store.ts';
import { gatherRows, listCertificateFiles, listWorkFiles } from './queries.ts';

interface Parts {
  db: Kysely<Database>;
  files: FileStore;
}

/** A zip: `index.html` to read, `data.json` for a machine, the papers, and the files that were handed in. */
export async function zipOf({ db, files }: Parts, personId: string, html: string): Promise<Readable> {
  const zip = new ZipFile();
  const json = JSON.stringify(await gatherRows(db, personId), null, 2);
  zip.addBuffer(Buffer.from(html), 'index.html');
  zip.addBuffer(Buffer.from(json), 'data.json');
  const names = new Set<string>();
  for (const { code, kind, hash } of await listCertificateFiles(db, personId)) {
    const bytes = await files.find(hash);
    // Two drawings of one paper: as a trial and as valid.
    const name = `certificates/${code}${names.has(`${code}.${kind}`) ? `-${hash.slice(0, 6)}` : ''}.${kind}`;
    names.add(`${code}.${kind}`);
    if (bytes !== null) zip.addBuffer(bytes, name, { compress: false });
  }
  for (const { id, kind, name, hash } of await listWorkFiles(db, personId)) {
    const bytes = await files.find(hash);
    const ending = kind === 'picture' ? '.jpg' : extname(name ?? '').replace(/[^.\w]/g, '');
    if (bytes !== null) zip.addBuffer(bytes, `work/${id}${ending}`);
  }
  zip.end();
  return zip.outputStream as Readable;
}
