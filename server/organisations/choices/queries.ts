import { type Kysely, type RawBuilder, sql } from 'kysely';
import { validate } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { searchWords } from '../../database/search.ts';
import { holdsRole, type Role } from '../access.ts';
import { isNamed, listWithNamesAbove } from '../branches/queries.ts';

type Somebody = { id: string };

/** A longer list is searched. */
const mostChoices = 50;

export interface Asked {
  /** Words of a name, or a code. */
  q?: string;
  /** The one in the form, by id or code: it stays among them, whatever is looked for. */
  chosen?: string;
  /** No organisation in that branch. */
  outside?: { path: string };
  limit?: number;
}

export interface Choice {
  id: string;
  code: string;
  name: string;
  kind: string;
  path: string;
  is_own: boolean;
  has_more: boolean;
  none_found: boolean;
}

export interface Choices<Row = Choice> {
  rows: Row[];
  q: string;
  has_more: boolean;
  /** The form has a field to look for others. */
  is_searched: boolean;
  /** Nothing is called so: those that were there without the words are there. */
  none_found: boolean;
}

/**
 * Open organisations where somebody holds the role, to choose one from: their own first, and then what lies below, from the top down as
 * far as the list goes. With words, those so named.
 */
export async function listChoices(db: Kysely<Database>, person: Somebody, role: Role, asked: Asked) {
  return choicesIn(await listWithNamesAbove(db, choicesOf(person, role, asked)), asked);
}

/** Out of what `choicesOf` has found, in whatever statement. */
export function choicesIn<Row extends Choice>(
  found: Row[],
  { q = '', chosen = '', limit = mostChoices }: Asked,
): Choices<Row> {
  const sorted = found.toSorted((a, b) => Number(b.is_own) - Number(a.is_own));
  const [first] = found;
  const has_more = first?.has_more ?? false;
  return {
    rows: sorted.filter((one, index) => index < limit || one.id === chosen || one.code === chosen),
    ...{ q, has_more, is_searched: q !== '' || has_more, none_found: q !== '' && first?.none_found !== false },
  };
}

export function choicesOf(person: Somebody, role: Role, asked: Asked): RawBuilder<Choice> {
  const { q = '', chosen = '', limit = mostChoices, outside } = asked;
  const columns = sql`organisations.id, organisations.code, organisations.name, organisations.kind, organisations.path, closed_at`;
  const isOutside = outside ? sql`and not organisations.path <@ ${outside.path}::ltree` : sql``;
  const byName = sql`order by name collate "vi-x-icu", code limit ${limit + 1}`;
  const isTheirs = holdsRole(person, [role], sql.ref('organisations.path'));
  const words = searchWords(q).map((word) => isNamed(word));
  return sql<Choice>`
    with recursive own as materialized (
      select distinct ${columns}
      from memberships join organisations on organisations.id = memberships.organisation_id
      where person_id = ${person.id} and valid_until is null and role in ('owner', ${role})
        and merged_into_id is null ${isOutside}
    ),
    walk as (
      select * from own where not exists (select from own as above where above.path @> own.path and above.id <> own.id)
      union all
      select below.* from walk
      cross join lateral (
        select ${columns} from organisations where parent_id = walk.id and merged_into_id is null ${isOutside} ${byName}
      ) as below
    ),
    named as materialized (
      select ${columns} from organisations
      where closed_at is null and merged_into_id is null and ${isTheirs} ${isOutside}
        and ${words.length === 0 ? sql`false` : sql.join(words, sql` and `)}
      ${byName}
    ),
    reached as materialized (
      select * from named union all select * from walk where not exists (select from named) limit ${limit + 1}
    ),
    listed as (
      select * from reached
      union
      select * from (select * from own where not exists (select from named) ${byName}) as own
      union
      select ${columns} from organisations
      where ${validate(chosen) ? sql`id = ${chosen}` : sql`code = ${chosen}`} and merged_into_id is null and ${isTheirs} ${isOutside}
    )
    select id, code, name, kind, path, id in (select id from own) as is_own,
      (select count(*) from reached) > ${limit} as has_more, not exists (select from named) as none_found
    from listed where closed_at is null
    order by is_own desc, name collate "vi-x-icu", code
  `;
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
