import type { Kysely } from 'kysely';
import type { PoolConfig } from 'pg';
import { removeOldPins } from '../accounts/one-time-pins/queries.ts';
import { removeOldOwnerLinks } from '../accounts/owner-links/queries.ts';
import { removeOldChallenges } from '../accounts/passkeys/queries.ts';
import { removeEndedSessions, removeForgottenBrowsers } from '../accounts/sessions/queries.ts';
import { keepSiteCounts } from '../admin/queries.ts';
import { queueLetters } from '../announcements/letters/queries.ts';
import { clearUploads } from '../assignments/uploads/clearing.ts';
import { closeOverdue } from '../attempts/timing/closing.ts';
import { removeOldBundles } from '../certificates/bundles/queries.ts';
import { removeOldPlacements } from '../cohorts/placements/queries.ts';
import { forgetOldAnswers } from '../cohorts/requests/queries.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { remindOfEnds } from '../enrolments/renewing/queries.ts';
import { removeUnnamedFiles } from '../files/queries.ts';
import type { FileStore } from '../files/store.ts';
import { forgetOldNotes } from '../invitations/queries.ts';
import { markAllAgain } from '../key-corrections/marking-again/parts.ts';
import { removeOldCounts } from '../limits/queries.ts';
import { removeOldMails } from '../mail/queries.ts';
import { countCandidates } from '../mentoring/certificates/queries.ts';
import { drawMissingBooks } from '../moving-out/books.ts';
import { eraseUnentered } from '../my-data/erasure/queries.ts';
import { forgetOldWords } from '../my-data/requests/queries.ts';
import { countBranches } from '../organisations/counting/queries.ts';
import { removeOldImports } from '../people/importing/queries.ts';
import { forgetMerged } from '../people/merging/forgetting/queries.ts';
import type { Job } from '../platform/jobs.ts';
import { bringAll } from '../publishing/uploads/bringing.ts';
import { removeOldUploads } from '../publishing/uploads/queries.ts';
import { askForLarge, countWaiting } from '../results/reports/keeping/queries.ts';
import { removeOldShareLinks } from '../share-links/queries.ts';
import { countFunnels, countSubmissions } from '../statistics/counting/queries.ts';

interface Parts {
  config: Pick<Config, 'backupDir' | 'dataDir' | 'keepDays' | 'publicUrl'>;
  connection: PoolConfig;
  db: Kysely<Database>;
  files: FileStore;
}

const day = 24 * 60 * 60_000;

/** All that is done by the clock, in the hours when few learn. */
export function listJobs({ config, connection, db, files }: Parts): Job[] {
  const { backupDir, keepDays, publicUrl } = config;
  const removing = (name: string, schedule: string, remove: () => Promise<number | null>): Job => ({
    name,
    schedule,
    run: async () => {
      const removed = await remove();
      if (removed === null) return 'put off: a backup is under way';
      return `removed ${removed}`;
    },
  });
  const backup = {
    name: 'backup',
    schedule: '0 2 * * *',
    run: async () => {
      if (backupDir === null) return 'BACKUP_DIR is not set';
      const { backUpNightly } = await import('../backups/nightly.ts');
      return backUpNightly({ connection, files }, backupDir);
    },
  };
  const reminders = {
    name: 'expiry-reminders',
    schedule: '0 8 * * *',
    run: async () => `reminded ${await remindOfEnds(db)}`,
  };
  const letters = {
    name: 'announcement-letters',
    schedule: '*/5 * * * *',
    run: async () => `queued ${await queueLetters(db)}`,
  };
  const books = {
    name: 'books',
    schedule: '*/10 * * * *',
    run: async () => `drew ${await drawMissingBooks({ db, files }, publicUrl)}`,
  };
  const answers = {
    name: 'question-statistics',
    schedule: '*/5 * * * *',
    run: async () => {
      const { submissions, recounts } = await countSubmissions(db);
      return `counted ${submissions}${recounts === 0 ? '' : `, and ${recounts} quizzes anew`}`;
    },
  };
  const funnels = {
    name: 'course-statistics',
    schedule: '10 3 * * *',
    run: async () => `counted ${await countFunnels(db)}`,
  };
  const candidates = {
    name: 'mentoring-candidates',
    schedule: '5 0 * * *',
    run: async () => `counted ${await countCandidates(db)}`,
  };
  const siteCounts = {
    name: 'site-counts',
    schedule: '15 * * * *',
    run: async () => `counted ${await keepSiteCounts(db)}`,
  };
  const largeReports = {
    name: 'large-reports',
    schedule: '20 3 * * *',
    run: async () => `queued ${await askForLarge(db, new Date())}`,
  };
  // What was asked for, and what a process that ended has left; what the next run does not begin before this one has ended.
  const keptReports = {
    name: 'kept-reports',
    schedule: '*/5 * * * *',
    run: async () => `counted ${await countWaiting(db, new Date(Date.now() + 4 * 60_000))}`,
  };
  const branches = {
    name: 'branch-counts',
    schedule: '40 * * * *',
    run: async () => `counted ${await countBranches(db)}`,
  };
  // What a process that ended has left.
  const corrections = {
    name: 'key-corrections',
    schedule: '*/5 * * * *',
    run: async () => `marked again ${await markAllAgain({ db, config })}`,
  };
  // What no process has begun, or one that ended has left.
  const courseUploads = {
    name: 'course-uploads',
    schedule: '*/5 * * * *',
    run: async () => `brought in ${await bringAll({ db, files, config })}`,
  };
  // Whoever looks at one closes it as well.
  const attempts = {
    name: 'timed-attempts',
    schedule: '*/5 * * * *',
    run: async () => `handed in ${await closeOverdue({ db, config })}`,
  };
  return [
    backup,
    reminders,
    letters,
    books,
    answers,
    funnels,
    candidates,
    siteCounts,
    largeReports,
    keptReports,
    branches,
    corrections,
    courseUploads,
    attempts,
    removing('sessions', '20 1 * * *', () => removeEndedSessions(db)),
    removing('known-browsers', '25 1 * * *', () => removeForgottenBrowsers(db)),
    removing('owner-links', '30 1 * * *', () => removeOldOwnerLinks(db)),
    removing('passkey-challenges', '32 */3 * * *', () => removeOldChallenges(db)),
    removing('limits', '35 */3 * * *', () => removeOldCounts(db)),
    removing('people-imports', '15 */6 * * *', () => removeOldImports(db)),
    removing('cohort-placements', '18 */6 * * *', () => removeOldPlacements(db)),
    removing('one-time-pins', '33 1 * * *', () => removeOldPins(db)),
    removing('mails', '50 1 * * *', () => removeOldMails(db, keepDays.mails)),
    removing('invitation-notes', '52 1 * * *', () => forgetOldNotes(db, keepDays.invitationNotes)),
    removing('join-answers', '53 1 * * *', () => forgetOldAnswers(db, keepDays.joinAnswers)),
    removing('data-requests', '54 1 * * *', () => forgetOldWords(db, keepDays.requests)),
    removing('unentered-people', '56 1 * * *', () => eraseUnentered(db, keepDays.unentered)),
    removing('merged-people', '45 1 * * *', () => forgetMerged(db)),
    removing('certificate-bundles', '36 1 * * *', () => removeOldBundles(db)),
    removing('assignment-uploads', '50 * * * *', () => clearUploads({ db, files })),
    removing('old-course-uploads', '59 1 * * *', () => removeOldUploads(db)),
    removing('share-links', '58 1 * * *', () => removeOldShareLinks(db)),
    removing('files', '40 1 * * *', () => removeUnnamedFiles(db, files, new Date(Date.now() - day))),
  ];
}
