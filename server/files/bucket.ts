import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { later } from '../platform/later.ts';
import type { FileStore } from './store.ts';

const s3mini = later<typeof import('s3mini')>('s3mini');

/** Where a bucket is, and the keys to it. */
export interface BucketAddress {
  /** With the name of the bucket as its path: `https://s3.example.org/domdom` */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Nobody can say now whether a file is there: pages answer 503. */
class StoreUnreachable extends Error {
  readonly statusCode = 503;

  constructor(cause: unknown) {
    super('the file store does not answer as it should', { cause });
  }
}

const folder = 'files/';
/** milliseconds; the largest file of ours is 10 MB */
const longest = 60_000;

/** In any store that speaks S3, for several machines that serve one database. */
export function bucketStore(address: BucketAddress): FileStore {
  const bucket = new (s3mini().S3mini)({ ...address, requestAbortTimeout: longest });
  async function find(hash: string): Promise<Buffer | null> {
    const bytes = await patiently(() => bucket.getObjectArrayBuffer(folder + hash));
    return bytes && Buffer.from(bytes);
  }
  return {
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      await patiently(() => bucket.putObject(folder + hash, bytes));
      return hash;
    },
    async get(hash) {
      const bytes = await find(hash);
      if (bytes === null) throw Object.assign(new Error(`no file ${hash}`), { code: 'ENOENT' });
      return bytes;
    },
    find,
    sizeOf: (hash) =>
      patiently(() => bucket.getContentLength(folder + hash).catch((error) => nullIfMissing(error.cause))),
    async *listOlder(than) {
      let next: string | undefined;
      do {
        const page = await patiently(() => bucket.listObjectsPaged('/', folder, 1_000, next));
        for (const { Key, LastModified } of page?.objects ?? [])
          if (LastModified < than) yield Key.slice(folder.length);
        next = page?.nextContinuationToken;
      } while (next !== undefined);
    },
    async remove(name) {
      await patiently(() => bucket.deleteObject(folder + name));
    },
  };
}

function nullIfMissing(error: unknown): null {
  if (error instanceof s3mini().S3ServiceError && error.status === 404) return null;
  throw error;
}

/** Everything here may be done twice, and stores ask to be asked again when they are busy. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of [100, 400]) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof s3mini().S3ServiceError && error.status < 500) throw new StoreUnreachable(error);
      await delay(wait);
    }
  }
  return work().catch((error) => {
    throw new StoreUnreachable(error);
  });
}
