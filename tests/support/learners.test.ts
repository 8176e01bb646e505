import t from 'tap';
import { testApp } from './app.ts';
import { finish, learner, publish } from './learners.ts';

t.test('A learner goes the shortest way from enrolment to a certificate', async (t) => {
  const site = await testApp(t);
  t.equal(await publish(t, site), 1);
  const person = await learner(site);
  t.match(await finish(person), /^[A-Z0-9]{14}$/);
});

t.test('A course that is broken is told when it is published', async (t) => {
  const site = await testApp(t);
  await t.rejects(publish(t, site, { 'vi/second.md': null }), /vi\/second\.md/);
});
