import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { textOf } from '../support/html.ts';
import { answer, endIn, finish, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { courseYaml } from '../support/small-course.ts';
import { sharedBy } from './links.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site, { 'course.yaml': `${courseYaml()}valid_months: 12\n` });

async function seen(path: string): Promise<string> {
  return textOf((await client(site.app).get(path)).html);
}

t.test('What holds for a time says until when, and once that is over, that it is', async (t) => {
  const person = await learner(site);
  const code = await finish(person);
  const path = await sharedBy(person, { transcript: true, full_name: true, scores: true });
  const before = await seen(path);
  t.equal(before.match(/có giá trị đến hết ngày \d\d\/\d\d\/20\d\d/g)?.length, 2, 'on the card and in the record');
  t.match(before, 'Có hiệu lực');

  await endIn(site, code, -1);
  const after = await seen(path);
  t.notMatch(after, 'Có hiệu lực');
  t.match(after, /đã hết hạn ngày/);
});

t.test('A renewed course is stated once, with its newest certificate', async (t) => {
  const person = await learner(site);
  const first = await finish(person);
  await endIn(site, first, 10);
  await person.post('/courses/small/renewal');
  const attempt = await startAttempt(person);
  await answer(person, attempt);
  await handIn(person, attempt);
  const record = await person.get('/learning/transcript');
  t.match(textOf(record.html), '1 khoá học đã hoàn thành');
  t.notOk(record.body.includes(first));
});
