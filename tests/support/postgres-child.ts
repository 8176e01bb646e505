import { startPostgres } from '../../server/database/embedded.ts';
import { takeLock } from '../../server/database/lock.ts';

// Runs a PostgreSQL of our own over a folder until SIGTERM, as a server would, and says how to reach it.
const [dataDir = '', binaries] = process.argv.slice(2);
const lock = await takeLock(dataDir, 'http://127.0.0.1:1');
const postgres = await startPostgres(dataDir, binaries);
console.log(`ready ${JSON.stringify({ pid: postgres.pid, connection: postgres.connection })}`);
process.once('SIGTERM', async () => {
  await postgres.stop();
  await lock.release();
});
