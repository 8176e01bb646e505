import { spawnSync } from 'node:child_process';
import { run, startTestPostgres, template, urlTo } from '../support/test-postgres.ts';

// Writes server/database/schema.ts anew, from a database that has just been migrated.
const postgres = await startTestPostgres();
await run(postgres.url, `create database migrated template ${template}`);
const args = ['--url', urlTo(postgres.url, 'migrated')];
process.exitCode = spawnSync('kysely-codegen', args, { stdio: 'inherit' }).status ?? 1;
await postgres.stop();
