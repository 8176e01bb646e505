import { join } from 'node:path';
import { type BucketAddress, bucketStore } from './bucket.ts';
import { type FileStore, folderStore } from './store.ts';

export function openFileStore({ bucket, dataDir }: { bucket: BucketAddress | null; dataDir: string }): FileStore {
  return bucket === null ? folderStore(join(dataDir, 'files')) : bucketStore(bucket);
}
