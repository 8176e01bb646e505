import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../database/connection.ts';
import { openFileStore } from '../files/opening.ts';
import { useOwnFonts } from '../platform/fonts.ts';
import type { Told } from './apart.ts';
import { importCourses } from './importing.ts';

// Draws the pictures of courses for a server that starts, and ends.
const { root, connection, config } = workerData as Told;
useOwnFonts(join(config.dataDir, 'fonts'));
const { db } = connect(connection);
const outcomes = await importCourses({ db, files: openFileStore(config) }, root);
await db.destroy();
parentPort?.postMessage(outcomes);
