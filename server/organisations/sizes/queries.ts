import { type RawBuilder, sql } from 'kysely';
import type { Role } from '../access.ts';

/** Whether more than so many are something at an organisation or below it. Not one more is read than it takes to know. */
export function hasMoreThan(
  most: number | RawBuilder<number>,
  { path }: { path: string },
  role: Role | null,
): RawBuilder<boolean> {
  return sql<boolean>`(
    select count(*) > ${most}
    from (
      select from organisations as below
      cross join lateral (
        select from memberships
        where organisation_id = below.id and valid_until is null and (${role}::text is null or role = ${role})
        limit ${most} + 1
      ) as some_there
      where below.path <@ ${path}::ltree
      limit ${most} + 1
    ) as some_below
  )`;
}
