import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Cohort } from '../../cohorts/access.ts';
import { addByList } from '../../cohorts/requests/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { manageablePersons } from '../../organisations/access.ts';
import { type Branch, insertDeed } from '../../organisations/managing/queries.ts';
import { addLearners, type Draft, registerPeople } from '../registering/queries.ts';
import type { PersonRow } from './reading.ts';

type Somebody = { id: string };

/** What a row will do. */
export type Plan = PersonRow & {
  /** The id of who it is already; null: somebody new. */
  known_id: string | null;
  /** Who they will be. */
  new_id: string;
};

/** Into an organisation; and into a cohort of it, where it is of one. */
export interface ImportTarget {
  branch: Branch;
  cohort: Cohort | null;
}

export async function insertImport(
  db: Kysely<Database>,
  manager: Somebody,
  { branch, cohort }: ImportTarget,
  fileName: string,
  plans: Plan[],
): Promise<string> {
  const id = newId();
  await db
    .insertInto('people_imports')
    .values({
      id,
      organisation_id: branch.id,
      cohort_id: cohort?.id ?? null,
      created_by_id: manager.id,
      file_name: fileName.slice(0, 200),
      rows: JSON.stringify(plans),
      total: plans.length,
    })
    .execute();
  return id;
}

/** Of this target and this manager alone. */
export async function findImport(
  db: Kysely<Database>,
  manager: Somebody,
  { branch, cohort }: ImportTarget,
  id: string,
) {
  return db
    .selectFrom('people_imports')
    .select(['id', 'applied_at', 'done', 'touched_at', 'members', 'waiting'])
    .select(sql<number>`coalesce(total, 0)`.as('total'))
    .select(sql<number>`coalesce(added, 0)`.as('added'))
    .select(sql<number>`coalesce(joined, 0)`.as('joined'))
    .select(sql<boolean>`rows is null`.as('is_over'))
    .select(sql<boolean>`touched_at < now() - make_interval(secs => ${secondsOfSilence})`.as('is_stalled'))
    .where(hasId('id', id))
    .where('organisation_id', '=', branch.id)
    .where('cohort_id', 'is not distinct from', cohort?.id ?? null)
    .where('created_by_id', '=', manager.id)
    .executeTakeFirst();
}

export type Import = NonNullable<Awaited<ReturnType<typeof findImport>>>;

/** After so many, whoever was at it has died. */
const secondsOfSilence = 20;

interface Asked {
  line: number;
  learner_code: string | null;
  folded: string;
}

/**
 * Whom the rows mean among those the manager may know: by learner code; else by the same name together with the same phone, e-mail or
 * birth. Nobody else is ever matched, so that a file cannot fish for people.
 */
export async function planRows(db: Kysely<Database>, manager: Somebody, rows: PersonRow[]): Promise<Plan[]> {
  const asked = rows.map(({ line, learner_code, full_name, phone, email, birth_year, birth_month }) => {
    return { line, learner_code, full_name, phone, email, birth_year, birth_month };
  });
  const known = await db
    .with(
      (cte) => cte('mine').materialized(),
      () =>
        manageablePersons(db, manager)
          .where('persons.merged_into_id', 'is', null)
          .select(['persons.id', 'learner_code', 'phone', 'birth_year', 'birth_month'])
          .select([sql<string>`fold(full_name)`.as('folded'), sql<string | null>`lower(email)`.as('email')]),
    )
    .with(
      (cte) => cte('asked').materialized(),
      () => sql<Asked>`(select line, learner_code, fold(full_name) as folded, phone, lower(email) as email, birth_year, birth_month
        from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as rows (line int, learner_code text, full_name text,
          phone text, email text, birth_year int, birth_month int))`,
    )
    .selectFrom('asked')
    .innerJoin('mine', 'mine.learner_code', 'asked.learner_code')
    .select(['asked.line', 'mine.id'])
    .unionAll((eb) =>
      eb
        .selectFrom('asked')
        .innerJoin('mine', 'mine.folded', 'asked.folded')
        .where('asked.learner_code', 'is', null)
        .where(
          sql<boolean>`(mine.phone = asked.phone or mine.email = asked.email
            or (mine.birth_year = asked.birth_year and mine.birth_month = asked.birth_month))`,
        )
        .select(['asked.line', 'mine.id']),
    )
    .execute();
  const byLine = new Map(known.map(({ line, id }) => [line, id]));
  return rows.map((row) => ({ ...row, known_id: byLine.get(row.line) ?? null, new_id: newId() }));
}

/** Rows in one transaction: while people are put into a cohort nobody else comes in. */
const partSize = { organisation: 250, cohort: 25 };

/** From now on it is under way. */
export async function beginImport(db: Kysely<Database>, { id }: Pick<Import, 'id'>): Promise<void> {
  await db.updateTable('people_imports').set({ touched_at: sql<Date>`now()` }).where('id', '=', id).execute();
}

/**
 * Takes the next rows over; however often it is asked for, each row once. Nobody is ever taken away because a file does not name them.
 * @returns whether none is left
 */
export async function applyPart(
  trx: Transaction<Database>,
  manager: Somebody,
  { branch, cohort }: ImportTarget,
  id: string,
): Promise<boolean> {
  const found = await trx
    .selectFrom('people_imports')
    .select(['applied_at', 'done', 'added', 'joined', 'total', 'members', 'waiting'])
    .where('id', '=', id)
    .where('rows', 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) return true;
  const plans = await listPlans(trx, id, found.done, cohort === null ? partSize.organisation : partSize.cohort);
  const known = plans.flatMap(({ known_id }) => known_id ?? []);
  const drafts = plans.filter(({ known_id }) => known_id === null).map(draftOf);
  const counts = {
    added: (found.added ?? 0) + (await registerPeople(trx, manager, branch, drafts, 'file')),
    joined: (found.joined ?? 0) + (await addLearners(trx, manager, branch, known)),
  };
  const people = plans.map(({ known_id, new_id }) => ({ id: known_id ?? new_id }));
  const placed = cohort === null ? { members: 0, waiting: 0 } : await addByList(trx, cohort, people, manager);
  const places = { members: found.members + placed.members, waiting: found.waiting + placed.waiting };
  const done = found.done + plans.length;
  const isLast = done >= (found.total ?? 0);
  await trx
    .updateTable('people_imports')
    .set({ ...counts, ...places, done, touched_at: sql<Date>`clock_timestamp()` })
    .$if(isLast, (query) => query.set({ rows: null, applied_at: sql<Date>`now()` }))
    .where('id', '=', id)
    .execute();
  if (isLast) await insertDeed(trx, manager, 'people.imported', { organisation: branch.code, ...counts });
  return isLast;
}

function draftOf({ new_id, full_name, birth_year, birth_month, phone, email }: Plan): Draft {
  return { id: new_id, full_name, birth_year, birth_month, phone, email };
}

async function listPlans(trx: Transaction<Database>, id: string, done: number, count: number): Promise<Plan[]> {
  const { rows } = await sql<{ plan: Plan }>`
    select plan from people_imports, jsonb_array_elements(rows) with ordinality as parts (plan, number)
    where id = ${id} and number > ${done} and number <= ${done + count} order by number
  `.execute(trx);
  return rows.map(({ plan }) => plan);
}

/** What was read and never applied holds names: it goes after a day. */
export async function removeOldImports(db: Kysely<Database>): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('people_imports')
    .set({ rows: null })
    .where('rows', 'is not', null)
    .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
