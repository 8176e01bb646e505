import { type RawBuilder, sql } from 'kysely';
import { validate } from 'uuid';

/**
 * The row whose id stands in an address, found by its index. What somebody typed may be anything: no id names no row, where PostgreSQL
 * would refuse the statement.
 */
export function hasId(column: string, typed: string): RawBuilder<boolean> {
  return validate(typed) ? sql<boolean>`${sql.ref(column)} = ${typed}::uuid` : sql<boolean>`false`;
}
