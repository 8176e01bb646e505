import { sql } from 'kysely';
import type { TestApp } from './app.ts';

/** People by the hundred, of whom nothing is known but a name and that they are learners there. */
export async function manyLearners(
  { db }: Pick<TestApp, 'db'>,
  { id }: { id: string },
  count: number,
  name = 'Người',
): Promise<void> {
  await sql`
    with people as (
      insert into persons (id) select gen_random_uuid() from generate_series(1, ${count}) returning id
    ),
    details as (
      insert into person_details (person_id, full_name, learner_code, secret_kind, secret_hash, recovery_hash)
      select id, ${name}::text || ' ' || lpad(place::text, 4, '0'), 8000000000 + before + place, 'password', '', ''
      from (select id, row_number() over (order by id) as place from people) as numbered,
        (select count(*) as before from persons) as others
    )
    insert into memberships (id, person_id, organisation_id, role) select gen_random_uuid(), id, ${id}, 'learner' from people
  `.execute(db);
}
