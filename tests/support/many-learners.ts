import { sql } from 'kysely';
import type { TestApp } from './app.ts';

/** People by the hundred, of whom nothing is known but that they are learners there. */
export async function manyLearners({ db }: Pick<TestApp, 'db'>, { id }: { id: string }, count: number): Promise<void> {
  await sql`
    with people as (
      insert into persons (id) select gen_random_uuid() from generate_series(1, ${count}) returning id
    )
    insert into memberships (id, person_id, organisation_id, role) select gen_random_uuid(), id, ${id}, 'learner' from people
  `.execute(db);
}
