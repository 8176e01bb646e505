import { type Kysely, sql } from 'kysely';
import t from 'tap';
import { v7 } from 'uuid';
import type { Database } from '../../server/database/connection.ts';
import { handedIn, mark, withWork } from '../assignments/work.ts';
import { drawn } from '../attempts/drawn.ts';
import { checkIn } from '../check-ins/check-ins.ts';
import { alsoLearns, cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { handedIn as essayHandedIn, essayOf, mark as markEssay, withEssay } from '../essays/essays.ts';
import { correct } from '../key-corrections/correcting.ts';
import { lessonQuestion, moderate } from '../lesson-questions/questions.ts';
import { meeting, recorded } from '../meetings/meetings.ts';
import { message } from '../messages/messages.ts';
import { draft } from '../publishing/drafts.ts';
import { decide, readyLearner, signOffOf, withSignOff } from '../sign-offs/signing.ts';
import { testApp } from '../support/app.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';

/** What may change, and why. Whatever is not here holds facts, and refuses. */
const mutable: Record<string, string> = {
  announcement_readings: 'go over with a merger',
  announcements: 'are changed and withdrawn, and then stay as they were: tested with announcements',
  assignment_claims: 'say who is marking now',
  assignment_upload_parts: 'go when their file is handed in',
  assignment_uploads: 'grow, are handed in, and are cleared away',
  audit_events: 'refuses by statement: tested below',
  bank_questions: 'are written anew, taken out and put back: tested with publishing',
  bank_texts: 'are written anew, with their question',
  bank_uses: 'say under which id a question stands in a quiz',
  blank_sums: 'count',
  branch_counts: 'are counted anew each hour',
  branch_place_counts: 'are counted anew each hour',
  branch_sizes: 'count',
  calendars: 'have another address',
  catalogue_counts: 'count',
  certificate_bundles: 'go on, certificate by certificate, and are cleared away',
  certificate_files: 'drawings are kept and can be drawn again',
  certificates: 'may be revoked, superseded, withdrawn',
  closed_versions: 'are opened again',
  cohort_courses: 'a cohort may change its courses',
  cohort_members: 'leave, and never come back: tested with cohorts',
  cohort_mentors: 'go',
  cohort_placements: 'go on, part by part',
  cohort_settings: 'an organisation may change its mind',
  cohorts: 'are described anew, close',
  consents: 'can be erased, and are otherwise never changed: tested below',
  course_funnels: 'are counted anew each night',
  course_gains: 'are counted anew each night',
  kept_reports: 'are counted anew each night, and by a button',
  mentoring_candidates: 'wait until they are certified',
  sign_off_waits: 'wait until they are signed off',
  site_counts: 'are counted anew each hour',
  course_imports: 'the last import of a folder',
  course_listings: 'made anew at publication',
  course_organisations: 'who takes part changes',
  course_stops: 'are counted anew each night',
  course_upload_parts: 'go when their file has been read',
  course_uploads: 'are read, and cleared away',
  courses: 'point to the current version',
  credential_statuses: 'a place in the list of revocations is given once, and revoked',
  data_requests: 'are answered',
  draft_comments: 'are settled',
  draft_editors: 'say when somebody last wrote',
  draft_files: 'are written, while their draft is open: tested with publishing',
  draft_picture_words: 'are written anew, while their draft is open: tested with publishing',
  draft_removed_items: 'go when they are put back: tested with publishing',
  draft_reviews: 'are decided, and then stay as they were: tested with publishing',
  draft_translation_marks: 'are settled, and then stay as they were: tested with publishing',
  drafts: 'go through review, and then stay as they were: tested with publishing',
  enrolments: 'end',
  essay_claims: 'say who is marking now',
  files: 'may be cleared away when nothing points to them',
  guidance_wishes: 'people wish for something else',
  help_replies: 'go with their person',
  help_requests: 'are answered',
  household_members: 'are ticked off and taken off the list',
  invitations: 'are accepted, withdrawn, run out',
  join_codes: 'close',
  join_requests: 'are decided',
  key_correction_runs: 'go on, part by part',
  known_browsers: 'go with their person',
  kysely_migration: 'of the migrator',
  kysely_migration_lock: 'of the migrator',
  lesson_answers: 'are corrected for a quarter of an hour, withdrawn, hidden: tested with lesson questions',
  lesson_questions: 'are solved, locked, and change as answers do: tested with lesson questions',
  lesson_reports: 'are decided, and then stay as they were',
  limit_counters: 'count',
  mails: 'are sent, and cleared away',
  meeting_mentors: 'mentors say whether they were there',
  meetings: 'are moved and cancelled, and then stay as they were: tested below',
  memberships: 'end',
  mentoring_offers: 'are decided, and then stay as they were: tested with mentoring',
  mentors: 'carry more or fewer',
  mentorships: 'end, and then stay as they were: tested with cohorts',
  message_reports: 'are closed, and then stay as they were: tested with messages',
  message_threads: 'say how far they were read',
  one_time_pins: 'are used up',
  open_attempts: 'close',
  option_sums: 'count',
  organisation_periods: 'end, by a trigger alone',
  organisations: 'are renamed and merged',
  owner_links: 'are used up',
  passkey_challenges: 'are used up',
  passkeys: 'count, are named and removed',
  path_courses: 'a path is made anew when its file changes',
  path_prerequisites: 'a path is made anew when its file changes',
  path_texts: 'a path is made anew when its file changes',
  paths: 'a path is made anew when its file changes',
  people_imports: 'go on, part by part',
  person_details: 'are mended and erased',
  person_mergers: 'are undone',
  persons: 'choose a language, are erased',
  place_imports: 'are applied',
  place_names: 'end',
  places: 'are merged',
  profiles: 'are shown and hidden',
  question_sums: 'count',
  recounts: 'are done',
  registrations: 'end when somebody comes in',
  representatives: 'are mended and erased',
  second_factor_codes: 'are used up',
  second_factors: 'are set up and removed',
  sessions: 'end',
  share_links: 'are opened and withdrawn, and otherwise stay: tested with share links',
  shared_certificates: 'go with their link',
  signatories: 'sign until a day',
  signing_keys: 'retire',
  site_secrets: 'are renewed',
  taught_skills: 'are counted at publication',
  typed_sums: 'count',
  uncounted_submissions: 'are counted',
  unmarked_essays: 'are marked',
  version_books: 'are drawings, kept, and can be drawn again',
};

t.test('Every table with facts refuses to have one changed or taken away', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="1"/></svg>';
  const lesson = '# Bài đầu\n\n![Một chấm](../images/dot.svg)\n\nMột chấm nhỏ.\n';
  const pictured = { 'images/dot.svg': svg, 'vi/first.md': lesson, 'en/first.md': lesson };
  const glossary = '- { term: chấm, meaning: Một điểm. }\n';
  const explained = { 'vi/glossary.yaml': glossary, 'en/glossary.yaml': glossary };
  const settings = courseYaml().replace('{ key: first, kind: lesson, minutes: 5', '$&, skills: [tt02-2025:1.1]');
  await publish(t, site, { ...pictured, ...explained, 'course.yaml': settings });
  const lan = await learner(site);
  await finish(lan);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const gathering = await meeting(site, group);
  const member = await putIn(site, group, lan, hoa);
  await recorded(site, gathering, member, 'present', hoa);
  const entry_id = await checkIn(site, member, hoa, { next_step: 'Bài hai' });
  await db.insertInto('next_steps_done').values({ entry_id, revision: 0 }).execute();
  await message(site, member, hoa);
  await moderate(hoa, `/cohorts/${group.id}/questions/${await lessonQuestion(site, member)}`, 'locked');
  const opening = { id: v7(), member_id: member, person_id: lan.id, opened_by_id: hoa.id };
  await db.insertInto('openings').values(opening).execute();
  await publish(t, site, withWork);
  const mai = await learner(site);
  await putIn(site, group, mai, hoa);
  const work = await handedIn(mai, 'Bài', { name: 'bai.pdf', bytes: 'x' });
  await mark(hoa, `/cohorts/${group.id}/submissions`, work);
  await publish(t, site, withEssay, 'essay');
  await alsoLearns(site, group, 'essay', 2);
  const ut = await learner(site, { slug: 'essay' });
  await putIn(site, group, ut, hoa);
  await markEssay(hoa, essayOf(await essayHandedIn(ut, undefined, 'essay')));
  await publish(t, site, drawn, 'drawn');
  await hoa.post(`/cohorts/${group.id}/members/${member}/extra-times`, { id: v7(), quiz: 'all', percent: '25' });
  await publish(t, site, withSignOff, 'signed');
  await decide(hoa, await signOffOf(site, await readyLearner(site, { slug: 'signed' }), 'signed'));

  const nam = await readyLearner(site, { slug: 'signed' });
  await decide(hoa, await signOffOf(site, nam, 'signed'), { verdict: 'missing', words: 'Chưa gặp nhau.' });
  await nam.post('/courses/signed/sign-off/requests', { ok: '' });
  await publish(t, site, {}, 'corrected');
  const reviewer = await signedIn(site, { roles: ['reviewer'] });
  await correct(site, reviewer, 'true', { is_void: 'yes' }, '/courses/corrected/quizzes/final/corrections');
  const van = await learner(site, { slug: 'corrected' });
  await publish(t, site, { 'vi/second.md': '# Bài hai\n\nNăm.\n' }, 'corrected');
  await van.submit(await van.get('/courses/corrected/version'));
  const waived = { draft_id: (await draft(site, hoa)).id, path: 'vi/first.md', code: 'too_heavy' };
  await db
    .insertInto('draft_waivers')
    .values({ ...waived, reason: 'Một bản đồ', waived_by_id: hoa.id })
    .execute();

  const tables = await tablesOf(db);
  const facts = tables.filter((table) => !(table in mutable));
  t.ok(facts.length >= 16, facts.join(', '));
  t.same(
    Object.keys(mutable).filter((table) => !tables.includes(table)),
    [],
    'no table is named that is not there',
  );
  for (const table of facts) {
    const { rows } = await sql<{ count: number; column: string }>`
      select count(*) as count, (
        select column_name from information_schema.columns where table_name = ${table} order by ordinal_position limit 1
      ) as column from ${sql.table(table)}
    `.execute(db);
    const [{ count, column } = { count: 0, column: '' }] = rows;
    t.ok(count > 0, `${table} has rows to try it on`);
    const change = sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)}`;
    await t.rejects(change.execute(db), { code: '23001', message: `${table} is append-only: UPDATE refused` });
    await t.rejects(sql`delete from ${sql.table(table)}`.execute(db), { code: '23001' }, table);
  }
});

t.test('The audit refuses even where no row is met, and to be emptied', async (t) => {
  const { db } = await testApp(t);
  for (const statement of ["update audit_events set verb = ''", 'delete from audit_events', 'truncate audit_events'])
    await t.rejects(sql.raw(statement).execute(db), /permission denied|append-only/, statement);
});

t.test('A cancelled meeting stays cancelled', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const id = await meeting(site, await cohort(site));
  const change = (cancelled_at: Date | null) =>
    site.db.updateTable('meetings').set({ cancelled_at }).where('id', '=', id).execute();
  await change(new Date());
  await t.rejects(change(null), { code: '23001' });
});

t.test('A consent is never changed: taking it back is another', async (t) => {
  const { db } = await testApp(t);
  const id = v7();
  await db.insertInto('persons').values({ id }).execute();
  const consent = { purpose: 'account', text_version: '1', granted: true, channel: 'web', given_by: 'self' };
  await db
    .insertInto('consents')
    .values({ id: v7(), person_id: id, ...consent })
    .execute();
  await t.rejects(db.updateTable('consents').set({ granted: false }).execute(), { code: '23001' });
});

async function tablesOf(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name
  `.execute(db);
  return rows.map(({ name }) => name);
}
