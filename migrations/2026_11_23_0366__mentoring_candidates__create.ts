import { type Kysely, sql } from 'kysely';

/**
 * Whose certificate of mentoring waits for a manager: of those who guided a cohort to its end, who brought enough learners through a course there.
 * Kept, since it is counted from all that those learners have done: when a guidance or a cohort ends by a trigger, and every night.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mentoring_candidates (
      mentor_row_id uuid primary key references cohort_mentors on delete cascade,
      cohort_id uuid not null references cohorts on delete cascade,
      organisation_id uuid not null references organisations,
      ended_on date not null,
      graduates integer not null check (graduates > 0),
      counted_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column mentoring_candidates.mentor_row_id is 'of somebody who came back to a cohort the last one'`.execute(
    db,
  );
  // Those of a branch, and of a very large one the longest waiting.
  await sql`create index mentoring_candidates_organisation on mentoring_candidates (organisation_id)`.execute(db);
  await sql`create index mentoring_candidates_ended on mentoring_candidates (ended_on, mentor_row_id)`.execute(db);
  await sql`create index mentoring_candidates_cohort on mentoring_candidates (cohort_id)`.execute(db);
  await sql`
    create function keep_mentoring_candidates(cohort_ids uuid[]) returns void language plpgsql as $$
    begin
      delete from mentoring_candidates where cohort_id = any(cohort_ids);
      insert into mentoring_candidates (mentor_row_id, cohort_id, organisation_id, ended_on, graduates)
      select mentor_row_id, cohort_id, organisation_id, ended_on, graduates
      from (
        select person_id as mentor_id, cohorts.id as cohort_id, organisation_id,
          (array_agg(cohort_mentors.id order by valid_from desc, cohort_mentors.id))[1] as mentor_row_id,
          coalesce(
            case when not bool_or(valid_until is null) then (max(valid_until) at time zone 'Asia/Ho_Chi_Minh')::date end,
            case when ends_on < (now() at time zone 'Asia/Ho_Chi_Minh')::date then ends_on end
          ) as ended_on
        from cohort_mentors join cohorts on cohorts.id = cohort_mentors.cohort_id
        where cohorts.id = any(cohort_ids)
        group by person_id, cohorts.id
      ) as guided
      cross join lateral (
        select count(distinct enrolments.person_id)::integer as graduates
        from mentorships
        join cohort_members on cohort_members.id = mentorships.member_id
        join cohort_courses on cohort_courses.cohort_id = mentorships.cohort_id
        join enrolments on enrolments.course_id = cohort_courses.course_id and enrolments.person_id = cohort_members.person_id
        cross join lateral (
          select case when count(*) = count(completions.item_id) then max(completed_at) end as finished_at
          from items
          left join completions on completions.item_id = items.id
            and completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
          where items.version_id = enrolments.version_id and items.required
        ) as finished
        where mentorships.mentor_id = guided.mentor_id and mentorships.cohort_id = guided.cohort_id
          and finished_at between mentorships.valid_from and coalesce(mentorships.valid_until, 'infinity')
          and not exists (
            select from certificates
            where certificates.enrolment_id = enrolments.id and successor_id is null and revoked_at is not null
          )
      ) as counted
      where ended_on is not null and graduates > 0 and graduates >= minimum_mentees(cohort_id)
        and not exists (
          select from certificates
          where certificates.cohort_id = guided.cohort_id and certificates.person_id = mentor_id and successor_id is null
        );
    end $$
  `.execute(db);
  await sql`select keep_mentoring_candidates(array(select id from cohorts))`.execute(db);
  await sql`
    create function keep_mentoring_candidates_of_cohort() returns trigger language plpgsql as $$
    begin
      perform keep_mentoring_candidates(array[case tg_table_name when 'cohorts' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(new) ->> 'cohort_id')::uuid end]);
      return null;
    end $$
  `.execute(db);
  // At the end, when all of the cohort has ended.
  await sql`
    create constraint trigger cohort_mentors_candidates after update of valid_until, person_id on cohort_mentors
      deferrable initially deferred for each row execute function keep_mentoring_candidates_of_cohort()
  `.execute(db);
  await sql`
    create constraint trigger cohorts_candidates after update of ends_on, organisation_id on cohorts
      deferrable initially deferred for each row execute function keep_mentoring_candidates_of_cohort()
  `.execute(db);
  await sql`
    create function remove_mentoring_candidate() returns trigger language plpgsql as $$
    begin
      delete from mentoring_candidates using cohort_mentors
      where cohort_mentors.id = mentor_row_id and cohort_mentors.cohort_id = new.cohort_id and person_id = new.person_id;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger certificates_candidate after insert on certificates
      for each row when (new.cohort_id is not null) execute function remove_mentoring_candidate()
  `.execute(db);
}
