import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, type HTMLElement, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: { html: HTMLElement }) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const tagged = (skills: string, item: string) => ({
  'course.yaml': courseYaml()
    .replace('[tt02-2025:1.1]', skills)
    .replace('key: first, kind: lesson, minutes: 5', `key: first, kind: lesson, minutes: 5, skills: ${item}`),
});

t.test('Each competence says which courses and lessons teach it, and which nobody teaches', async (t) => {
  const site = await testApp(t);
  await publish(t, site, tagged('[tt02-2025:1.1]', '[tt02-2025:4.2]'));
  const visitor = client(site.app);
  const page = await visitor.get('/skills');
  const card = (code: string) =>
    textOf(page.html.querySelector(`li.card a[href="/skills/tt02-2025/${code}"]`)?.closest('li') ?? page.html);
  t.match(card('1.1'), /1\.1 .*Khoá nhỏ 1 khoá học/);
  t.notMatch(card('1.1'), 'bài nói riêng');
  t.match(card('4.2'), /Khoá nhỏ 1 khoá học ?1 bài nói riêng/);
  t.match(card('4.3'), 'Chưa có khoá học nào');

  const skill = await visitor.get('/skills/tt02-2025/4.2');
  t.match(mainOf(skill), /1 khoá học dạy năng lực này Khoá nhỏ.*Bài đầu/);
  t.equal(byRole(skill.html, 'link', 'Bài đầu').getAttribute('href'), '/courses/small/lessons/first');
  t.match(mainOf(await visitor.get('/skills/tt02-2025/4.3')), 'Chưa có khoá học nào dạy năng lực này');
  for (const path of ['/skills/tt02-2025/99', '/skills/nowhere/1.1']) t.equal((await visitor.get(path)).status, 404);
});

t.test('It is searched by words, filtered by framework, and read in English', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const visitor = client(site.app);
  t.match(mainOf(await visitor.get('/skills?q=bao+ve')), /DigComp|Thông tư/);
  t.match(mainOf(await visitor.get('/skills?q=zzz')), 'Không có năng lực nào như vậy');
  const digcomp = await visitor.get('/skills?framework=digcomp-3.0');
  t.equal(byRole(digcomp.html, 'link', 'DigComp 3.0').getAttribute('aria-current'), 'true');
  t.equal((await visitor.get('/skills?framework=x')).status, 200, 'a framework that is not there filters nothing');
  t.match(mainOf(await visitor.get('/skills?lang=en')), /Small course 1 course/);
});

t.test('A course that is not open to everyone is not told of', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await site.db.updateTable('courses').set({ audience: 'branch' }).execute();
  const visitor = client(site.app);
  t.notMatch((await visitor.get('/skills')).body, 'Khoá nhỏ');
  t.notMatch((await visitor.get('/skills/tt02-2025/1.1')).body, 'Khoá nhỏ');
});

t.test('A learner sees the competences gained, each by its certificate', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const newcomer = await signedIn(site);
  t.match(mainOf(await newcomer.get('/learning/skills')), 'Chưa có năng lực nào');
  const person = await learner(site);
  const code = await finish(person);
  const page = await person.get('/learning/skills');
  t.match(mainOf(page), /1 năng lực.*1\.1 Duyệt.*Theo giấy chứng nhận: Khoá nhỏ, /);
  t.equal(byRole(page.html, 'link', 'Khoá nhỏ').getAttribute('href'), `/certificates/${code}`);
  t.match((await person.get('/learning')).body, '/learning/skills');

  await site.db.updateTable('certificates').set({ revoked_at: new Date(), revocation_reason: 'x' }).execute();
  t.match(mainOf(await person.get('/learning/skills')), 'Chưa có năng lực nào', 'one that is revoked says nothing');
});

t.test('No page costs more than four statements', async (t) => {
  const site = await testApp(t);
  for (const name of ['small', 'other', 'third']) await publish(t, site, {}, name);
  const person = await learner(site);
  await finish(person);
  for (const path of ['/skills', '/skills?q=du', '/skills/tt02-2025/1.1', '/learning/skills', '/learning']) {
    const statements = await statementsOf(site, () => person.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
});
