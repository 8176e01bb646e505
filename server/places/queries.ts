import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Database } from '../database/connection.ts';
import { containsFolded } from '../database/search.ts';
import type { KnownPlace, PlaceChange } from './planning.ts';
import { readTypedPlace } from './typed-place.ts';

export interface Place {
  code: string;
  name: string;
  kind: string;
  parent_name: string | null;
  parent_kind: string | null;
}

export interface FoundPlace extends Place {
  /** The former name by which it was found, where no name of today fits. */
  known_as: string | null;
  is_exact: boolean;
}

/** Places by any name they have or had, as typed; what was merged leads to what it is now. */
export async function searchPlaces(db: Kysely<Database>, typed: string, limit = 10): Promise<FoundPlace[]> {
  const { name, within } = readTypedPlace(typed);
  if (name === '') return [];
  return db
    .selectFrom('place_names as known')
    .innerJoin('places as former', 'former.code', 'known.place_code')
    .innerJoin('places as place', (join) =>
      join.on('place.code', '=', (eb) => eb.fn.coalesce('former.merged_into_code', 'former.code')),
    )
    .innerJoin('place_names as current', (join) =>
      join.onRef('current.place_code', '=', 'place.code').on('current.valid_until', 'is', null),
    )
    .leftJoin('place_names as parent', (join) =>
      join.onRef('parent.place_code', '=', 'place.parent_code').on('parent.valid_until', 'is', null),
    )
    .where((eb) =>
      eb.or([eb('known.place_code', '=', name), containsFolded(sql<string>`fold(${eb.ref('known.name')})`, name)]),
    )
    .$if(within !== null, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('place_names as around')
            .select('around.id')
            .whereRef('around.place_code', '=', 'place.parent_code')
            .where(({ ref }) => containsFolded(sql<string>`fold(${ref('around.name')})`, within ?? '')),
        ),
      ),
    )
    .groupBy(['place.code', 'current.name', 'current.kind', 'parent.name', 'parent.kind'])
    .select(['place.code', 'current.name', 'current.kind', 'parent.name as parent_name', 'parent.kind as parent_kind'])
    .select(sql<boolean>`bool_or(fold(known.name) = fold(${name}) or known.place_code = ${name})`.as('is_exact'))
    .select(
      sql<string | null>`case when not bool_or(known.id = current.id) then min(known.name order by known.name) end`.as(
        'known_as',
      ),
    )
    .orderBy('is_exact', 'desc')
    .orderBy(sql`place.parent_code is null`, 'desc')
    .orderBy(sql`current.name collate "vi-x-icu"`)
    .orderBy('place.code')
    .limit(limit)
    .execute();
}

/** One place for what somebody typed, or those it might be. */
export async function resolvePlace(
  db: Kysely<Database>,
  typed: string,
  chosenCode: string,
): Promise<{ place: FoundPlace } | { candidates: FoundPlace[] }> {
  const found = await searchPlaces(db, typed);
  const chosen = found.find(({ code }) => code === chosenCode);
  const exact = found.filter(({ is_exact }) => is_exact);
  const [only] = exact.length > 0 ? exact : found;
  const isSingle = only !== undefined && (exact.length === 1 || found.length === 1);
  if (chosen) return { place: chosen };
  return isSingle ? { place: only } : { candidates: found };
}

const pageSize = 50;

/** What lies in a place, or the places that lie in none. */
export async function listPlaces(db: Kysely<Database>, parentCode: string | null, page: number) {
  const rows = await db
    .selectFrom('places')
    .innerJoin('place_names', (join) =>
      join.onRef('place_names.place_code', '=', 'places.code').on('place_names.valid_until', 'is', null),
    )
    .where('places.merged_into_code', 'is', null)
    .where('places.parent_code', 'is not distinct from', parentCode)
    .select(['places.code', 'place_names.name', 'place_names.kind'])
    .select(sql<number>`count(*) over ()`.as('total'))
    .select(({ selectFrom }) =>
      selectFrom('places as inner_place')
        .whereRef('inner_place.parent_code', '=', 'places.code')
        .where('inner_place.merged_into_code', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('inner_count'),
    )
    .select(({ selectFrom }) =>
      selectFrom('place_names as former')
        .whereRef('former.place_code', '=', 'places.code')
        .where('former.valid_until', 'is not', null)
        .select(sql<string | null>`string_agg(distinct former.name, ', ')`.as('names'))
        .as('former_names'),
    )
    .orderBy(sql`place_names.name collate "vi-x-icu"`)
    .orderBy('places.code')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { places: rows, total, pages: Math.ceil(total / pageSize) };
}

export async function findPlace(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('places')
    .innerJoin('place_names', (join) =>
      join.onRef('place_names.place_code', '=', 'places.code').on('place_names.valid_until', 'is', null),
    )
    .select(['places.code', 'places.parent_code', 'place_names.name', 'place_names.kind'])
    .where('places.code', '=', code)
    .executeTakeFirst();
}

export async function hasPlaces(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('places').select('code').limit(1).executeTakeFirst()) !== undefined;
}

/** All that a file may touch: some thousand rows at most. */
export async function listKnownPlaces(db: Kysely<Database>): Promise<KnownPlace[]> {
  return db
    .selectFrom('places')
    .innerJoin('place_names', (join) =>
      join.onRef('place_names.place_code', '=', 'places.code').on('place_names.valid_until', 'is', null),
    )
    .select(['places.code', 'parent_code', 'merged_into_code', 'name', 'kind'])
    .select(sql<string | null>`place_names.valid_from::text`.as('valid_from'))
    .execute();
}

export async function insertPlaceImport(
  db: Kysely<Database>,
  { fileHash, fileName, personId }: { fileHash: string; fileName: string; personId: string },
): Promise<string> {
  const id = newId();
  await db
    .insertInto('place_imports')
    .values({ id, file_hash: fileHash, file_name: fileName, created_by_id: personId })
    .execute();
  return id;
}

export async function findPlaceImport(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('place_imports')
    .select(['id', 'file_hash', 'file_name', 'created_at', 'applied_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** So that two imports at once cannot plan on the same ground. */
export async function lockPlaces(trx: Transaction<Database>): Promise<void> {
  await sql`lock table places in share row exclusive mode`.execute(trx);
}

/** @returns false when it has been applied already */
export async function markPlaceImportApplied(trx: Transaction<Database>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('place_imports')
    .set(({ fn }) => ({ applied_at: fn<Date>('now') }))
    .where('id', '=', id)
    .where('applied_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const chunkSize = 500;

/** Parents before what lies in them, so the changes go in in the order of the plan. */
export async function applyPlaceChanges(
  trx: Transaction<Database>,
  changes: PlaceChange[],
  actor: { id: string } | null,
): Promise<void> {
  for (let start = 0; start < changes.length; start += chunkSize) {
    const chunk = changes.slice(start, start + chunkSize);
    await insertNewPlaces(trx, chunk);
    await renamePlaces(trx, chunk);
    await insertFormerNames(trx, chunk);
  }
  for (const { code, parent_code } of changes.filter(({ isMoved }) => isMoved)) {
    await trx.updateTable('places').set({ parent_code }).where('code', '=', code).execute();
  }
  for (const { code, merged } of changes) {
    for (const gone of merged) await mergePlace(trx, gone, code);
  }
  await insertAuditEvent(trx, {
    actor_id: actor?.id ?? null,
    subject_id: null,
    verb: 'places.imported',
    channel: actor === null ? 'system' : 'web',
    facts: { changes: changes.length },
  });
}

async function insertNewPlaces(trx: Transaction<Database>, changes: PlaceChange[]): Promise<void> {
  const rows = changes.filter(({ isNew }) => isNew).map(({ code, parent_code }) => ({ code, parent_code }));
  if (rows.length > 0) await trx.insertInto('places').values(rows).execute();
}

async function renamePlaces(trx: Transaction<Database>, changes: PlaceChange[]): Promise<void> {
  const named = changes.filter(({ isNew, isRenamed }) => isNew || isRenamed);
  for (const { code, valid_from } of named.filter(({ isRenamed }) => isRenamed)) {
    await trx
      .updateTable('place_names')
      .set({ valid_until: valid_from })
      .where('place_code', '=', code)
      .where('valid_until', 'is', null)
      .execute();
  }
  const rows = named.map(({ code, name, kind, since }) => ({
    id: newId(),
    place_code: code,
    name,
    kind,
    valid_from: since,
  }));
  if (rows.length > 0) await trx.insertInto('place_names').values(rows).execute();
}

/** A former name that is on record already stays as it is. */
async function insertFormerNames(trx: Transaction<Database>, changes: PlaceChange[]): Promise<void> {
  const former = changes.filter(({ former_names }) => former_names.length > 0);
  if (former.length === 0) return;
  const codes = former.map(({ code }) => code);
  const kept = await trx
    .selectFrom('place_names')
    .select(['place_code', 'name'])
    .where('place_code', 'in', codes)
    .execute();
  const isKept = (code: string, name: string) => kept.some((one) => one.place_code === code && one.name === name);
  const rows = former.flatMap(({ code, kind, former_names, valid_from }) =>
    former_names
      .filter((name) => !isKept(code, name))
      .map((name) => ({ id: newId(), place_code: code, name, kind, valid_until: valid_from })),
  );
  if (rows.length > 0) await trx.insertInto('place_names').values(rows).execute();
}

/** What was merged into the one that goes leads to the last one too: one step is always enough. What lay in it lies in the other. */
async function mergePlace(trx: Transaction<Database>, goneCode: string, code: string): Promise<void> {
  await trx
    .updateTable('places')
    .set({ merged_into_code: code })
    .where(({ or, eb }) => or([eb('code', '=', goneCode), eb('merged_into_code', '=', goneCode)]))
    .execute();
  await trx.updateTable('places').set({ parent_code: code }).where('parent_code', '=', goneCode).execute();
  await trx.updateTable('organisations').set({ place_code: code }).where('place_code', '=', goneCode).execute();
}
