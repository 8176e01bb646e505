import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readConfig } from '../../server/config.ts';
import { PlainError } from '../../server/platform/plain-error.ts';
import { temporaryFolder } from '../support/child.ts';

t.test('Unset means: this machine alone, port 3000, all data beside the program', async (t) => {
  const folder = await temporaryFolder(t);
  const config = readConfig({ PORT: '', HOST: ' ' }, folder);
  t.strictSame(
    { ...config, publicUrl: config.publicUrl.href },
    {
      host: '127.0.0.1',
      port: 3000,
      address: 'http://127.0.0.1:3000',
      publicUrl: 'http://127.0.0.1:3000/',
      trustProxy: false,
      dataDir: join(folder, '.data'),
      databaseUrl: null,
      replicaUrl: null,
      bucket: null,
      backupDir: null,
      keyFile: null,
      smtpUrl: null,
      mailFrom: 'domdom@127.0.0.1',
      keepDays: { mails: 90, invitationNotes: 30, joinAnswers: 90, requests: 730, unentered: 365 },
      metricsToken: null,
      logLevel: 'warn',
      development: false,
    },
  );
});

t.test('Settings are those of the environment, and of .env where it is silent', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, '.env'), 'PORT=4000\nHOST=0.0.0.0\nDATA_DIR="my data" # here\n');
  const config = readConfig(
    { PORT: '5000', PUBLIC_URL: 'https://hoc.example.org', TRUST_PROXY: 'loopback, 10.0.0.0/8' },
    folder,
  );
  t.match(config, { port: 5000, host: '0.0.0.0', address: 'http://localhost:5000', dataDir: join(folder, 'my data') });
  t.equal(config.publicUrl.href, 'https://hoc.example.org/');
  t.same(config.trustProxy, ['loopback', '10.0.0.0/8']);
  t.equal(readConfig({ HOST: '::1' }, folder).address, 'http://[::1]:4000');
  t.equal(readConfig({ NODE_ENV: 'development' }, folder).development, true);
  t.equal(readConfig({ BACKUP_DIR: '../usb' }, folder).backupDir, join(folder, '..', 'usb'));
});

for (const [name, values, rule] of [
  ['PORT', ['0', '65536', '3000.5', '-1', '0x10', 'http'], 'a whole number from 1 to 65535'],
  ['HOST', ['http://localhost', 'a b', 'localhost:3000'], 'the name or number of a network address'],
  [
    'PUBLIC_URL',
    ['example.org', 'ftp://example.org', 'https://example.org/learn', 'https://a:b@example.org'],
    'an address such as https://learn.example.org, with no path',
  ],
  ['TRUST_PROXY', ['true', '1', '10.0.0.0/33', '10.0.0.1,,', 'example.org'], 'a list such as'],
  [
    'FILES_URL',
    ['s3.example.org/bucket', 'https://s3.example.org/bucket', 'https://k:s@s3.example.org', 'ftp://k:s@host/bucket'],
    'an address such as https://ACCESS_KEY',
  ],
  ['DATABASE_URL', ['mysql://secret@host/db', 'postgres://', 'localhost'], 'an address such as postgres://'],
  ['KEEP_MAILS_DAYS', ['0', '-1', '1.5', '36501', 'for ever'], 'a whole number of days from 1 to 36500'],
  ['METRICS_TOKEN', ['short', 'with spaces in its midst'], 'a secret of 16 or more'],
  ['LOG_LEVEL', ['loud', 'INFO'], 'one of fatal, error, warn'],
] as const) {
  for (const value of values) {
    t.test(`${name}=${value} is told in a sentence`, async (t) => {
      const folder = await temporaryFolder(t);
      const error = t.throws(() => readConfig({ [name]: value }, folder), { name: 'PlainError' });
      t.match(error, { message: new RegExp(`^${name} must be ${rule}.*\\.$`) });
    });
  }
}

t.test('All faults are told at once, and no secret with them', async (t) => {
  const folder = await temporaryFolder(t);
  const error = t.throws(() => readConfig({ PORT: 'x', DATABASE_URL: 'mysql://u:secret@h/d' }, folder));
  t.match(error, { message: /^PORT .*\nDATABASE_URL / });
  t.notMatch(error, { message: 'secret' });
});

t.test('An .env that cannot be read is told', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, '.env'));
  t.throws(() => readConfig({}, folder), { name: 'PlainError', message: /\.env cannot be read \(EISDIR\)/ });
});

t.test('Whatever is set gives settings, or a sentence that names what cannot be meant', async (t) => {
  const folder = await temporaryFolder(t);
  const names = [
    ...['PORT', 'HOST', 'PUBLIC_URL', 'TRUST_PROXY', 'DATABASE_URL', 'DATABASE_REPLICA_URL', 'FILES_URL', 'SMTP_URL'],
    ...['MAIL_FROM', 'KEEP_MAILS_DAYS', 'METRICS_TOKEN', 'LOG_LEVEL'],
  ];
  const value = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom(
      '%',
      'https://%zz:%@h/ab',
      'http://[',
      'postgres://',
      '::1',
      '0',
      '65536',
      'smtp://',
      '//',
      '127.0.0.1/33',
    ),
  );
  const law = fc.property(fc.constantFrom(...names), value, (name, text) => {
    try {
      return readConfig({ [name]: text }, folder).port > 0;
    } catch (error) {
      return error instanceof PlainError && error.message.startsWith(`${name} must be `);
    }
  });
  fc.assert(law, { numRuns: 1000 });
});
