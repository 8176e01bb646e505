import t from 'tap';
import { type Finding, inWords } from '../../server/doctor/finding.ts';
import {
  type Backups,
  judgeAddress,
  judgeBackups,
  judgeClock,
  judgeCourses,
  judgeDataDir,
  judgeFiles,
  judgeJobs,
  judgeKeys,
  judgeMail,
  judgeMigrations,
  judgeNode,
  judgeOwner,
  judgeSettings,
  type Settings,
} from '../../server/doctor/rules.ts';
import type { JobState } from '../../server/jobs/queries.ts';

const now = new Date('2026-11-22T09:00:00Z');
const keys = {
  path: '/k',
  isThere: true,
  isPrivate: true,
  copy: { path: '/usb/k', at: '2026-11-20T09:00:00.000Z' },
  signing: 2,
  locked: [],
};
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 60 * 60_000);

const settings: Settings = {
  version: '18.4',
  encoding: 'UTF8',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  extensions: ['plpgsql', 'unaccent', 'pg_trgm', 'ltree'],
  has_collation: true,
  now,
};
const judgePostgres = (change: Partial<Settings>) => judgeSettings({ ...settings, ...change }, false, now, now);

const backup = { name: 'domdom-2026-11-22-0200.tar', at: hoursAgo(14), bytes: 1_000 };
const backups: Backups = { backupDir: '/backups', list: [backup], isOnSameDisk: false, freeBytes: 1e9 };
const judgeNights = (change: Partial<Backups>) => judgeBackups({ ...backups, ...change }, now);

const folder = { path: '/data', mode: 0o40700, isWritable: true, freeBytes: 50e9 };
const job: JobState = { name: 'backup', schedule: '', state: 'completed', at: now, words: null, succeeded_at: now };
const site = { publicUrl: new URL('https://hoc.example.vn'), trustProxy: ['loopback'] };

const cases: [what: string, judged: Finding | Finding[], level: Finding['level'], words: RegExp][] = [
  ['a Node that will do', judgeNode('22.18.0'), 'ok', /Node 22\.18/],
  ['an old Node', judgeNode('22.17.9'), 'bad', /too old/],
  ['a very old Node', judgeNode('18.20.0'), 'bad', /too old/],

  ['a public address', judgeAddress(site), 'ok', /hoc\.example\.vn/],
  [
    'an address of this machine',
    judgeAddress({ publicUrl: new URL('http://127.0.0.1:3000'), trustProxy: false }),
    'warn',
    /trial/,
  ],
  ['a proxy that is not named', judgeAddress({ ...site, trustProxy: false }), 'warn', /TRUST_PROXY/],
  ['no mail server', judgeMail({ smtpUrl: null, dataDir: '/data' }), 'warn', /\/data\/mail/],
  ['a mail server', judgeMail({ smtpUrl: 'smtp://x', dataDir: '/data' }), 'ok', /SMTP/],

  ['a private folder with room', judgeDataDir(folder), 'ok', /private/],
  ['an open folder', judgeDataDir({ ...folder, mode: 0o40755 }), 'warn', /open to other users/],
  ['a folder of somebody else', judgeDataDir({ ...folder, isWritable: false }), 'bad', /cannot write/],
  ['no folder yet', judgeDataDir({ ...folder, mode: null }), 'warn', /no site/],
  ['a disk that fills up', judgeDataDir({ ...folder, freeBytes: 1.5e9 }), 'warn', /Only 1,500 MB/],
  ['a full disk', judgeDataDir({ ...folder, freeBytes: 1e8 }), 'bad', /Only 100 MB/],

  ['a sound PostgreSQL', judgePostgres({}), 'ok', /PostgreSQL 18\.4/],
  ['an old PostgreSQL', judgePostgres({ version: '14.9' }), 'bad', /too old/],
  ['fsync off', judgePostgres({ fsync: 'off' }), 'bad', /fsync off/],
  ['full_page_writes off', judgePostgres({ full_page_writes: 'off' }), 'bad', /full_page_writes off/],
  ['synchronous_commit off', judgePostgres({ synchronous_commit: 'off' }), 'bad', /synchronous_commit off/],
  ['another encoding', judgePostgres({ encoding: 'LATIN1' }), 'bad', /LATIN1/],
  ['a missing extension', judgePostgres({ extensions: ['unaccent', 'ltree'] }), 'bad', /pg_trgm is missing/],
  ['no Vietnamese order', judgePostgres({ has_collation: false }), 'bad', /sort Vietnamese/],
  ['clocks that differ', judgePostgres({ now: hoursAgo(1) }), 'bad', /differ by 3600 seconds/],

  ['a right clock', judgeClock('2026_11_22_0901__x', now), 'ok', /2026-11-22T09:00/],
  ['a clock from before', judgeClock('2026_11_22_0901__x', new Date('2020-01-01')), 'bad', /2020-01-01, before/],

  ['a database of this version', judgeMigrations(['1', '2'], ['1', '2']), 'ok', /up to date/],
  ['an older database', judgeMigrations(['1'], ['1', '2']), 'warn', /1 migrations/],
  ['a newer database', judgeMigrations(['1', '2', '3'], ['1', '2']), 'bad', /newer than this program \(3\)/],

  ['last night’s backup', judgeNights({}), 'ok', /domdom-2026-11-22-0200\.tar/],
  ['no folder for backups', judgeNights({ backupDir: null }), 'warn', /no nightly backup/],
  ['no backup yet', judgeNights({ list: [] }), 'warn', /no backup in \/backups/],
  ['a backup of 47 hours', judgeNights({ list: [{ ...backup, at: hoursAgo(47) }] }), 'ok', /last backup/],
  ['a backup of 49 hours', judgeNights({ list: [{ ...backup, at: hoursAgo(49) }] }), 'warn', /2 days old/],
  ['a backup on the same disk', judgeNights({ isOnSameDisk: true }), 'warn', /same disk/],
  ['no room for the next', judgeNights({ freeBytes: 1_900 }), 'warn', /hardly room/],

  ['all files', judgeFiles({ named: 9, drawings: 0, others: [] }), 'ok', /All 9 files/],
  ['lost files', judgeFiles({ named: 9, drawings: 0, others: ['a', 'b', 'c', 'd'] }), 'bad', /4 files .* a, b, c …/],
  ['lost drawings', judgeFiles({ named: 9, drawings: 2, others: [] }), 'warn', /2 drawings/],

  ['jobs that went well', judgeJobs([job]), 'ok', /All 1 jobs/],
  ['a failed job', judgeJobs([{ ...job, state: 'failed', words: 'No room' }]), 'warn', /backup has failed: No room/],
  ['a job that is tried again', judgeJobs([{ ...job, state: 'retry', words: 'No room' }]), 'warn', /backup has failed/],
  ['no jobs yet', judgeJobs([]), 'ok', /No job/],

  ['sound courses', judgeCourses([{ folder: 'x', faults: 0 }]), 'ok', /All 1 course/],
  ['a course with faults', judgeCourses([{ folder: 'x', faults: 3 }]), 'warn', /folder x has faults \(3\)/],
  ['no key yet', judgeKeys({ ...keys, signing: 0, locked: [] }), 'ok', /No issuer/],
  ['a key with a copy', judgeKeys(keys), 'ok', /opens all 2; a copy was put into \/usb\/k on 2026-11-20/],
  ['a key without a copy', judgeKeys({ ...keys, copy: null }), 'warn', /in \/k and nowhere else/],
  ['a key that others can read', judgeKeys({ ...keys, isPrivate: false }), 'warn', /\/k is open to other users/],
  ['a lost key', judgeKeys({ ...keys, isThere: false, locked: ['a', 'b'] }), 'bad', /not in \/k: no certificate/],
  ['another key', judgeKeys({ ...keys, locked: ['b'] }), 'bad', /does not open the signing keys of b/],

  ['an owner', judgeOwner(true), 'ok', /has an owner/],
  ['no owner', judgeOwner(false), 'warn', /no owner/],
];

for (const [what, judged, level, words] of cases) {
  t.test(`Of ${what} it says: ${level}`, async (t) => {
    const findings = [judged].flat();
    const found = findings.find((finding) => words.test(finding.words));
    t.equal(found?.level, level);
    if (level === 'ok') t.ok(findings.every((finding) => finding.level === 'ok'));
    else t.ok(found?.advice, 'it says what to do');
  });
}

t.test('Findings are lines, with what to do below, and a count at the end', async (t) => {
  const words = inWords([judgeNode('22.18.0'), judgeNode('12.0.0'), judgeOwner(false)]);
  t.match(words, /^ok {4}Node 22\.18\.0\nbad {3}Node 12\.0\.0 is too old\.\n {6}→ Install Node .*\nwarn {2}The site/);
  t.match(words, /To mend now: 1\. To look after: 1\.$/);
  t.match(inWords([judgeOwner(true)]), /All is well\.$/);
});
