import type { TestDatabase } from './database.ts';

/** The statements that the work sends: their number is what a page costs. */
export async function statementsOf({ statements }: TestDatabase, work: () => Promise<unknown>): Promise<string[]> {
  const before = statements.length;
  await work();
  return statements.slice(before);
}
