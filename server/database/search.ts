import { type Expression, type SqlBool, sql } from 'kysely';

/**
 * Whether a folded column or expression (`fold(name)`) has the text somewhere in it, accents or none.
 * Folded before it is escaped: folding makes a plain % of a wide one. In a subquery, so that it is done once and not for each row.
 */
export function containsFolded(folded: Expression<string>, text: string): Expression<SqlBool> {
  return sql<SqlBool>`${folded} like (select '%' || regexp_replace(fold(${text}), '[\\\\%_]', '\\\\\\&', 'g') || '%')`;
}

/** The words that must all be found; not so many that a pasted page costs anything. */
export function searchWords(q: string): string[] {
  return q.split(/\s+/).filter(Boolean).slice(0, 8);
}
