import { sql } from 'kysely';
import { coursePackage } from '../../server/simulation/course-packages.ts';
import { insertVersion } from '../../server/versions/inserting/queries.ts';
import type { TestApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import type { Branch } from '../support/organisations.ts';

type Site = Pick<TestApp, 'db'>;

/** Schools below another organisation, named by their number: `Trường 001`, with the code `truong_1`. */
export async function manyBranches({ db }: Site, below: Branch, count: number, code = 'truong'): Promise<void> {
  await sql`
    insert into organisations (id, code, parent_id, path, kind, name)
    select gen_random_uuid(), ${code} || '_' || n, ${below.id}, ${below.path}::ltree || (${code} || '_' || n), 'school',
      'Trường ' || lpad(n::text, 3, '0')
    from generate_series(1, ${count}::integer) as n
  `.execute(db);
}

/** Published courses, each another, in Vietnamese. @returns their titles, in order */
export async function manyCourses({ db }: Site, provider: Branch, numbers: number[]): Promise<string[]> {
  const titles: string[] = [];
  for (const number of numbers) {
    const source = coursePackage('test', number, provider.code);
    const version = {
      package: source,
      provider: { id: provider.id, name: provider.code },
      sources: new Map(),
      copies: new Map(),
    };
    await db.transaction().execute((trx) => insertVersion(trx, version));
    titles.push(source.texts.vi?.title ?? '');
  }
  return titles.toSorted(new Intl.Collator('vi').compare);
}

/** For the checker of HTML. */
export function sources(pages: Page[]): Map<string, string> {
  return new Map(pages.map(({ url, body }, index) => [`${index}: ${url}`, body]));
}
