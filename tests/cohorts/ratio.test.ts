import t from 'tap';
import { v7 as newId } from 'uuid';
import { testApp } from '../support/app.ts';
import { signedIn } from '../support/people.ts';
import { cohort, joiner, loads, memberOf, mentor } from './cohorts.ts';

/** What PostgreSQL says when the named constraint stands in the way. */
const refusedBy = (constraint: string) => ({ name: 'error', constraint });

const people = (count: number) => Array.from({ length: count }, (_, number) => `Học Viên ${number}`);

t.test('However many join at once, nobody guides more than they can, and who has no place waits', async (t) => {
  const site = await testApp(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group, { capacity: 6 });
  const binh = await mentor(site, group, { capacity: 3 });
  const joined = await Promise.all(people(14).map((name) => joiner(site, group, name)));

  t.strictSame((await loads(site, [hoa, binh])).sort(), [3, 6]);
  const members = await Promise.all(joined.map((person) => memberOf(site, group, person)));
  t.equal(members.filter((member) => member?.mentor_id).length, 9, 'each with a mentor');
  const waiting = await site.db.selectFrom('join_requests').select('id').where('outcome', 'is', null).execute();
  t.equal(waiting.length, 5);
});

t.test('No further mentor begins while one has fewer than the least', async (t) => {
  const site = await testApp(t);
  const group = await cohort(site);
  const mentors = [await mentor(site, group), await mentor(site, group), await mentor(site, group)];
  const expected = [[1], [2], [3], [4], [5], [6], [7]];
  for (const [index, [most]] of expected.entries()) {
    await joiner(site, group, `Học Viên ${index}`);
    t.strictSame((await loads(site, mentors)).sort(), [0, 0, most], 'all come to the same one while there is room');
  }
  await Promise.all(people(13).map((name) => joiner(site, group, name)));
  const carried = (await loads(site, mentors)).sort((a, b) => a - b);
  t.equal(
    carried.reduce((sum, one) => sum + one, 0),
    20,
  );
  t.equal(carried.filter((count) => count > 0 && count < 5).length, 0, `${carried}`);
});

t.test('The database itself refuses what would break the rules', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site, { seats: 7 });
  const hoa = await mentor(site, group, { capacity: 5 });
  const binh = await mentor(site, group);
  const cuc = await mentor(site, group);
  const put = async (mentorId: string) => {
    const { id: person_id } = await signedIn(site);
    const member = { id: newId(), cohort_id: group.id, person_id };
    await db.transaction().execute(async (trx) => {
      await trx.insertInto('cohort_members').values(member).execute();
      await trx
        .insertInto('mentorships')
        .values({ id: newId(), member_id: member.id, cohort_id: group.id, mentor_id: mentorId })
        .execute();
    });
    return member;
  };
  const first = await put(hoa.id);
  await t.rejects(put(binh.id), refusedBy('mentorships_minimum'), 'one beside them has fewer than five');
  for (let count = 0; count < 4; count += 1) await put(hoa.id);
  await t.rejects(put(hoa.id), refusedBy('mentorships_capacity'));
  await put(binh.id);
  await t.rejects(put(cuc.id), refusedBy('mentorships_minimum'));
  await put(binh.id);
  await t.rejects(put(binh.id), refusedBy('cohort_members_seats'));

  const stranger = await signedIn(site, { roles: ['mentor'] });
  await db.insertInto('mentors').values({ person_id: stranger.id }).execute();
  await t.rejects(put(stranger.id), 'who is no mentor of the cohort');
  const without = { id: newId(), cohort_id: (await cohort(site)).id, person_id: stranger.id };
  await t.rejects(
    db.insertInto('cohort_members').values(without).execute(),
    refusedBy('cohort_members_mentor'),
    'a member without a mentor',
  );
  const ending = db.updateTable('mentorships').set({ valid_until: new Date(Date.now() + 1000) });
  await t.rejects(ending.where('member_id', '=', first.id).execute(), refusedBy('cohort_members_mentor'));
  await t.rejects(
    db.updateTable('mentors').set({ capacity: 4 }).where('person_id', '=', hoa.id).execute(),
    refusedBy('mentors_capacity'),
    'less than they carry',
  );
  await t.rejects(
    db
      .updateTable('cohort_mentors')
      .set({ valid_until: new Date(Date.now() + 1000) })
      .where('person_id', '=', hoa.id)
      .execute(),
    refusedBy('cohort_mentors_responsible'),
    'going before everybody is placed',
  );
});

t.test('Who has left has left, and who guided them did', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site);
  await mentor(site, group);
  const binh = await mentor(site, group);
  const lan = await joiner(site, group);
  await lan.submit(await lan.get(`/cohorts/${group.id}`));
  const ended = await db.selectFrom('mentorships').select(['id', 'valid_until']).execute();
  t.match(ended, [{ valid_until: Date }]);

  const refused = { message: /append-only: UPDATE refused/ };
  for (const change of [{ valid_until: null }, { valid_until: new Date() }, { mentor_id: binh.id }]) {
    await t.rejects(db.updateTable('mentorships').set(change).execute(), refused);
  }
  await t.rejects(db.updateTable('cohort_members').set({ left_at: null }).execute(), refused);
});

t.test('Joins straight into the database race in vain: capacity holds without the app', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const [one, other] = [await cohort(site), await cohort(site)];
  const hoa = await mentor(site, one, { capacity: 4 });
  await db.insertInto('cohort_mentors').values({ id: newId(), cohort_id: other.id, person_id: hoa.id }).execute();
  const learners = await Promise.all(people(12).map((full_name) => signedIn(site, { full_name })));
  const put = (person_id: string, cohort_id: string) =>
    db.transaction().execute(async (trx) => {
      const id = newId();
      await trx.insertInto('cohort_members').values({ id, cohort_id, person_id }).execute();
      await trx
        .insertInto('mentorships')
        .values({ id: newId(), member_id: id, cohort_id, mentor_id: hoa.id })
        .execute();
    });
  const done = await Promise.allSettled(
    learners.map((person, index) => put(person.id, index % 2 === 0 ? one.id : other.id)),
  );
  t.equal(done.filter(({ status }) => status === 'fulfilled').length, 4);
  t.strictSame(await loads(site, [hoa]), [4], 'over both cohorts');
});

t.test('Leaving, handing over and joining at once leave nobody without a mentor, and nobody with two', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site);
  const hoa = await mentor(site, group, { capacity: 8 });
  const binh = await mentor(site, group, { capacity: 8 });
  const members = await Promise.all(people(8).map((name) => joiner(site, group, name)));
  const row = await db
    .selectFrom('cohort_mentors')
    .select('id')
    .where('person_id', '=', hoa.id)
    .executeTakeFirstOrThrow();
  const path = `/cohorts/${group.id}/mentors/${row.id}`;
  await Promise.all([
    hoa.post(`${path}/departure`).then(() => hoa.post(`${path}/hand-over`)),
    ...members.slice(0, 3).map((person) => person.post(`/cohorts/${group.id}/departure`)),
    ...people(4).map((name) => joiner(site, group, `Mới ${name}`)),
  ]);
  await hoa.post(`${path}/hand-over`);

  const open = await db
    .selectFrom('cohort_members')
    .leftJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .select(['cohort_members.id', 'mentor_id', 'left_at'])
    .execute();
  t.ok(open.every(({ left_at, mentor_id }) => (left_at === null) === (mentor_id !== null)));
  const [ofHoa = 0, ofBinh = 0] = await loads(site, [hoa, binh]);
  t.ok(ofBinh <= 8, 'never above capacity');
  t.equal(ofHoa + ofBinh, open.filter(({ left_at }) => left_at === null).length, 'one each');
  const hoaNow = await db
    .selectFrom('cohort_mentors')
    .select('valid_until')
    .where('id', '=', row.id)
    .executeTakeFirstOrThrow();
  t.equal(hoaNow.valid_until !== null, ofHoa === 0, 'responsible until everybody is placed, and no longer');
});
