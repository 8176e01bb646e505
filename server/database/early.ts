import type { PostgresPool } from 'kysely';
import type pg from 'pg';
import { HttpError } from '../platform/errors.ts';

/**
 * The pool as Kysely asks it for connections. They are lent in the order they are asked for: once the first in line has waited for `patience`
 * milliseconds, whoever comes now would wait longer still, and is told so at once. So a database that stands still makes a short line, not one that
 * grows until memory is gone; and the line is open again as soon as it moves.
 */
export function early(pool: pg.Pool, patience: number): PostgresPool {
  const line = new Set<{ since: number }>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const [first] = line;
      if (first !== undefined && performance.now() - first.since > patience)
        throw new HttpError(503, 'others wait for the database already');
      const asking = { since: performance.now() };
      line.add(asking);
      return pool.connect().finally(() => line.delete(asking));
    },
  };
}
