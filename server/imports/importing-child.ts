import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from '../database/connection.ts';
import { openFileStore } from '../files/opening.ts';
import { useOwnFonts } from '../platform/fonts.ts';
import type { Told } from './apart.ts';
import { importCourses } from './importing.ts';

// Draws the pictures of courses for a server that starts, and ends.
const [told] = await once(process, 'message');
// Whoever started it is gone, or has what it wants.
process.once('disconnect', () => process.exit());
const { root, connection, config } = told as Told;
useOwnFonts(join(config.dataDir, 'fonts'));
const { db } = connect(connection);
process.send?.(await importCourses({ db, files: openFileStore(config) }, root));
