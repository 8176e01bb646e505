import { type RawBuilder, sql } from 'kysely';
import t from 'tap';
import { signedUp } from '../accounts/site.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { signedIn } from '../support/people.ts';

const tampering: Record<string, RawBuilder<unknown>> = {
  'changing an event': sql`update audit_events set verb = 'person.renamed'`,
  'changing none': sql`update audit_events set verb = 'person.renamed' where false`,
  'removing an event': sql`delete from audit_events`,
  'removing all': sql`truncate audit_events`,
  'removing all along with what they point to': sql`truncate persons cascade`,
};

async function siteWithDeeds(t: Parameters<typeof testApp>[0]): Promise<TestApp> {
  const site = await testApp(t);
  await signedUp(site);
  return site;
}

const events = ({ db }: TestApp) => db.selectFrom('audit_events').selectAll().orderBy('id').execute();

t.test('The role that the server works under may add to the log and read it, and nothing else', async (t) => {
  const site = await siteWithDeeds(t);
  const { rows } = await sql<{ privilege: string; granted: boolean }>`
    select privilege, has_table_privilege('audit_events', privilege) as granted
    from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege`.execute(site.db);
  t.strictSame(
    rows.filter(({ granted }) => granted).map(({ privilege }) => privilege),
    ['SELECT', 'INSERT'],
  );
  const before = await events(site);
  t.not(before.length, 0);
  for (const [what, statement] of Object.entries(tampering)) {
    await t.rejects(statement.execute(site.db), /permission denied/, what);
  }
  t.strictSame(await events(site), before);
});

t.test('Where an operator’s role has every right, the table itself refuses', async (t) => {
  const site = await siteWithDeeds(t);
  await sql`grant all on audit_events to current_user`.execute(site.db);
  const before = await events(site);
  for (const [what, statement] of Object.entries(tampering)) {
    await t.rejects(statement.execute(site.db), /is append-only/, what);
  }
  t.strictSame(await events(site), before);
});

t.test('Somebody can be forgotten all the same: the log knows them by a number only', async (t) => {
  const site = await siteWithDeeds(t);
  await signedIn(site, { roles: ['owner'] });
  const lan = await signedIn(site, { full_name: 'Huỳnh Kim Phượng' });
  await lan.post('/account/name', { full_name: 'Huỳnh Thị Kim Phượng' });
  const before = await events(site);
  await lan.post('/account/deletion', { sure: 'yes' });
  const after = await events(site);
  t.strictSame(after.slice(0, before.length), before);
  t.equal(after.at(-1)?.verb, 'person.erased');
  t.equal(after.at(-1)?.subject_id, lan.id);
  t.notMatch(JSON.stringify(after), 'Phượng');
});
