import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { BucketAddress } from './files/bucket.ts';
import { PlainError } from './platform/plain-error.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface Config {
  host: string;
  port: number;
  /** Where the server listens, as a browser on this machine writes it. */
  address: string;
  /** Where people find it: the origin in links, on paper, and of every form that is accepted. */
  publicUrl: URL;
  /** The proxies whose word about a visitor's address is believed. */
  trustProxy: string[] | false;
  dataDir: string;
  /** null: a PostgreSQL of our own, in dataDir. */
  databaseUrl: string | null;
  /** A streaming replica of it, which public pages are read from; null: there is none. */
  replicaUrl: string | null;
  /** In an S3-compatible store; null: files lie in dataDir. */
  bucket: BucketAddress | null;
  /** Where a backup is written each night; null: nowhere. */
  backupDir: string | null;
  /** Holds the key that private keys are encrypted under; null: a file in dataDir. */
  keyFile: string | null;
  /** null: mail is written to a folder in dataDir. */
  smtpUrl: string | null;
  /** The sender of mail, as an address. */
  mailFrom: string;
  /** Days after which what is of no use any more goes. */
  keepDays: KeepDays;
  /** Whoever shows it may read /metrics; null: nobody, and nothing is measured. */
  metricsToken: string | null;
  logLevel: (typeof logLevels)[number];
  development: boolean;
}

export interface KeepDays {
  /** Letters that were sent or given up: to whom, which, when. */
  mails: number;
  /** For whom an invitation was meant that nobody has used. */
  invitationNotes: number;
  /** What somebody answered who asked to join a cohort, after the decision. */
  joinAnswers: number;
  /** The words of requests about one's data, and of the answers. */
  requests: number;
  /** People whom somebody else put on a list, and who never came in. */
  unentered: number;
}

/**
 * The settings of the environment, and those of `.env` in the folder that the environment leaves open.
 * @throws PlainError with a sentence for each setting that cannot be meant
 */
export function readConfig(env = process.env, folder = process.cwd()): Config {
  const settings = { ...readEnvFile(join(folder, '.env')), ...env };
  const faults: string[] = [];

  /** @param parse gives undefined for what cannot be meant */
  function read<T>(name: string, unset: T, parse: (text: string) => T | undefined, rule: string): T {
    const text = settings[name]?.trim();
    if (!text) return unset;
    const value = parse(text);
    if (value === undefined) faults.push(`${name} must be ${rule}.`);
    return value ?? unset;
  }

  const host = read('HOST', '127.0.0.1', hostName, 'the name or number of a network address of this machine');
  const port = read('PORT', 3000, portNumber, 'a whole number from 1 to 65535');
  const address = `http://${inUrl(host)}:${port}`;
  const publicUrl = read(
    'PUBLIC_URL',
    new URL(address),
    origin,
    'an address such as https://learn.example.org, with no path',
  );
  const config: Config = {
    host,
    port,
    address,
    publicUrl,
    trustProxy: read<string[] | false>(
      'TRUST_PROXY',
      false,
      proxies,
      'a list such as loopback, 10.0.0.0/8 (separated by commas)',
    ),
    dataDir: resolve(
      folder,
      read('DATA_DIR', '.data', (text) => text, 'a folder'),
    ),
    databaseUrl: read(
      'DATABASE_URL',
      null,
      databaseUrl,
      'an address such as postgres://user:password@host:5432/domdom',
    ),
    replicaUrl: read(
      'DATABASE_REPLICA_URL',
      null,
      databaseUrl,
      'an address such as postgres://user:password@host:5432/domdom',
    ),
    bucket: read(
      'FILES_URL',
      null,
      bucketAddress,
      'an address such as https://ACCESS_KEY:SECRET@s3.example.org/bucket?region=eu-central-1',
    ),
    backupDir: read<string | null>('BACKUP_DIR', null, (text) => resolve(folder, text), 'a folder'),
    keyFile: read<string | null>('KEY_FILE', null, (text) => resolve(folder, text), 'a file'),
    smtpUrl: read('SMTP_URL', null, smtpUrl, 'an address such as smtps://user:password@mail.example.org:465'),
    mailFrom: read('MAIL_FROM', `domdom@${publicUrl.hostname}`, mailAddress, 'an e-mail address'),
    keepDays: {
      mails: read('KEEP_MAILS_DAYS', 90, dayCount, days),
      invitationNotes: read('KEEP_INVITATION_NOTES_DAYS', 30, dayCount, days),
      joinAnswers: read('KEEP_JOIN_ANSWERS_DAYS', 90, dayCount, days),
      requests: read('KEEP_REQUESTS_DAYS', 730, dayCount, days),
      unentered: read('KEEP_UNENTERED_DAYS', 365, dayCount, days),
    },
    metricsToken: read('METRICS_TOKEN', null, longToken, 'a secret of 16 or more letters and digits'),
    logLevel: read(
      'LOG_LEVEL',
      'warn',
      (text) => logLevels.find((level) => level === text),
      `one of ${logLevels.join(', ')}`,
    ),
    development: settings.NODE_ENV === 'development',
  };
  if (faults.length > 0) throw new PlainError(faults.join('\n'));
  return config;
}

/** Of a demonstration: in a folder of its own, and never in the database that real people are in. */
export function readDemoConfig(): Config {
  const { DATA_DIR = '.data-demo' } = process.env;
  return { ...readConfig({ ...process.env, DATA_DIR }), databaseUrl: null, replicaUrl: null };
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new PlainError(`The settings in ${path} cannot be read (${code}). Make the file readable, or remove it.`);
  }
}

function hostName(text: string): string | undefined {
  return isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) ? text : undefined;
}

function portNumber(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65535 ? port : undefined;
}

const days = 'a whole number of days from 1 to 36500';

function dayCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 36_500 ? count : undefined;
}

function longToken(text: string): string | undefined {
  return /^[\w.~+/=-]{16,}$/.test(text) ? text : undefined;
}

/** A server that listens on every address of the machine is found at localhost. */
function inUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}

function origin(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url : undefined;
}

function proxies(text: string): string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  return names.every(isProxy) ? names : undefined;
}

function isProxy(name: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(name)) return true;
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(name) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}

function databaseUrl(text: string): string | undefined {
  return /^postgres(ql)?:\/\/./.test(text) ? text : undefined;
}

/** The keys in it are written as in any address: a slash in a secret as %2F. Without a region the store chooses. */
function bucketAddress(text: string): BucketAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password, searchParams } = new URL(text);
  const isComplete =
    /^https?:$/.test(protocol) && /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(pathname) && password !== '';
  if (!isComplete) return undefined;
  return {
    endpoint: `${protocol}//${host}${pathname}`,
    region: searchParams.get('region') ?? 'auto',
    accessKeyId: decodeURIComponent(username),
    secretAccessKey: decodeURIComponent(password),
  };
}

function smtpUrl(text: string): string | undefined {
  return /^smtps?:\/\/./.test(text) && URL.canParse(text) ? text : undefined;
}

function mailAddress(text: string): string | undefined {
  return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(text) ? text : undefined;
}
