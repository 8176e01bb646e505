import { v7 as newId } from 'uuid';
import type { TestApp } from './app.ts';

export interface Branch {
  id: string;
  code: string;
  path: string;
}

/** An organisation below another; left out, below the root. */
export async function organisation(
  { db }: Pick<TestApp, 'db'>,
  code: string,
  { below, name = `Tổ chức ${code}` }: { below?: Branch; name?: string } = {},
): Promise<Branch> {
  const parent = below ?? (await rootOrganisation({ db }));
  const branch = { id: newId(), code, path: `${parent.path}.${code}` };
  await db
    .insertInto('organisations')
    .values({ ...branch, parent_id: parent.id, kind: 'partner_ngo', name })
    .execute();
  return branch;
}

export async function rootOrganisation({ db }: Pick<TestApp, 'db'>): Promise<Branch> {
  const root = await db
    .selectFrom('organisations')
    .select(['id', 'code', 'path'])
    .where('parent_id', 'is', null)
    .executeTakeFirst();
  if (root) return root;
  const made = { id: newId(), code: 'domdom', path: 'domdom' };
  await db
    .insertInto('organisations')
    .values({ ...made, kind: 'network', name: 'Đom Đóm' })
    .execute();
  return made;
}
