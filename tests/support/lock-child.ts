import { takeLock } from '../../server/database/lock.ts';

// Takes the lock of a folder at the given time, says whether it has it, and keeps it until killed.
const [dataDir = '', time] = process.argv.slice(2);
while (Date.now() < Number(time));
try {
  await takeLock(dataDir, `http://127.0.0.1:${process.pid}`);
  console.log('has it');
  setInterval(() => {}, 60_000);
} catch (error) {
  console.log(`refused: ${error instanceof Error ? error.message : error}`);
}
