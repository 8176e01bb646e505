import type { Backup } from '../backups/nightly.ts';
import { isPublicAddress } from '../certificates/public-address.ts';
import type { Config } from '../config.ts';
import type { JobState } from '../jobs/queries.ts';
import type { MasterKeyFile } from '../keys/master-key.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** What each thing looks like when it is well. All facts are given; nothing is asked here. */

const megabyte = 1_000_000;
const day = 24 * 60 * 60_000;

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18)
    ? ok(`Node ${version}`)
    : bad(`Node ${version} is too old.`, 'Install Node 22.18 or later, or run npm ci, which brings one.');
}

export function judgeAddress({ publicUrl, trustProxy }: Pick<Config, 'publicUrl' | 'trustProxy'>): Finding[] {
  const address = isPublicAddress(publicUrl)
    ? ok(`People find the site at ${publicUrl.origin}`)
    : warn(
        `PUBLIC_URL (${publicUrl.origin}) is no public https address: certificates are trial copies.`,
        'Put a proxy with TLS in front, and set PUBLIC_URL to the address that people open.',
      );
  if (publicUrl.protocol !== 'https:' || trustProxy !== false) return [address];
  return [
    address,
    warn(
      'TRUST_PROXY is not set: all visitors seem to come from the proxy, and share its limits.',
      'Set TRUST_PROXY to the address of the proxy, for example loopback.',
    ),
  ];
}

export function judgeMail({ smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>): Finding {
  return smtpUrl === null
    ? warn(`Mail goes into ${dataDir}/mail and reaches nobody.`, 'Set SMTP_URL to a mail server.')
    : ok('Mail goes out by SMTP');
}

/** @param replayed null: it follows no primary */
export function judgeReplica({ written, replayed }: { written: number; replayed: number | null }): Finding {
  if (replayed === null) {
    return bad(
      'DATABASE_REPLICA_URL leads to a PostgreSQL that follows no other: it is not read from.',
      'Correct it, or leave it out.',
    );
  }
  const behind = Math.max(0, written - replayed);
  return behind > 16 * megabyte
    ? warn(
        `The replica is ${Math.round(behind / megabyte)} MB behind; while that is more than a minute, it is not read from.`,
        'Look into its log, and at the disk and the network between the two.',
      )
    : ok('The replica follows, and public pages are read from it');
}

export interface Folder {
  path: string;
  /** null: it is not there. */
  mode: number | null;
  isWritable: boolean;
  freeBytes: number;
}

export function judgeDataDir({ path, mode, isWritable, freeBytes }: Folder): Finding[] {
  if (mode === null) {
    return [warn(`There is no site in ${path} yet.`, 'The first start makes one: npm start')];
  }
  const rights = !isWritable
    ? bad(`This user cannot write to ${path}.`, 'Run as the user whose folder it is, or change its owner.')
    : mode & 0o077
      ? warn(`${path} is open to other users of this machine.`, `chmod 700 ${path}`)
      : ok(`The data folder ${path} is private and writable`);
  return [rights, judgeRoom(path, freeBytes)];
}

function judgeRoom(path: string, freeBytes: number): Finding {
  const words = `${Math.floor(freeBytes / megabyte).toLocaleString('en')} MB are free on the disk of ${path}`;
  const advice = 'Make room before the disk is full: then nothing can be saved any more.';
  if (freeBytes < 200 * megabyte) return bad(`Only ${words}.`, advice);
  return freeBytes < 2_000 * megabyte ? warn(`Only ${words}.`, advice) : ok(words);
}

export interface Settings {
  version: string;
  encoding: string;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  extensions: string[];
  has_collation: boolean;
  now: Date;
}

export function judgeSettings(settings: Settings, isEmbedded: boolean, before: Date, after: Date): Finding[] {
  const major = Number.parseInt(settings.version, 10);
  const whose = isEmbedded ? 'of our own' : 'of DATABASE_URL';
  const findings = [
    major >= 15
      ? ok(`PostgreSQL ${settings.version} ${whose}`)
      : bad(`PostgreSQL ${settings.version} is too old.`, 'Upgrade it to 15 or later.'),
  ];
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit'] as const) {
    if (settings[name] === 'off') {
      findings.push(
        bad(
          `PostgreSQL has ${name} off: a power cut loses what people were told is saved.`,
          `alter system set ${name} = on`,
        ),
      );
    }
  }
  if (settings.encoding !== 'UTF8') {
    findings.push(
      bad(`The database keeps text as ${settings.encoding}.`, "Make one with: encoding 'UTF8' template template0"),
    );
  }
  for (const name of ['unaccent', 'pg_trgm', 'ltree'].filter((name) => !settings.extensions.includes(name))) {
    findings.push(bad(`The extension ${name} is missing.`, `As owner of the database: create extension ${name}`));
  }
  if (!settings.has_collation) {
    findings.push(bad('PostgreSQL cannot sort Vietnamese (vi-x-icu).', 'Take a PostgreSQL that was built with ICU.'));
  }
  findings.push(judgeSkew(settings.now, before, after));
  return findings;
}

/** The clock of the database lies between the two looks at ours, give or take. */
function judgeSkew(database: Date, before: Date, after: Date): Finding {
  const seconds = Math.max(before.getTime() - database.getTime(), database.getTime() - after.getTime(), 0) / 1000;
  return seconds < 30
    ? ok('The clocks of this machine and of the database agree')
    : bad(
        `The clocks of this machine and of the database differ by ${Math.round(seconds)} seconds.`,
        'Set both by NTP (timedatectl set-ntp true): time limits of quizzes hold by them.',
      );
}

/** A machine without a battery wakes up in the past; the newest migration says when this program was written at the earliest. */
export function judgeClock(newestMigration: string, now: Date): Finding {
  const [year = 0, month = 1, date = 1] = newestMigration.split('_').map(Number);
  return now.getTime() > Date.UTC(year, month - 1, date) - day
    ? ok(`The clock says ${now.toISOString().slice(0, 16)} UTC`)
    : bad(
        `The clock says ${now.toISOString().slice(0, 10)}, before this program was written.`,
        'timedatectl set-ntp true',
      );
}

export function judgeMigrations(done: string[], known: string[]): Finding {
  const unknown = done.filter((name) => !known.includes(name));
  const pending = known.filter((name) => !done.includes(name));
  if (unknown.length > 0) {
    return bad(`The database is newer than this program (${unknown.at(-1)}).`, 'Start the newer version of Đom Đóm.');
  }
  return pending.length > 0
    ? warn(
        `${pending.length} migrations have yet to be run.`,
        'A start runs them, and so does: npm run domdom -- migrate',
      )
    : ok('The database is up to date');
}

export interface Backups {
  backupDir: string | null;
  /** null: the folder cannot be read. */
  list: Backup[] | null;
  isOnSameDisk: boolean;
  freeBytes: number;
}

export function judgeBackups({ backupDir, list, isOnSameDisk, freeBytes }: Backups, now: Date): Finding[] {
  if (backupDir === null) {
    return [
      warn(
        'There is no nightly backup.',
        'Set BACKUP_DIR to a folder on another disk, or call backup FILE by a clock of your own.',
      ),
    ];
  }
  const newest = list?.at(-1);
  if (list === null || newest === undefined) {
    return [
      warn(
        `There is no backup in ${backupDir} yet.`,
        'One is made at 02:00 while the server runs. For one now: npm run domdom -- backup FILE',
      ),
    ];
  }
  const days = (now.getTime() - newest.at.getTime()) / day;
  const findings = [
    days > 2
      ? warn(
          `The last good backup is ${Math.floor(days)} days old (${newest.name}).`,
          'npm run domdom -- jobs says why.',
        )
      : ok(`The last backup is ${newest.name}, of ${list.length} that are kept`),
  ];
  if (isOnSameDisk) {
    findings.push(
      warn(
        'The backups lie on the same disk as the data: when it dies, both are gone.',
        'Let BACKUP_DIR be another disk, or copy the newest to another machine each day.',
      ),
    );
  }
  if (freeBytes < 2 * newest.bytes) {
    findings.push(
      warn(`There is hardly room for the next backup in ${backupDir}.`, 'Make room, or take a larger disk.'),
    );
  }
  return findings;
}

export interface LostFiles {
  named: number;
  /** Drawings of certificates, and nothing else. */
  drawings: number;
  others: string[];
}

export function judgeFiles({ named, drawings, others }: LostFiles): Finding[] {
  const findings: Finding[] = [];
  if (others.length > 0) {
    findings.push(
      bad(
        `${others.length} files that the database names are lost: ${others.slice(0, 3).join(', ')}${others.length > 3 ? ' …' : ''}`,
        'Take each out of a backup: tar -xOf BACKUP files/HASH > DATA_DIR/files/AB/HASH (AB: its first two characters).',
      ),
    );
  }
  if (drawings > 0) {
    findings.push(
      warn(
        `${drawings} drawings of certificates are lost.`,
        'Nothing to do: each is drawn again when it is asked for.',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok(`All ${named} files that the database names are there`)];
}

export function judgeJobs(jobs: JobState[]): Finding[] {
  const failed = jobs.filter(({ state }) => state === 'failed' || state === 'retry');
  if (failed.length === 0) return [ok(jobs.length === 0 ? 'No job has run yet' : `All ${jobs.length} jobs went well`)];
  return failed.map(({ name, words }) => warn(`The job ${name} has failed: ${words ?? ''}`, 'npm run domdom -- jobs'));
}

export function judgeCourses(imports: { folder: string; faults: number }[]): Finding[] {
  const faulty = imports.filter(({ faults }) => faults > 0);
  if (faulty.length === 0) return [ok(`All ${imports.length} course folders were read without a fault`)];
  return faulty.map(({ folder, faults }) =>
    warn(
      `The course folder ${folder} has faults (${faults}): people do not see it as it is there.`,
      `npm run domdom -- course import courses/${folder} tells them by file and line.`,
    ),
  );
}

export interface IssuerKeys extends MasterKeyFile {
  /** How many organisations sign, and the codes of those whose key cannot be opened. */
  signing: number;
  locked: string[];
}

/** The private keys of issuers are in the database, encrypted under one that no backup has. */
export function judgeKeys({ path, isThere, isPrivate, copy, signing, locked }: IssuerKeys): Finding[] {
  if (signing === 0) return [ok('No issuer has a key yet')];
  const findings: Finding[] = [];
  if (locked.length > 0) {
    findings.push(
      bad(
        isThere
          ? `The key in ${path} does not open the signing keys of ${locked.join(', ')}: they cannot sign certificates.`
          : `The key of the issuers is not in ${path}: no certificate can be signed.`,
        'Put your copy of it back there. If it is lost for ever: npm run domdom -- key rotate CODE --master-lost',
      ),
    );
  }
  if (!isPrivate) findings.push(warn(`${path} is open to other users of this machine.`, `chmod 600 ${path}`));
  if (isThere && copy === null) {
    findings.push(
      warn(
        `The key of the issuers is in ${path} and nowhere else: no backup has it.`,
        'npm run domdom -- key copy FILE, where FILE is on another disk, apart from the backups.',
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [
    ok(`The key of the issuers opens all ${signing}; a copy was put into ${copy?.path} on ${copy?.at.slice(0, 10)}`),
  ];
}

export function judgeOwner(hasOwner: boolean): Finding {
  return hasOwner
    ? ok('The site has an owner')
    : warn('The site has no owner yet.', 'npm run domdom -- person owner-link makes a link that is good for a day.');
}
