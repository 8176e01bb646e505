import t from 'tap';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { learner, publish, readLessons } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
const closing = '/courses/small/closing';

t.test('A closed version takes nobody in, says so, and whoever is in goes on', async (t) => {
  const [lan, mai] = [await learner(site), await signedIn(site)];
  const manager = await signedIn(site, { roles: ['manager'] });
  t.ok((await statementsOf(site, () => manager.get('/courses/small'))).length <= 4);
  await manager.submit(await manager.get(closing));
  await manager.post(closing);
  t.match(textOf((await mai.get('/courses/small')).html), 'đang không nhận người học mới');
  const refused = await mai.post('/courses/small/enrolment');
  t.equal(refused.status, 403);
  t.match(textOf(refused.html), 'đang không nhận người học mới');
  t.equal((await lan.post('/courses/small/enrolment')).status, 303);
  await readLessons(lan);
  t.match(textOf((await lan.get('/courses/small/progress')).html), '66');

  await manager.submit(await manager.get(closing));
  await manager.post(`${closing}/remove`);
  t.equal((await mai.post('/courses/small/enrolment')).status, 303);
  const verbs = await site.db
    .selectFrom('audit_events')
    .select('verb')
    .where('verb', 'like', 'course.%')
    .orderBy('id')
    .execute();
  t.strictSame(
    verbs.map(({ verb }) => verb),
    ['course.closed', 'course.reopened'],
  );
});

t.test('Those who manage or review the course close it; nobody else', async (t) => {
  const elsewhere = await organisation(site, 'elsewhere');
  t.equal((await (await signedIn(site, { roles: ['reviewer'] })).get(closing)).status, 200);
  const author = await signedIn(site, { roles: ['author'] });
  t.same([(await author.get(closing)).status, (await author.post(closing)).status], [403, 403]);
  const stranger = await signedIn(site, { roles: ['manager'], branch: elsewhere });
  t.same([(await stranger.get(closing)).status, (await stranger.post(closing)).status], [404, 404]);
  t.equal((await (await learner(site)).get(closing)).status, 404);
  t.equal((await site.db.selectFrom('closed_versions').select('version_id').execute()).length, 0);
});
