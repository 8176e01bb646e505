import { sql } from 'kysely';

/**
 * What dates the end of something. Not `now()`, which is when the transaction began: what it had to wait for may have begun later than
 * that, and nothing ends before its beginning.
 */
export const thisMoment = sql<Date>`statement_timestamp()`;
