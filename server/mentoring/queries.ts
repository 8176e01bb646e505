import { type Kysely, type RawBuilder, sql } from 'kysely';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { orNotFound } from '../platform/errors.ts';
import { certificate, completions, guidedCohorts, heldMeetings, heldTalks, mentees } from './guided/queries.ts';
import { type HouseholdCount, householdCount } from './household/queries.ts';
import type { GuidedCohort } from './record.ts';

type Somebody = { id: string };

const pageSize = 50;
/** So many meetings and talks in one cohort nobody has. */
const mostAtOnce = 5_000;

/** Whose record it is, with the cohorts that its reader may know of. */
export interface MentorRecord {
  person_id: string;
  /** Null once they are erased. */
  full_name: string | null;
  cohorts: GuidedCohort[];
  /** Whom they teach at home: numbers alone, whoever reads. */
  household: HouseholdCount;
}

/**
 * What somebody did as a mentor, in one statement: all of it for themselves, and for a manager what was done in cohorts of their branches.
 * @throws NotFound for everybody else
 */
export async function getMentorRecord(db: Kysely<Database>, reader: Somebody, id: string): Promise<MentorRecord> {
  const { rows } = await sql<MentorRecord>`
    with guided as (select * from (${guidedCohorts(reader)}) as readable where ${hasId('mentor_id', id)})
    select persons.id as person_id, full_name, ${householdCount} as household, (
      select coalesce(json_agg(cohort order by guided_until is not null, guided_from desc, id), '[]')
      from (
        select guided.id, name, organisation_name, guided_from, guided_until, ended_on, minimum, may_confirm,
          ${certificate} as certificate,
          (
            select json_build_object('count', count(*), 'minutes', coalesce(sum(minutes), 0)) from (${heldMeetings}) as held
          ) as meetings,
          (
            select json_build_object('count', count(*),
              'minutes', coalesce(sum(minutes) filter (where not in_meeting), 0),
              'unmeasured', count(*) filter (where minutes is null and not in_meeting),
              'in_meetings', count(*) filter (where in_meeting))
            from (${heldTalks}) as talks
          ) as talks,
          (
            select coalesce(json_agg(json_build_object('person_id', person_id, 'is_now', is_now, 'completed', (
              select coalesce(json_agg(distinct course_id), '[]') from (${completions}) as completion
              where completion.person_id = mentee.person_id
            ))), '[]')
            from (${mentees}) as mentee
          ) as mentees
        from guided
        where guided.mentor_id = persons.id
      ) as cohort
    ) as cohorts
    from persons left join person_details on person_details.person_id = persons.id
    where ${hasId('persons.id', id)}
      and (persons.id = ${reader.id} or exists (select from guided where guided.mentor_id = persons.id))
  `.execute(db);
  return orNotFound(rows[0]);
}

/** A meeting that they were at, or a talk that they noted. */
export interface Held {
  kind: 'meeting' | 'talk';
  /** YYYY-MM-DD */
  day: string;
  minutes: number | null;
  /** A talk at a meeting that counts itself. */
  in_meeting: boolean;
  meeting_id: string | null;
  /** Of a talk: how, and with whom. */
  channel: string | null;
  name: string | null;
}

/** Somebody whom they guide or guided, and what came of it. */
export interface GuidedPerson {
  person_id: string;
  /** In full only of those whom the reader may look after now; null once they are erased. */
  name: string | null;
  is_now: boolean;
  since: string;
  until: string | null;
  /** Where the reader may look further. */
  member_id: string | null;
  completed: { version_id: string; finished_at: string }[];
}

export interface CohortFacts {
  person_id: string;
  full_name: string | null;
  cohort: Pick<GuidedCohort, 'id' | 'name' | 'organisation_name' | 'guided_from' | 'guided_until'>;
  /** The reader may open the pages of the cohort. */
  is_open: boolean;
  /** Of one page, or all, the newest first. */
  held: Held[];
  total: number;
  mentees: GuidedPerson[];
}

/** The facts behind the figures of one cohort. @throws NotFound as above, and where they never guided there */
export async function getCohortFacts(
  db: Kysely<Database>,
  reader: Somebody,
  id: string,
  cohortId: string,
  page: number | 'all',
): Promise<CohortFacts & { pages: number }> {
  const shown = page === 'all' ? { size: mostAtOnce, from: 0 } : { size: pageSize, from: (page - 1) * pageSize };
  const { rows } = await sql<CohortFacts>`
    with guided as (
      select * from (${guidedCohorts(reader)}) as readable where ${hasId('id', cohortId)} and ${hasId('mentor_id', id)}
    ),
    held as (
      select held.* from guided cross join lateral (
        select 'meeting' as kind, (starts_at at time zone 'Asia/Ho_Chi_Minh')::date::text as day, minutes, false as in_meeting,
          id as meeting_id, null as channel, null as name, id
        from (${heldMeetings}) as meeting
        union all
        select 'talk', met_on::text, minutes, in_meeting, null, channel, (
          select ${shownName(sql`is_manager or is_guide and exists (
            select from mentorships
            where mentorships.member_id = talk.member_id and mentor_id = guided.mentor_id and valid_until is null
          )`)} from person_details where person_details.person_id = talk.person_id
        ), entry_id
        from (${heldTalks}) as talk
      ) as held
    )
    select mentor_id as person_id, full_name, is_manager or is_guide as is_open,
      json_build_object('id', guided.id, 'name', guided.name, 'organisation_name', organisation_name,
        'guided_from', guided_from, 'guided_until', guided_until) as cohort,
      (select count(*)::integer from held) as total,
      (
        select coalesce(json_agg(shown order by day desc, id), '[]') from (
          select * from held order by day desc, id limit ${shown.size} offset ${shown.from}
        ) as shown
      ) as held,
      (
        select coalesce(json_agg(json_build_object('person_id', mentee.person_id, 'is_now', is_now, 'since', since, 'until', until,
          'name', ${shownName(sql`is_manager or is_guide and is_now`)},
          'member_id', case when is_now and (is_manager or is_guide) then member_id end,
          'completed', (
            select coalesce(json_agg(json_build_object('version_id', version_id, 'finished_at', finished_at) order by finished_at), '[]')
            from (
              select distinct on (course_id) course_id, version_id, finished_at from (${completions}) as completion
              where completion.person_id = mentee.person_id
              order by course_id, finished_at
            ) as first
          )) order by is_now desc, since desc, mentee.person_id), '[]')
        from (${mentees}) as mentee left join person_details on person_details.person_id = mentee.person_id
      ) as mentees
    from guided left join person_details as mentor on mentor.person_id = mentor_id
  `.execute(db);
  const facts = orNotFound(rows[0]);
  return { ...facts, pages: page === 'all' ? 1 : Math.ceil(facts.total / pageSize) };
}

/** Of whom they look after no more, nobody but a manager reads more than the given name. */
function shownName(isFull: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql<string | null>`case when ${isFull} then person_details.full_name
    else regexp_replace(person_details.full_name, '^.* ', '') end`;
}
