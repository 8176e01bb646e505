import t from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { mergePersons, undoMerger } from '../../server/people/merging/queries.ts';
import { getManagedPerson } from '../../server/people/queries.ts';
import { announcement } from '../announcements/announcements.ts';
import { meeting, recorded, recordsOf } from '../meetings/meetings.ts';
import { testApp } from '../support/app.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { cohort, joiner, memberOf, mentor } from './cohorts.ts';

async function siteWithOwner(t: Parameters<typeof testApp>[0]) {
  const site = await testApp(t);
  const owner = await signedIn(site, { roles: ['owner'] });
  const { db } = site;
  async function merge(kept: SignedIn, merged: SignedIn) {
    const [one, other] = [await getManagedPerson(db, owner, kept.id), await getManagedPerson(db, owner, merged.id)];
    return db.transaction().execute((trx) => mergePersons(trx, owner, one, other));
  }
  return { ...site, owner, merge };
}

t.test(
  'Somebody registered twice keeps their place in a cohort and their mentor, and gives it back when told apart',
  async (t) => {
    const { owner, merge, ...site } = await siteWithOwner(t);
    const group = await cohort(site);
    const hoa = await mentor(site, group);
    const merged = await joiner(site, group);
    const kept = await signedIn(site);
    const before = await memberOf(site, group, merged);
    const gathering = await meeting(site, group);
    await recorded(site, gathering, before?.id ?? '', 'late', hoa);
    const told = await announcement(site, { cohort_id: group.id }, hoa);
    await merged.post(`/announcements/${told}/reading`);
    const readers = () => site.db.selectFrom('announcement_readings').select('person_id').execute();
    t.equal(await merge(kept, merged), 'merged');
    t.strictSame(await readers(), [{ person_id: kept.id }]);
    t.strictSame(await memberOf(site, group, kept), before);
    t.equal(before?.mentor_id, hoa.id);
    t.strictSame(await recordsOf(site, gathering, kept), ['late by roster']);
    const { id } = await site.db.selectFrom('person_mergers').select('id').executeTakeFirstOrThrow();
    const again = await getManagedPerson(site.db, owner, kept.id);
    await site.db.transaction().execute((trx) => undoMerger(trx, owner, again, id));
    t.strictSame(await memberOf(site, group, merged), before);
    t.strictSame(await recordsOf(site, gathering, merged), ['late by roster']);
    t.strictSame(await readers(), [{ person_id: merged.id }]);
  },
);

t.test('Where both learn, or the one guides the other, the second place is given up', async (t) => {
  const { merge, ...site } = await siteWithOwner(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const [kept, merged, third] = [await joiner(site, group), await joiner(site, group), await joiner(site, group)];
  t.equal(await merge(kept, merged), 'merged');
  t.ok(await memberOf(site, group, kept));
  t.notOk(await memberOf(site, group, merged));
  t.equal(await merge(hoa, third), 'merged');
  t.notOk(await memberOf(site, group, hoa), 'nobody guides themselves');
});

t.test('A mentor hands over before they are merged into another', async (t) => {
  const { merge, ...site } = await siteWithOwner(t);
  const hoa = await mentor(site, await cohort(site));
  t.equal(await merge(await signedIn(site), hoa), 'guides');
});

t.test('Who is erased learns and guides nowhere; their mentees go to others, as far as there is room', async (t) => {
  const { ...site } = await siteWithOwner(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const people = [];
  for (const name of ['Một', 'Hai', 'Ba']) people.push(await joiner(site, group, name));
  const binh = await mentor(site, group, { capacity: 1, full_name: 'Võ Thị Bình' });
  const [first, ...others] = people;
  if (first === undefined) throw new Error('three have joined');
  await site.db.transaction().execute((trx) => erasePerson(trx, first.id, 'keep'));
  t.notOk(await memberOf(site, group, first));
  await site.db.transaction().execute((trx) => erasePerson(trx, hoa.id, 'keep'));
  const mentors = await Promise.all(others.map(async (person) => (await memberOf(site, group, person))?.mentor_id));
  t.strictSame(mentors.sort(), [hoa.id, binh.id].sort(), 'whom nobody could take stays on record with who is gone');
  const manager = await signedIn(site, { roles: ['manager'] });
  t.match((await manager.get('/cohorts')).body, /1 người hướng dẫn đang bàn giao/);
});
