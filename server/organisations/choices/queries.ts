import { type Kysely, sql } from 'kysely';
import { validate } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { searchWords } from '../../database/search.ts';
import { holdsRole, type Role } from '../access.ts';
import { isNamed, listWithNamesAbove } from '../branches/queries.ts';

type Somebody = { id: string };

/** A longer list is searched. */
const mostChoices = 50;

interface Asked {
  /** Words of a name, or a code. */
  q?: string;
  /** The one in the form, by id or code: it stays among them, whatever is looked for. */
  chosen?: string;
  /** No organisation in that branch. */
  outside?: { path: string };
  limit?: number;
}

interface Choice {
  id: string;
  code: string;
  name: string;
  kind: string;
  path: string;
  is_own: boolean;
}

export type Choices = Awaited<ReturnType<typeof listChoices>>;

/**
 * Open organisations where somebody holds the role, to choose one from: their own first, and then what lies below, from the top down as
 * far as the list goes. With words, those so named.
 */
export async function listChoices(db: Kysely<Database>, person: Somebody, role: Role, asked: Asked) {
  const { q = '', chosen = '', limit = mostChoices } = asked;
  const found = await list(db, person, role, { ...asked, q, chosen, limit });
  const rows = found.filter((one, index) => index < limit || one.id === chosen || one.code === chosen);
  const has_more = found.some((one) => one.has_more);
  return { rows, q, has_more, is_searched: q !== '' || has_more };
}

async function list(
  db: Kysely<Database>,
  person: Somebody,
  role: Role,
  asked: Required<Omit<Asked, 'outside'>> & Asked,
) {
  const { q, chosen, limit, outside } = asked;
  const columns = sql`organisations.id, organisations.code, organisations.name, organisations.kind, organisations.path`;
  const isOutside = outside ? sql`and not organisations.path <@ ${outside.path}::ltree` : sql``;
  const words = searchWords(q).map((word) => sql`and ${isNamed(word)}`);
  const reached =
    words.length === 0
      ? sql`walk`
      : sql`
        (
          select ${columns}, closed_at from organisations
          where merged_into_id is null and ${holdsRole(person, [role], sql.ref('organisations.path'))}
            ${sql.join(words, sql` `)} ${isOutside}
          order by name collate "vi-x-icu", code limit ${limit + 1}
        ) as named`;
  const found = sql<Choice & { has_more: boolean }>`
    with recursive own as materialized (
      select distinct ${columns}, closed_at
      from memberships join organisations on organisations.id = memberships.organisation_id
      where person_id = ${person.id} and valid_until is null and role in ('owner', ${role})
        and merged_into_id is null ${isOutside}
    ),
    walk as (
      select * from own where not exists (select from own as above where above.path @> own.path and above.id <> own.id)
      union all
      select below.* from walk
      cross join lateral (
        select ${columns}, closed_at from organisations
        where parent_id = walk.id and merged_into_id is null ${isOutside}
        order by name collate "vi-x-icu", code limit ${limit + 1}
      ) as below
    ),
    reached as materialized (select * from ${reached} limit ${limit + 1}),
    chosen as (
      select ${columns}, closed_at from organisations
      where ${validate(chosen) ? sql`id = ${chosen}` : sql`code = ${chosen}`} and merged_into_id is null ${isOutside}
        and ${holdsRole(person, [role], sql.ref('organisations.path'))}
    ),
    listed as (
      select * from reached
      union select * from (select * from own where ${q} = '' order by name collate "vi-x-icu" limit ${limit}) as own
      union select * from chosen
    )
    select id, code, name, kind, path, id in (select id from own) as is_own,
      (select count(*) > ${limit} from reached) as has_more
    from listed where closed_at is null
    order by is_own desc, name collate "vi-x-icu", code
  `;
  const rows = await listWithNamesAbove(db, found);
  return rows.sort((a, b) => Number(b.is_own) - Number(a.is_own));
}

/** The one that a form names by id or code, while somebody holds the role there and it is open. */
export async function findChoice(db: Kysely<Database>, person: Somebody, role: Role, chosen: string) {
  return db
    .selectFrom('organisations')
    .where(validate(chosen) ? 'id' : 'code', '=', chosen)
    .where(({ ref }) => holdsRole(person, [role], ref('organisations.path')))
    .where('closed_at', 'is', null)
    .where('merged_into_id', 'is', null)
    .select(['id', 'code', 'name'])
    .executeTakeFirst();
}
