import S3rver from 's3rver';
import type { Test } from 'tap';
import { type BucketAddress, bucketStore } from '../../server/files/bucket.ts';
import type { FileStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';

/** A store that speaks S3 and checks signatures, on this machine. */
export async function bucketServer(t: Test): Promise<{ address: BucketAddress; files: FileStore }> {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: await temporaryFolder(t),
    configureBuckets: [{ name: 'domdom' }],
  });
  const { port } = await server.run();
  t.teardown(() => server.close());
  const address = {
    endpoint: `http://127.0.0.1:${port}/domdom`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  };
  return { address, files: bucketStore(address) };
}
