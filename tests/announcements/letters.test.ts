import t, { type Test } from 'tap';
import { queueLetters } from '../../server/announcements/letters/queries.ts';
import { sendDueMails } from '../../server/mail/postman.ts';
import type { OutgoingMail } from '../../server/mail/transport.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { learner, publish } from '../support/learners.ts';
import { announcement } from './announcements.ts';

/** In Vietnam: three in the afternoon, and eleven at night. */
const [afternoon, night] = [new Date('2026-11-22T08:00:00Z'), new Date('2026-11-22T16:00:00Z')];

async function siteWithAddresses(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const people = [];
  for (const name of ['An', 'Bình', 'Cúc']) {
    const person = await learner(site, { full_name: `Lê Văn ${name}` });
    await putIn(site, group, person, hoa);
    people.push(person);
  }
  await site.db
    .updateTable('person_details')
    .set(({ ref }) => ({ email: ref('learner_code'), email_confirmed_at: null }))
    .execute();
  const confirm = (one: { id: string }) =>
    site.db
      .updateTable('person_details')
      .set({ email_confirmed_at: new Date() })
      .where('person_id', '=', one.id)
      .execute();
  const [an, binh, cuc] = people;
  if (!an || !binh || !cuc) throw new Error('three were made');
  await confirm(an);
  await confirm(binh);
  await confirm(hoa);
  const sendAll = async (now: Date) => {
    const sent: OutgoingMail[] = [];
    const send = async (mail: OutgoingMail) => void sent.push(mail);
    await sendDueMails({ db: site.db, config: site.app.config, send }, () => now);
    return sent;
  };
  return { ...site, target: { cohort_id: group.id }, group, hoa, an, binh, cuc, sendAll };
}

t.test('Each letter goes once, however often the job runs, to confirmed addresses alone', async (t) => {
  const { db, target, hoa, an, binh, sendAll } = await siteWithAddresses(t);
  const code = await announcement({ db }, target, hoa, { title: 'Nghỉ & <học>', words: 'Một\n\nHai' });
  const counts = await Promise.all([queueLetters(db, afternoon), queueLetters(db, afternoon)]);
  t.equal(counts[0] + counts[1], 2, 'the writer, and who has confirmed no address, get none');
  t.equal(await queueLetters(db, afternoon), 0);
  const sent = await sendAll(afternoon);
  t.same(sent.map(({ to }) => to.name).sort(), [an.full_name, binh.full_name]);
  const [first] = sent;
  t.equal(first?.subject, 'Nghỉ & <học>');
  t.match(
    first?.text,
    `Thông báo của Tổ 5, Long Xuyên:\n\nMột\n\nHai\n\nMở thông báo:\nhttp://localhost/announcements/${code}`,
  );
  t.match(first?.html, '<p>Hai</p>');
  t.match(first?.headers['List-Unsubscribe'], /^<http:\/\/localhost\/announcement-letters\/[\w-]+>$/);
  t.strictSame(await sendAll(afternoon), []);
});

t.test('At night letters wait until seven in the morning', async (t) => {
  const { db, target, hoa, sendAll } = await siteWithAddresses(t);
  await announcement({ db }, target, hoa);
  await queueLetters(db, night);
  t.strictSame(await sendAll(new Date('2026-11-22T23:59:00Z')), []);
  t.equal((await sendAll(new Date('2026-11-23T00:00:00Z'))).length, 2);
});

t.test('The way out in a letter works without signing in, and stops those that wait as well', async (t) => {
  const { app, db, target, hoa, an, binh, sendAll } = await siteWithAddresses(t);
  await announcement({ db }, target, hoa);
  await queueLetters(db, afternoon);
  const letter = (await sendAll(afternoon)).find(({ to }) => to.name === an.full_name);
  const way = /http:\/\/localhost(\/announcement-letters\/\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
  await announcement({ db }, target, hoa, { title: 'Tin thứ hai' });
  await queueLetters(db, afternoon);

  const stranger = client(app);
  const page = await stranger.get(way);
  const done = await stranger.follow(await stranger.submit(page, { button: 'Dừng gửi email cho tôi' }));
  t.match(done.body, 'Bạn sẽ không nhận email thông báo nữa');
  t.same(
    (await sendAll(afternoon)).map(({ to }) => to.name),
    [binh.full_name],
  );
  t.equal((await stranger.get('/announcement-letters/x')).status, 404);
  const wishes = await an.get('/account/announcements');
  t.equal(wishes.html.querySelector('#by_mail')?.getAttribute('checked'), undefined);
  await an.submit(wishes, { fields: { by_mail: 'yes' } });
  await announcement({ db }, target, hoa, { title: 'Tin thứ ba' });
  t.equal(await queueLetters(db, afternoon), 2);
});

t.test('What was withdrawn, and who has left since, gets no letter', async (t) => {
  const { db, target, group, hoa, an, binh, sendAll } = await siteWithAddresses(t);
  const first = await announcement({ db }, target, hoa);
  await queueLetters(db, afternoon);
  await hoa.post(`/announcements/${first}/withdrawal`);
  await announcement({ db }, target, hoa, { title: 'Tin thứ hai' });
  await queueLetters(db, afternoon);
  await an.post(`/cohorts/${group.id}/departure`);
  t.same(
    (await sendAll(afternoon)).map(({ to, subject }) => `${to.name}: ${subject}`),
    [`${binh.full_name}: Tin thứ hai`],
  );
});
