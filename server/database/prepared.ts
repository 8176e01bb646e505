import { type CompiledQuery, type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from './connection.ts';

// To build a statement with Kysely anew each time costs as much as to ask the database. Those of the pages that are read most are built when they
// are first sent; their shape cannot depend on the values, because what `build` gets are placeholders for them.

/** What stands in a statement for the values that come later. */
export type Placeholders<Values> = { [Name in keyof Values]: RawBuilder<Values[Name]> };

/** @example const bySlug = prepared((db, { slug }: Placeholders<{ slug: string }>) => db.selectFrom('courses').selectAll().where('slug', '=', slug)) */
export function prepared<Values extends object, Row>(
  build: (db: Kysely<Database>, values: Placeholders<Values>) => { compile(db: Kysely<Database>): CompiledQuery<Row> },
): (db: Kysely<Database>, values: Values) => Promise<Row[]> {
  const placeholders = new Proxy({} as Placeholders<Values>, { get: (_, name) => sql.val(new Placeholder(name)) });
  let compiled: CompiledQuery<Row> | undefined;
  return async (db, values) => {
    compiled ??= build(db, placeholders).compile(db);
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}

class Placeholder {
  readonly name: string | symbol;

  constructor(name: string | symbol) {
    this.name = name;
  }
}

type ColumnType = 'text' | 'uuid';

interface Asking<Row> {
  values: Record<string, string | null>;
  answer: (row: Row | undefined) => void;
  fail: (error: unknown) => void;
}

/**
 * A statement that finds at most one row, and is sent once for all who ask at the same moment. Most of what a small statement costs is its
 * way to PostgreSQL and back: the busier the server, the less it costs. In a transaction each asks for itself.
 *
 * @param types of the values
 */
export function gathered<Name extends string, Row>(
  types: Record<Name, ColumnType>,
  build: (
    db: Kysely<Database>,
    values: Placeholders<Record<Name, string | null>>,
    // biome-ignore lint/suspicious/noExplicitAny: whatever tables it selects from
  ) => SelectQueryBuilder<Database, any, Row>,
): (db: Kysely<Database>, values: Record<Name, string | null>) => Promise<Row | undefined> {
  const names = Object.keys(types) as Name[];
  const columns = Object.fromEntries(names.map((name) => [name, sql.ref(`asked.${name}`)]));
  const statement = prepared((db, lists: Placeholders<Record<string, (string | null)[]>>) => {
    // In subqueries, so that the planner cannot see how many they are: it would plan anew each time.
    const unnested = names.map((name) => sql`(select ${lists[name]}::${sql.raw(types[name])}[])`);
    const asked = sql.join([...names, 'place'].map((name) => sql.ref(name)));
    // The limit keeps it from joining all at once, by reading whole tables.
    const answer = build(db, columns as Placeholders<Record<Name, string | null>>).limit(1);
    return sql<Row & { place: number }>`
      select asked.place, answer.*
      from unnest(${sql.join(unnested)}) with ordinality as asked (${asked})
      cross join lateral ${answer} as answer
    `;
  });

  async function ask(db: Kysely<Database>, askings: Asking<Row>[]): Promise<void> {
    try {
      const lists = Object.fromEntries(names.map((name) => [name, askings.map(({ values }) => values[name] ?? null)]));
      const rows = new Map((await statement(db, lists)).map(({ place, ...row }) => [place, row as Row]));
      for (const [index, { answer }] of askings.entries()) answer(rows.get(index + 1));
    } catch (error) {
      for (const { fail } of askings) fail(error);
    }
  }

  const waiting = new WeakMap<Kysely<Database>, Asking<Row>[]>();
  return (db, values) =>
    new Promise((answer, fail) => {
      const asking = { values, answer, fail };
      const others = waiting.get(db);
      if (db.isTransaction) ask(db, [asking]);
      else if (others) others.push(asking);
      else {
        const all = [asking];
        waiting.set(db, all);
        // After every request that has come by now has been read.
        setImmediate(() => {
          waiting.delete(db);
          ask(db, all);
        });
      }
    });
}
