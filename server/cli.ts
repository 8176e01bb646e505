import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { issueOneTimePin } from './accounts/one-time-pins/queries.ts';
import { createOwnerLink } from './accounts/owner-links/queries.ts';
import { findByLearnerCode } from './accounts/queries.ts';
import { resetSecondSteps } from './accounts/second-factor/queries.ts';
import { argon2Hasher } from './accounts/secrets/hashing.ts';
import { insertAuditEvent } from './audit/queries.ts';
import { backUp } from './backups/backing-up.ts';
import { restore } from './backups/restoring.ts';
import { type Config, readConfig } from './config.ts';
import { type Connection, connect } from './database/connection.ts';
import { migrate } from './database/migrator.ts';
import { borrowDatabase, type OpenDatabase, openAlone } from './database/open.ts';
import { examine } from './doctor/examining.ts';
import { inWords } from './doctor/finding.ts';
import { openFileStore } from './files/opening.ts';
import type { FileStore } from './files/store.ts';
import { importPackage, sentence } from './imports/importing.ts';
import { listJobStates } from './jobs/queries.ts';
import { jobsInWords } from './jobs/report.ts';
import { copyMasterKey, examineMasterKey, masterKeyFile } from './keys/master-key.ts';
import { findIssuer } from './keys/queries.ts';
import { KeyLocked, listLocked, rotateKey } from './keys/signing.ts';
import { convertCourse } from './moving-in/command.ts';
import { exportInto } from './moving-out/command.ts';
import { formats } from './moving-out/formats.ts';
import { ensureRootOrganisation } from './organisations/queries.ts';
import { ensureProvinces } from './places/provinces.ts';
import { useOwnFonts } from './platform/fonts.ts';
import { PlainError } from './platform/plain-error.ts';
import { progress } from './platform/progress.ts';
import { readWanted, simulatedInWords } from './simulation/command.ts';
import { simulate } from './simulation/simulating.ts';

interface Command {
  usage: string;
  about: string;
  run(args: string[]): Promise<void>;
}

const commands: Record<string, Command> = {
  migrate: {
    usage: 'migrate',
    about: 'Brings the database to the newest version. A start does this by itself.',
    run: () =>
      withDatabase(async ({ migrated }) => {
        console.log(
          migrated.length === 0 ? 'The database is up to date.' : migrated.map((name) => `migrated ${name}`).join('\n'),
        );
      }),
  },
  backup: {
    usage: 'backup FILE',
    about: 'Writes database and files into one archive, also while the server runs.',
    run: backup,
  },
  restore: {
    usage: 'restore FILE [--replace]',
    about:
      'Makes database and files what they were in the backup, then migrates. Stop the server first. With --replace also where there are people.',
    run: restoreBackup,
  },
  doctor: {
    usage: 'doctor',
    about:
      'Looks at everything and says what to do; ends with 1 when something must be mended now. Also while the server runs.',
    run: async () => {
      const findings = await examine(readConfig());
      console.log(inWords(findings));
      if (findings.some(({ level }) => level === 'bad')) process.exitCode = 1;
    },
  },
  jobs: {
    usage: 'jobs',
    about: 'Lists what is done by the clock: when, how it last ended, and what failed.',
    run: () => withDatabase(async ({ db }) => console.log(jobsInWords(await listJobStates(db)))),
  },
  simulate: {
    usage: 'simulate --learners NUMBER [--courses NUMBER] [--centres NUMBER] [--seed WORDS]',
    about:
      'Fills a database in which nobody is with people who do not exist, their courses and all that they have done, to try how it bears them.',
    run: (args) => withDatabase((work) => fillWithPeople(work, args)),
  },
  'course import': {
    usage: 'course import FOLDER [--replace]',
    about:
      'Reads a course folder, or a zip of one, and publishes a new version where something changed. Faults are told by file and line.',
    run: (args) => withDatabase((work) => importCourse(work, args)),
  },
  'course export': {
    usage: 'course export SLUG FILE [--format FORMAT] [--language CODE]',
    about: `Writes a course into a file, as the zip that can be imported again, or as ${formats.slice(1).join(', ')}; says what a format cannot hold.`,
    run: (args) => withDatabase((work) => exportInto(work, args, work.config.publicUrl)),
  },
  'course convert': {
    usage: 'course convert SOURCE FOLDER [--language CODE]',
    about:
      'Makes a course folder out of questions or a course of another system, and says what came, what was changed and what was left out.',
    run: convertCourse,
  },
  'key rotate': {
    usage: 'key rotate CODE [--master-lost]',
    about:
      'Gives an organisation a new signing key; what the old one signed stays valid. With --master-lost also where the old one cannot be opened any more.',
    run: (args) => withDatabase((work) => rotate(work, args)),
  },
  'key copy': {
    usage: 'key copy FILE',
    about: 'Copies the key that the issuers’ keys are encrypted under, which is in no backup. Keep it on another disk.',
    run: async ([path]) => {
      if (path === undefined) throw new PlainError('Say where to: npm run domdom -- key copy FILE');
      await copyMasterKey(readConfig(), path);
      console.log(`Copied into ${path}. Keep it apart from the backups: whoever has both can sign as every issuer.`);
    },
  },
  'person reset-second-factor': {
    usage: 'person reset-second-factor LEARNER-CODE',
    about:
      'Turns two-step protection off and removes the passkeys of somebody who has lost phone and backup codes, and whom no manager can help.',
    run: ([code]) => withDatabase(({ db }) => resetSecondFactor(db, code)),
  },
  'person one-time-pin': {
    usage: 'person one-time-pin LEARNER-CODE',
    about:
      'Gives a PIN that opens an account once, within 24 hours, to somebody whom no manager can help: the owner who lost password and card.',
    run: ([code]) => withDatabase(({ db }) => giveOneTimePin(db, code)),
  },
  'person owner-link': {
    usage: 'person owner-link',
    about: 'Makes a new one-time link for the owner, while there is none. It is valid for 24 hours.',
    run: () =>
      withDatabase(async ({ db, config }) => {
        const token = await createOwnerLink(db);
        if (token === null) throw new PlainError('The site has an owner already.');
        console.log(new URL(`/owner-link/${token}`, config.publicUrl).href);
      }),
  },
};

/** What an operator does: `npm run domdom -- <noun> <verb>`. Ends with 0, or with 1 and a sentence. */
export async function main(args: string[]): Promise<void> {
  const name = [args.slice(0, 2).join(' '), args[0] ?? ''].find((words) => words in commands);
  const command = commands[name ?? ''];
  if (name === undefined || command === undefined) {
    console.log(help());
    if (args.length > 0 && !/^(?:-h|--help|help)$/.test(args[0] ?? '')) process.exitCode = 1;
    return;
  }
  await command.run(args.slice(name.split(' ').length));
}

/** Of the database as it is: a backup is made before an upgrade, too. */
async function backup([path]: string[]): Promise<void> {
  if (path === undefined) throw new PlainError('Say where to: npm run domdom -- backup FILE');
  const config = readConfig();
  const database = await borrowDatabase(config);
  try {
    const source = { connection: database.connection, files: openFileStore(config) };
    const { rows, files, lost } = await backUp(source, path, (total) => progress('Backing up', total));
    console.log(`Backed up ${rows} rows and ${files} files into ${path}.`);
    for (const hash of lost) console.error(`The file ${hash} is lost. The database names it.`);
    const { isThere, copy } = await examineMasterKey(config);
    if (isThere && copy === null) {
      console.log('The key of the issuers is not in it, and has no copy: npm run domdom -- key copy FILE makes one.');
    }
  } finally {
    await database.close();
  }
}

async function restoreBackup(args: string[]): Promise<void> {
  const [path] = args.filter((arg) => arg !== '--replace');
  if (path === undefined) throw new PlainError('Say which: npm run domdom -- restore FILE');
  const config = readConfig();
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const database = await openAlone(config);
  // It is read twice.
  const bar = progress('Restoring', 2 * size);
  try {
    const target = {
      connection: database.connection,
      files: openFileStore(config),
      dataDir: config.dataDir,
      replace: args.includes('--replace'),
    };
    const { head, manifest } = await restore(target, path, bar.advance);
    bar.end();
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    console.log(`Restored ${rows} rows and ${manifest.files.count} files of the backup of ${head.madeAt}.`);
    await tellOfLockedKeys(database.connection, config);
  } finally {
    await database.close();
  }
}

async function tellOfLockedKeys(connection: Parameters<typeof connect>[0], config: Config): Promise<void> {
  const { db, pool } = connect(connection);
  try {
    const { locked } = await listLocked(db, config);
    if (locked.length === 0) return;
    console.error(
      `No backup has the key of the issuers: put your copy of it back as ${masterKeyFile(config)}. ` +
        `Until then ${locked.join(', ')} cannot sign new certificates; all that are signed stay valid.`,
    );
  } finally {
    await pool.end();
  }
}

async function fillWithPeople({ db, config, connection }: Work, args: string[]): Promise<void> {
  const wish = readWanted(args);
  await ensureRootOrganisation(db);
  await ensureProvinces(db);
  const begun = performance.now();
  const wanted = { ...wish, now: new Date(), publicUrl: config.publicUrl };
  const { counts, bytes, people } = await simulate(connection, argon2Hasher(), wanted, progress);
  console.log(simulatedInWords({ counts, bytes, people, seconds: (performance.now() - begun) / 1_000 }));
}

async function importCourse({ db, files }: Work, args: string[]): Promise<void> {
  const [folder] = args.filter((arg) => arg !== '--replace');
  if (folder === undefined)
    throw new PlainError('Say which folder: npm run domdom -- course import FOLDER [--replace]');
  const outcome = await importPackage({ db, files }, folder, { replace: args.includes('--replace') });
  if (outcome.faults.length > 0) {
    throw new PlainError(outcome.faults.map((fault) => sentence(outcome.folder, fault, 'en')).join('\n'));
  }
  console.log(
    outcome.version === null ? 'Nothing has changed.' : `Published ${outcome.folder}, version ${outcome.version}.`,
  );
}

const byCommand = { actor_id: null, channel: 'command' } as const;

async function resetSecondFactor(db: Work['db'], code: string | undefined): Promise<void> {
  const id = await personOf(db, code, 'reset-second-factor');
  const isReset = await db.transaction().execute((trx) => resetSecondSteps(trx, id, byCommand));
  console.log(isReset ? 'Their secret alone lets them in from now on.' : 'They have neither of the two.');
}

async function giveOneTimePin(db: Work['db'], code: string | undefined): Promise<void> {
  const id = await personOf(db, code, 'one-time-pin');
  const pin = await db.transaction().execute(async (trx) => {
    await insertAuditEvent(trx, { ...byCommand, subject_id: id, verb: 'one_time_pin.issued' });
    return issueOneTimePin(trx, id, null);
  });
  console.log(`${pin} opens the account once, within 24 hours. Make sure that it is they who ask.`);
}

async function personOf(db: Work['db'], code: string | undefined, verb: string): Promise<string> {
  if (code === undefined) throw new PlainError(`Say whose: npm run domdom -- person ${verb} LEARNER-CODE`);
  const person = await findByLearnerCode(db, code.replace(/\D/g, ''));
  if (person === undefined) throw new PlainError(`Nobody has the learner code ${code}.`);
  return person.person_id;
}

async function rotate({ db, config }: Work, args: string[]): Promise<void> {
  const [code] = args.filter((arg) => arg !== '--master-lost');
  if (code === undefined) throw new PlainError('Say whose: npm run domdom -- key rotate CODE');
  const issuer = await findIssuer(db, code);
  if (issuer === undefined) throw new PlainError(`There is no organisation ${code}.`);
  try {
    await rotateKey(db, issuer, config, { masterIsLost: args.includes('--master-lost') });
  } catch (error) {
    throw error instanceof KeyLocked ? new PlainError(error.message) : error;
  }
  console.log(`${code} signs with a new key from now on. What the one before has signed stays valid.`);
  const { copy } = await examineMasterKey(config);
  if (copy === null) console.log('No backup has the key of the issuers: npm run domdom -- key copy FILE copies it.');
}

interface Work {
  config: Config;
  db: Connection['db'];
  files: FileStore;
  migrated: string[];
  connection: OpenDatabase['connection'];
}

async function withDatabase(run: (work: Work) => Promise<void>): Promise<void> {
  const config = readConfig();
  useOwnFonts(join(config.dataDir, 'fonts'));
  const database = await borrowDatabase(config);
  const { db, pool } = connect(database.connection);
  try {
    const migrated = await migrate(db);
    await run({ config, db, files: openFileStore(config), migrated, connection: database.connection });
  } finally {
    await pool.end();
    await database.close();
  }
}

function help(): string {
  const widest = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
  return [
    'npm run domdom -- COMMAND',
    '',
    ...Object.values(commands).map(({ usage, about }) => `  ${usage.padEnd(widest)}  ${about}`),
  ].join('\n');
}
