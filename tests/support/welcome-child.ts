import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../server/app.ts';
import { importFolder } from '../../server/imports/importing.ts';
import { main, whole } from '../../server/main.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';

const welcome = fileURLToPath(new URL('../../courses/welcome/', import.meta.url));

// The whole server, with one course out of all: to import them all takes longer than what is tested.
await main([], {
  ...whole,
  build: buildApp,
  listJobs: () => [],
  prepare: async ({ config, db, files }) => {
    useOwnFonts(join(config.dataDir, 'fonts'));
    await ensureRootOrganisation(db);
    await importFolder({ db, files }, welcome);
  },
});
