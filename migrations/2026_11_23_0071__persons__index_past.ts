import { type Kysely, sql } from 'kysely';

// What is over counts too where somebody asks for all that is kept of them, and where a report looks at a day that is past. The indexes
// before these know only what is open.
export async function up(db: Kysely<unknown>): Promise<void> {
  // One's transcript, one's copy, one's page for managers, the certificates of a cohort.
  await db.schema.createIndex('certificates_person').on('certificates').columns(['person_id', 'issued_at']).execute();
  // Whether a certificate was renewed, and by which.
  await db.schema.createIndex('certificates_enrolment').on('certificates').column('enrolment_id').execute();
  // One's copy; the roles of a branch on a day.
  await db.schema.createIndex('memberships_person').on('memberships').column('person_id').execute();
  await db.schema
    .createIndex('memberships_organisation_past')
    .on('memberships')
    .columns(['organisation_id', 'valid_from'])
    .execute();
  // One's copy, for whoever learnt or guided in a cohort that is behind them.
  await db.schema.createIndex('cohort_members_person_past').on('cohort_members').column('person_id').execute();
  await db.schema.createIndex('cohort_mentors_person_past').on('cohort_mentors').column('person_id').execute();
  await db.schema.createIndex('mentorships_mentor_past').on('mentorships').column('mentor_id').execute();
  // Who may be asked to guide: the owners, wherever the cohort is.
  await sql`create index memberships_owners on memberships (person_id) where role = 'owner' and valid_until is null`.execute(
    db,
  );
}
