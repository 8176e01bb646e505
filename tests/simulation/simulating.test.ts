import { sql } from 'kysely';
import t from 'tap';
import { markAttempt } from '../../server/attempts/marking.ts';
import { getMarking } from '../../server/attempts/markings/queries.ts';
import { findAttempt } from '../../server/attempts/queries.ts';
import { readCode } from '../../server/certificates/code.ts';
import { printCourse } from '../../server/certificates/printing.ts';
import { findAchievement } from '../../server/certificates/queries.ts';
import { examine } from '../../server/doctor/examining.ts';
import { checkDigitCode } from '../../server/platform/digit-code.ts';
import { simulate } from '../../server/simulation/simulating.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole } from '../support/html.ts';
import { cheapHasher, comesIn, simulatedSite } from '../support/simulated.ts';

const learners = 300;
const site = await simulatedSite(t, learners);
const { app, db, url, made } = site;

/** The root of the tree, and on record that the provinces have come. */
const before: Record<string, number> = { organisations: 1, audit_events: 1 };

t.test('As much is there as was told, and as many as were asked for', async (t) => {
  for (const [table, count] of Object.entries(made.counts)) {
    const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(db);
    t.equal(rows[0]?.count, count + (before[table] ?? 0), table);
  }
  const { rows } = await sql<{ count: number }>`
    select count(*) from person_details where secret_kind = 'pin'
  `.execute(db);
  t.equal(rows[0]?.count, learners);
  t.ok(made.counts.completions > 15 * learners && made.counts.completions < 25 * learners);
  t.ok(made.counts.answers > 15 * learners && made.counts.answers < 25 * learners);
  t.ok(made.counts.open_attempts > 0 && made.counts.cohorts > 0);
});

t.test('Where there are people already nobody is simulated', async (t) => {
  const wanted = { learners: 1, seed: '', now: new Date(), publicUrl: app.config.publicUrl };
  const again = simulate({ connectionString: url }, cheapHasher, wanted, () => ({ advance() {}, end() {} }));
  await t.rejects(again, { message: /^The database has people in it\./ });
});

t.test('Attempts are marked as marking would', async (t) => {
  const attempts = await db
    .selectFrom('attempts')
    .innerJoin('submissions', 'submissions.attempt_id', 'attempts.id')
    .select(['attempts.id', 'person_id'])
    .orderBy('attempts.id')
    .limit(60)
    .execute();
  t.equal(attempts.length, 60);
  for (const { id, person_id } of attempts) {
    const attempt = await findAttempt(db, { id: person_id }, id, 'vi');
    if (attempt === undefined) throw new Error(`no attempt ${id}`);
    const { marks, ...totals } = markAttempt(attempt);
    const kept = await getMarking(db, attempt);
    t.match(kept, totals);
    const sorted = (list: typeof marks) => list.toSorted((a, b) => (a.question_id < b.question_id ? -1 : 1));
    t.strictSame(sorted(kept.marks), sorted(marks));
  }
});

t.test('Who has done everything has the certificate that would have been printed, and nobody else', async (t) => {
  const { rows } = await sql<{ count: number }>`
    select count(*) from enrolments
    where (select count(*) = count(completions.item_id) from items
        left join completions on completions.item_id = items.id and completions.enrolment_id = enrolments.id
        where items.version_id = enrolments.version_id and items.required)
      <> exists (select from certificates where enrolment_id = enrolments.id)
  `.execute(db);
  t.equal(rows[0]?.count, 0);

  const certificates = await db
    .selectFrom('certificates')
    .select(['code', 'person_id', sql<string>`enrolment_id`.as('id'), 'printed'])
    .orderBy('id')
    .limit(60)
    .execute();
  for (const { code, printed, ...enrolment } of certificates) {
    const achievement = await findAchievement(db, enrolment);
    if (achievement === undefined) throw new Error(`no achievement for ${code}`);
    const issued = { ...achievement, issued_on: (printed as { issuedOn: string }).issuedOn };
    t.strictSame(printed, JSON.parse(JSON.stringify(printCourse(issued, code, app.config.publicUrl))));
    t.match(readCode(code), { code });
  }
});

t.test('Everything happens in its order, and nothing after now', async (t) => {
  const { rows } = await sql<{ fault: string }>`
    select 'completion' as fault from completions join enrolments on enrolments.id = enrolment_id
      where completed_at <= enrolled_at or completed_at > now()
    union all
    select 'enrolment' from enrolments join persons on persons.id = person_id
      join course_versions on course_versions.id = version_id
      where enrolled_at <= created_at or enrolled_at <= published_at
    union all
    select 'answer' from answers join attempts on attempts.id = attempt_id
      left join submissions on submissions.attempt_id = attempts.id
      where answered_at < started_at or answered_at > least(submitted_at, now())
    union all
    select 'submission' from attempts
      left join submissions on submissions.attempt_id = attempts.id
      left join open_attempts on open_attempts.attempt_id = attempts.id
      where (submissions.attempt_id is null) = (open_attempts.attempt_id is null) or submitted_at > now()
  `.execute(db);
  t.strictSame(rows, []);
});

t.test('Mentors guide from five to ten, and a few courses have most of the learners', async (t) => {
  const { rows } = await sql<{ least: number; most: number }>`
    select min(count)::integer as least, max(count)::integer as most
    from (select count(*) as count from mentorships group by mentor_id) as guided
  `.execute(db);
  t.ok(Number(rows[0]?.least) >= 5 && Number(rows[0]?.most) <= 10);
  const { rows: popular } = await sql<{ count: number }>`
    select count(*) from enrolments group by course_id order by 1 desc
  `.execute(db);
  const [first = 0] = popular.map(({ count }) => count);
  t.ok(first > 3 * (popular.at(-1)?.count ?? first), 'a long tail');
});

t.test('Learner codes stand the check that typed ones must', async (t) => {
  const people = await db.selectFrom('person_details').select('learner_code').execute();
  for (const { learner_code } of people) t.match(checkDigitCode(learner_code, 10), { code: learner_code });
});

t.test('The doctor is content', async (t) => {
  const findings = await examine({ ...app.config, databaseUrl: url });
  t.strictSame(
    // Databases of tests need not outlive the machine.
    findings.filter(({ level, words }) => level === 'bad' && !words.includes('synchronous_commit')),
    [],
  );
});

t.test('Learner, mentor, manager and owner find their pages', async (t) => {
  const { people } = made;
  for (const [code, paths] of [
    [people.learner, ['/', '/learning', '/courses', '/account', '/learning/skills', '/cohorts']],
    [people.mentor, ['/', '/cohorts', '/messages']],
    [people.manager, ['/admin', '/admin/organisations', '/admin/results', '/cohorts']],
    [people.owner, ['/admin', '/admin/organisations', '/admin/audit', '/admin/results']],
  ] as const) {
    const visitor = await comesIn(site, code);
    for (const path of paths) t.equal((await visitor.get(path)).status, 200, `${code} ${path}`);
  }
  const mentor = await comesIn(site, people.mentor);
  const cohort = await mentor.get(
    byRole((await mentor.get('/cohorts')).html, 'link', /^Nhóm học/).getAttribute('href') ?? '',
  );
  t.equal(cohort.status, 200);
  const certificate = await db.selectFrom('certificates').select('code').limit(1).executeTakeFirstOrThrow();
  t.equal((await client(app).get(`/certificates/${certificate.code}`)).status, 200);
});

t.test('A course that was published so is read, and its quiz is taken', async (t) => {
  const visitor = await comesIn(site, made.people.learner);
  const { slug } = await db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'course_id')
    .where('person_id', '=', visitor.id)
    .select('slug')
    .executeTakeFirstOrThrow();
  const course = await visitor.get(`/courses/${slug}`);
  t.equal(course.status, 200);
  t.equal((await visitor.get(`/courses/${slug}/lessons/bai-1`)).status, 200);
  const attempt = await visitor.follow(await visitor.post(`/courses/${slug}/quizzes/final/attempts`));
  t.equal(attempt.status, 200);
  t.ok(allByRole(attempt.html, 'radio').length > 1);
});
