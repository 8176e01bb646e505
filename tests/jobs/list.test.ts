import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { folderStore } from '../../server/files/store.ts';
import { listJobs } from '../../server/jobs/list.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { run } from '../support/test-postgres.ts';

const { db, url } = await testDatabase(t);
const folder = await temporaryFolder(t);
const parts = { connection: { connectionString: url }, db, files: folderStore(join(folder, 'files')) };
const publicUrl = new URL('http://127.0.0.1:3000/');
const keepDays = { mails: 90, invitationNotes: 30, joinAnswers: 90, requests: 730, unentered: 365 };
const jobs = listJobs({
  ...parts,
  config: { backupDir: join(folder, 'backups'), dataDir: folder, keepDays, publicUrl },
});

const person = '01900000-0000-7000-8000-000000000001';
await run(url, `insert into persons (id) values ('${person}')`);
const school = '01900000-0000-7000-8000-000000000002';
await run(
  url,
  `insert into organisations (id, code, name, path, kind) values ('${school}', 'school', 'School', 'school', 'school')`,
);

/** Rows are named by what is to become of them. */
const removals = {
  sessions: {
    fill: `insert into sessions (id, person_id, expires_at, device)
      select md5(word) || md5(word), '${person}', now() + until, word
      from (values ('gone', interval '-8 days'), ('kept', '-6 days'), ('open', '20 days')) as x (word, until)`,
    left: `select device as word from sessions order by 1`,
    remain: ['kept', 'open'],
  },
  'known-browsers': {
    fill: `insert into known_browsers select '${person}', word, now() - age
      from (values ('gone', interval '401 days'), ('kept', '399 days')) as x (word, age)`,
    left: `select token_hash as word from known_browsers order by 1`,
    remain: ['kept'],
  },
  'owner-links': {
    fill: `insert into owner_links (token_hash, expires_at)
      select word, now() + until from (values ('gone', interval '-8 days'), ('kept', '-6 days'), ('open', '1 hour')) as x (word, until)`,
    left: `select token_hash as word from owner_links order by 1`,
    remain: ['kept', 'open'],
  },
  limits: {
    fill: `insert into limit_counters
      select word, 9, now() - age, now() from (values ('gone', interval '61 minutes'), ('kept', '59 minutes')) as x (word, age)`,
    left: `select key as word from limit_counters order by 1`,
    remain: ['kept'],
  },
  'passkey-challenges': {
    fill: `insert into passkey_challenges (challenge, purpose, expires_at)
      select repeat(word, 8), 'sign-in', now() + until
      from (values ('gone', interval '-1 second'), ('kept', '1 minute')) as x (word, until)`,
    left: `select left(challenge, 4) as word from passkey_challenges`,
    remain: ['kept'],
  },
  'one-time-pins': {
    fill: `with people as (insert into persons (id) select gen_random_uuid() from generate_series(1, 2) returning id)
      insert into one_time_pins (person_id, pin_hash, issued_by_id, expires_at)
      select id, word, '${person}', now() + until
      from (select id, row_number() over () as number from people) as numbered
      join (values (1, 'gone', interval '-1 second'), (2, 'kept', '1 hour')) as x (number, word, until) using (number)`,
    left: `select pin_hash as word from one_time_pins`,
    remain: ['kept'],
  },
  mails: {
    fill: `insert into mails (id, person_id, letter, due_at, sent_at, given_up_at)
      select gen_random_uuid(), '${person}', word, now(), sent_at, given_up_at from (values
        ('gone', now() - interval '91 days', null), ('kept', now() - interval '89 days', null),
        ('kept given up', null, now() - interval '89 days'), ('waits', null, null)
      ) as x (word, sent_at, given_up_at)`,
    left: `select letter as word from mails order by 1`,
    remain: ['kept', 'kept given up', 'waits'],
  },
  'invitation-notes': {
    fill: `insert into invitations (id, organisation_id, role, token_hash, note, invited_by_id, expires_at)
      select gen_random_uuid(), '${school}', 'mentor', word, word, '${person}', now() - age
      from (values ('gone', interval '31 days'), ('kept', '29 days'), ('open', '-1 day')) as x (word, age)`,
    left: `select note as word from invitations where note is not null order by 1`,
    remain: ['kept', 'open'],
  },
  'data-requests': {
    fill: `insert into data_requests (id, person_id, kind, words, due_on, answer, answered_at, answered_by_id)
      select gen_random_uuid(), '${person}', 'other', word, now(), word, now() - age,
        case when age is null then null else '${person}'::uuid end
      from (values ('gone', interval '731 days'), ('kept', '729 days'), ('waits', null)) as x (word, age)`,
    left: `select words as word from data_requests where words is not null order by 1`,
    remain: ['kept', 'waits'],
  },
  'people-imports': {
    fill: `insert into people_imports (id, organisation_id, created_by_id, file_name, rows, created_at)
      select gen_random_uuid(), '${school}', '${person}', word, '[]', now() - age
      from (values ('gone', interval '25 hours'), ('kept', '23 hours')) as x (word, age)`,
    left: `select file_name as word from people_imports where rows is not null`,
    remain: ['kept'],
  },
  'cohort-placements': {
    fill: `with made as (
        insert into cohorts (id, organisation_id, name, language) values (gen_random_uuid(), '${school}', 'Tổ 5', 'vi') returning id
      )
      insert into cohort_placements (id, cohort_id, created_by_id, pairs, total, created_at)
      select gen_random_uuid(), id, '${person}', to_jsonb(word), 0, now() - age
      from made, (values ('gone', interval '25 hours'), ('kept', '23 hours')) as x (word, age)`,
    left: `select pairs #>> '{}' as word from cohort_placements where pairs is not null`,
    remain: ['kept'],
  },
  'join-answers': {
    fill: `with made as (
        insert into cohorts (id, organisation_id, name, language) values (gen_random_uuid(), '${school}', 'Tổ 6', 'vi') returning id
      ), code as (
        insert into join_codes (id, code, cohort_id) select gen_random_uuid(), '12345678', id from made returning id
      )
      insert into join_requests (id, person_id, cohort_id, join_code_id, answers, outcome, decided_at)
      select gen_random_uuid(), '${person}', made.id, code.id, to_jsonb(word), case when age is not null then 'declined' end, now() - age
      from made, code, (values ('gone', interval '91 days'), ('kept', '89 days'), ('waits', null)) as x (word, age)`,
    left: `select answers #>> '{}' as word from join_requests where answers is not null order by 1`,
    remain: ['kept', 'waits'],
  },
  'old-course-uploads': {
    fill: `insert into course_uploads (id, organisation_id, made_by_id, file_name, bytes, state, outcome, made_at, ended_at)
      select gen_random_uuid(), '${school}', '${person}', word, 1, case when age is null then 'waiting' else 'refused' end,
        case when age is not null then '{}'::jsonb end, now() - interval '40 days', now() - age
      from (values ('gone', interval '31 days'), ('kept', '29 days'), ('waits', null)) as x (word, age)`,
    left: `select file_name as word from course_uploads order by 1`,
    remain: ['kept', 'waits'],
  },
  'assignment-uploads': {
    fill: `with course as (
        insert into courses (id, slug, owner_organisation_id) values (gen_random_uuid(), 'viec', '${school}') returning id
      ), version as (
        insert into course_versions (id, course_id, number, provider_id, topic, level, hours, licence, languages, source_hash)
        select gen_random_uuid(), id, 1, '${school}', 'internet', 'basic', 1, 'CC0', '{vi}', '' from course returning id, course_id
      ), item as (
        insert into items (id, version_id, position, key, kind, minutes, required, open, assignment)
        select gen_random_uuid(), id, 1, 'bai', 'assignment', 5, true, true, '{}' from version returning id
      ), enrolment as (
        insert into enrolments (id, person_id, course_id, version_id)
        select gen_random_uuid(), '${person}', course_id, id from version returning id
      )
      insert into assignment_uploads (id, person_id, enrolment_id, item_id, file_name, metadata, bytes, touched_at)
      select gen_random_uuid(), '${person}', enrolment.id, item.id, word, '', 5, now() - age
      from enrolment, item, (values ('gone', interval '25 hours'), ('kept', '23 hours')) as x (word, age)`,
    left: `select file_name as word from assignment_uploads`,
    remain: ['kept'],
  },
  'merged-people': {
    fill: `with people as (
        insert into persons (id) select gen_random_uuid() from generate_series(1, 3) returning id
      ), numbered as (select id, row_number() over () as number from people), named as (
        insert into person_details (person_id, full_name, learner_code, secret_kind, secret_hash, recovery_hash)
        select id, (array['gone', 'kept', 'undone'])[number], '200000000' || number, 'pin', 'x', '' from numbered
      )
      insert into person_mergers (id, kept_id, merged_id, merged_by_id, merged_at, undone_at, moved)
      select gen_random_uuid(), '${person}', id, '${person}', now() - case number when 2 then interval '29 days' else '31 days' end,
        case number when 3 then now() end, '{}'
      from numbered`,
    left: `select full_name as word from person_details where learner_code like '2%' order by 1`,
    remain: ['kept', 'undone'],
  },
  'unentered-people': {
    fill: `with people as (
        insert into persons (id) select gen_random_uuid() from generate_series(1, 4) returning id
      ), numbered as (select id, row_number() over () as number from people), named as (
        insert into person_details (person_id, full_name, learner_code, secret_kind, secret_hash, recovery_hash)
        select id, (array['gone', 'kept', 'entered', 'has a secret'])[number], '100000000' || number, 'pin',
          case number when 4 then 'x' else '' end, ''
        from numbered
      )
      insert into registrations (person_id, registered_by_id, organisation_id, channel, registered_at, first_entered_at)
      select id, '${person}', '${school}', 'file', now() - case number when 2 then interval '364 days' else '366 days' end,
        case number when 3 then now() end
      from numbered`,
    left: `select full_name as word from person_details where learner_code like '1%' order by 1`,
    remain: ['entered', 'has a secret', 'kept'],
  },
};

for (const [name, { fill, left, remain }] of Object.entries(removals)) {
  t.test(`The job “${name}” removes what has run out, and nothing else`, async (t) => {
    await run(url, fill);
    t.equal(await runJob(name), 'removed 1');
    t.strictSame(
      (await run(url, left)).map(({ word }) => word),
      remain,
    );
    t.equal(await runJob(name), 'removed 0');
  });
}

t.test('More than fits into one statement goes too', async (t) => {
  await run(
    url,
    `insert into limit_counters select 'old ' || i, 1, now() - interval '1 day', now() from generate_series(1, 12001) as i`,
  );
  t.equal(await runJob('limits'), 'removed 12001');
});

t.test('The job “backup” writes into BACKUP_DIR, and without one says that it is not set', async (t) => {
  t.match(await runJob('backup'), /^domdom-.*\.tar: \d+ rows, 0 files$/);
  t.equal((await readdir(join(folder, 'backups'))).length, 1);
  const [without] = listJobs({ ...parts, config: { backupDir: null, dataDir: folder, keepDays, publicUrl } });
  t.equal(await without?.run(), 'BACKUP_DIR is not set');
});

t.test('Every job runs on a site where there is nothing to do', async (t) => {
  const { db, url } = await testDatabase(t);
  const empty = {
    ...parts,
    db,
    connection: { connectionString: url },
    config: { backupDir: null, dataDir: folder, keepDays, publicUrl },
  };
  for (const job of listJobs(empty))
    t.match(
      await job.run(),
      /^(removed 0|reminded 0|queued 0|drew 0|counted 0|marked again 0|brought in 0|handed in 0|BACKUP_DIR is not set)$/,
      job.name,
    );
});

async function runJob(name: string): Promise<string> {
  const job = jobs.find((job) => job.name === name);
  if (job === undefined) throw new Error(`There is no job ${name}`);
  return job.run();
}
