import { sql } from 'kysely';
import t from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { type Branch, organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

/** So many whose names begin with a word, and one that is closed. */
async function cohorts(
  { db }: TestApp,
  { id }: Branch,
  by: { id: string },
  word: string,
  count: number,
): Promise<void> {
  await sql`
    insert into cohorts (id, organisation_id, name, language, created_by_id, closed_at)
    select gen_random_uuid(), ${id}, ${word}::text || ' ' || lpad(number::text, 3, '0'), 'vi', ${by.id}, case number when 0 then now() end
    from generate_series(0, ${count}) as number
  `.execute(db);
}

async function namesOn(visitor: Client, page: number): Promise<string[]> {
  const { html } = await visitor.get(`/cohorts?page=${page}`);
  return html
    .querySelectorAll('ul.rows a[href^="/cohorts/"]')
    .filter((link) => /^\/cohorts\/[0-9a-f-]{36}$/.test(link.getAttribute('href') ?? ''))
    .map(({ text }) => text);
}

t.test(
  'A manager goes through all open cohorts of the branch by name, few or many, and through no others',
  async (t) => {
    const site = await testApp(t);
    const hoi = await organisation(site, 'hoi');
    const xa = await organisation(site, 'xa', { below: hoi });
    const other = await organisation(site, 'other');
    const manager = await signedIn(site, { roles: ['manager'], branch: hoi });
    const stranger = await signedIn(site, { roles: ['manager'], branch: other });
    await cohorts(site, other, stranger, 'Khác', 3);
    await cohorts(site, hoi, manager, 'Nhóm', 100);
    await cohorts(site, xa, manager, 'Ấp', 100);
    const expected = ['Ấp', 'Nhóm'].flatMap((word) =>
      Array.from({ length: 100 }, (_, index) => `${word} ${String(index + 1).padStart(3, '0')}`),
    );
    const all = async () =>
      (await Promise.all(Array.from({ length: 10 }, (_, page) => namesOn(manager, page + 1)))).flat();
    t.strictSame(await all(), expected, 'two hundred are sorted');
    const small = await manager.get('/cohorts?page=2');
    t.equal(small.html.querySelectorAll('a[href="/cohorts?page=10"]').length, 1, 'the last page is known');

    await cohorts(site, xa, manager, 'Xóm', 1);
    t.strictSame(await all(), expected, 'of more the page is filled in the order of the names');
    t.strictSame(await namesOn(manager, 11), ['Xóm 001']);
    const large = await manager.get('/cohorts?page=10');
    t.equal(large.html.querySelectorAll('a[rel=next]').length, 1);
    t.equal((await manager.get('/cohorts?page=11')).html.querySelectorAll('a[rel=next]').length, 0);
    t.equal((await manager.get('/cohorts?page=99')).status, 200);
    t.strictSame(await namesOn(stranger, 1), ['Khác 001', 'Khác 002', 'Khác 003']);
    t.ok((await statementsOf(site, () => manager.get('/cohorts'))).length <= 4);
    await assertValidHtml(t, new Map([['large', large.body]]));
  },
);
