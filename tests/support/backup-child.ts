import { join } from 'node:path';
import { backUp } from '../../server/backups/backing-up.ts';
import { restore } from '../../server/backups/restoring.ts';
import { folderStore } from '../../server/files/store.ts';

// Backs a database and a folder up, or restores them, and says how many MB of memory were in use at most. Run with --expose-gc.
const [deed, connectionString = '', dataDir = '', path = ''] = process.argv.slice(2);
const place = { connection: { connectionString }, files: folderStore(join(dataDir, 'files')) };
let most = 0;
const look = setInterval(() => {
  // Twice: the second waits for what the first still frees beside us.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  most = Math.max(most, heapUsed + arrayBuffers);
}, 250);
try {
  if (deed === 'backup') await backUp(place, path, () => ({ advance() {}, end() {} }));
  else await restore({ ...place, dataDir, replace: true }, path);
  console.log(`done with ${Math.ceil(most / 1e6)} MB`);
} catch (error) {
  console.log(`failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
clearInterval(look);
