import { join } from 'node:path';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { folderStore } from '../../server/files/store.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';

// The app as a process of its own over a test's database, so that what files do to its memory can be seen.
const { TEST_DATABASE = '', ...environment } = process.env;
const config = readConfig(environment);
useOwnFonts(join(config.dataDir, 'fonts'));
const { db } = connect({ connectionString: TEST_DATABASE });
const app = await buildApp({ config, db, files: folderStore(join(config.dataDir, 'files')) });
console.log(`listens: ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
