import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { type Branch, insertDeed } from '../managing/queries.ts';

type Somebody = { id: string };

/** Puts the branch below another organisation, with all that lies under it, in one statement. Needs `lockTree` before. */
export async function moveBranch(trx: Transaction<Database>, branch: Branch, to: Branch, actor: Somebody) {
  await movePaths(trx, [branch], to);
  await insertDeed(trx, actor, 'organisation.moved', { organisation: branch.code, to: to.code });
}

async function movePaths(trx: Transaction<Database>, branches: Pick<Branch, 'id' | 'path'>[], to: Branch) {
  const paths = branches.map(({ path }) => path);
  await trx
    .updateTable('organisations')
    .set({
      parent_id: sql<string>`case when id = any(${branches.map(({ id }) => id)}::uuid[]) then ${to.id}::uuid else parent_id end`,
      // From the moved organisation's own code on, the path stays.
      path: sql<string>`${to.path}::ltree || subpath(organisations.path, (
        select nlevel(moved) - 1 from unnest(${paths}::ltree[]) as moved where organisations.path <@ moved
      ))`,
    })
    .where(sql<boolean>`organisations.path <@ any(${paths}::ltree[])`)
    .execute();
}

/** What would go along, to say it before it is done. */
export async function countBranch(db: Kysely<Database>, { id, path }: Branch) {
  return db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('organisations')
        .where(sql<boolean>`path <@ ${path}::ltree and path <> ${path}::ltree`)
        .where('merged_into_id', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('below'),
      eb
        .selectFrom('organisations')
        .where(sql<boolean>`path <@ ${path}::ltree and path <> ${path}::ltree`)
        .where('closed_at', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('open_below'),
      eb
        .selectFrom('memberships')
        .where('organisation_id', '=', id)
        .where('valid_until', 'is', null)
        .select(({ fn }) => fn.count<number>('person_id').distinct().as('count'))
        .$asScalar()
        .$notNull()
        .as('people'),
      eb
        .selectFrom('join_codes')
        .where('organisation_id', '=', id)
        .where('closed_at', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('join_codes'),
      eb
        .selectFrom('join_requests')
        .where('organisation_id', '=', id)
        .where('outcome', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('waiting'),
      eb
        .selectFrom('courses')
        .where('owner_organisation_id', '=', id)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('courses'),
    ])
    .executeTakeFirstOrThrow();
}

export type BranchCounts = Awaited<ReturnType<typeof countBranch>>;

/**
 * One organisation becomes part of another: its people, branches, courses, join codes and invitations go over, and its own code leads
 * on for good. Memberships end and begin anew instead of being rewritten, so that a report for an earlier date stays as it was.
 * Needs `lockTree` before.
 */
export async function mergeBranch(trx: Transaction<Database>, branch: Branch, into: Branch, actor: Somebody) {
  // Whoever gives a role there now holds a share of this row: they come first, or find it merged.
  await trx.selectFrom('organisations').select('id').where('id', '=', branch.id).forUpdate().execute();
  const children = await trx
    .selectFrom('organisations')
    .select(['id', 'path'])
    .where('parent_id', '=', branch.id)
    .where('merged_into_id', 'is', null)
    .execute();
  if (children.length > 0) await movePaths(trx, children, into);
  await passMembershipsOn(trx, branch, into, actor);
  await passCodesOn(trx, branch, into);
  await passOffersOn(trx, branch, into);
  await passCoursesOn(trx, branch, into);
  await trx
    .updateTable('organisations')
    .set(({ fn }) => ({ merged_into_id: into.id, closed_at: fn.coalesce('closed_at', fn<Date>('now')) }))
    // What was merged into it before leads to the last one too: one step is always enough.
    .where(({ or, eb }) => or([eb('id', '=', branch.id), eb('merged_into_id', '=', branch.id)]))
    .execute();
  await insertDeed(trx, actor, 'organisation.merged', { organisation: branch.code, into: into.code });
}

async function passMembershipsOn(trx: Transaction<Database>, branch: Branch, into: Branch, actor: Somebody) {
  const ended = await trx
    .updateTable('memberships')
    .set({ valid_until: thisMoment })
    .where('organisation_id', '=', branch.id)
    .where('valid_until', 'is', null)
    .returning(['person_id', 'role', 'valid_until as valid_from'])
    .execute();
  const rows = ended.map(({ person_id, role, valid_from }) => ({
    id: newId(),
    person_id,
    role,
    organisation_id: into.id,
    granted_by_id: actor.id,
    ...(valid_from ? { valid_from } : {}),
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await trx
      .insertInto('memberships')
      .values(rows.slice(start, start + 1000))
      // Somebody who is the same there already.
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function passCodesOn(trx: Transaction<Database>, branch: Branch, into: Branch) {
  await trx
    .updateTable('join_codes')
    .set({ organisation_id: into.id })
    .where('organisation_id', '=', branch.id)
    .execute();
  await trx
    .updateTable('invitations')
    .set({ organisation_id: into.id })
    .where('organisation_id', '=', branch.id)
    .execute();
  // Who waits at both doors waits once.
  await trx
    .updateTable('join_requests as request')
    .set(({ fn }) => ({ outcome: 'withdrawn', decided_at: fn<Date>('now') }))
    .where('request.organisation_id', '=', branch.id)
    .where('request.outcome', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('join_requests as other')
          .select('other.id')
          .whereRef('other.person_id', '=', 'request.person_id')
          .where('other.organisation_id', '=', into.id)
          .where('other.outcome', 'is', null),
      ),
    )
    .execute();
  await trx
    .updateTable('join_requests')
    .set({ organisation_id: into.id })
    .where('organisation_id', '=', branch.id)
    .where('outcome', 'is', null)
    .execute();
}

/** Who has offered to mentor the same course at both waits once. */
async function passOffersOn(trx: Transaction<Database>, branch: Branch, into: Branch) {
  await trx
    .updateTable('mentoring_offers as offer')
    .set({ outcome: 'withdrawn', decided_at: thisMoment })
    .where('offer.organisation_id', '=', branch.id)
    .where('offer.outcome', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('mentoring_offers as other')
          .select('other.id')
          .whereRef('other.person_id', '=', 'offer.person_id')
          .whereRef('other.course_id', '=', 'offer.course_id')
          .where('other.organisation_id', '=', into.id)
          .where('other.outcome', 'is', null),
      ),
    )
    .execute();
  await trx
    .updateTable('mentoring_offers')
    .set({ organisation_id: into.id })
    .where('organisation_id', '=', branch.id)
    .where('outcome', 'is', null)
    .execute();
}

/** Versions that are published keep the name they were published under; their provider's page leads on. */
async function passCoursesOn(trx: Transaction<Database>, branch: Branch, into: Branch) {
  await trx.updateTable('cohorts').set({ organisation_id: into.id }).where('organisation_id', '=', branch.id).execute();
  await trx
    .updateTable('courses')
    .set({ owner_organisation_id: into.id })
    .where('owner_organisation_id', '=', branch.id)
    .execute();
  await sql`
    insert into course_organisations (course_id, organisation_id, part)
      select course_id, ${into.id}, part from course_organisations where organisation_id = ${branch.id}
      on conflict do nothing
  `.execute(trx);
  await trx.deleteFrom('course_organisations').where('organisation_id', '=', branch.id).execute();
}

export async function setClosed(trx: Transaction<Database>, branch: Branch, isClosed: boolean, actor: Somebody) {
  const { numUpdatedRows } = await trx
    .updateTable('organisations')
    .set(({ fn }) => ({ closed_at: isClosed ? fn<Date>('now') : null }))
    .where('id', '=', branch.id)
    .where('closed_at', isClosed ? 'is' : 'is not', null)
    .executeTakeFirst();
  const verb = isClosed ? 'organisation.closed' : 'organisation.reopened';
  if (numUpdatedRows > 0n) await insertDeed(trx, actor, verb, { organisation: branch.code });
}
