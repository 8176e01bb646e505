import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { statementsOf } from '../support/statements.ts';

const glossary = {
  'vi/first.md': '# Bài đầu\n\nBa, một, đá, e.\n',
  'vi/second.md': '# Bài hai\n\nBốn năm sáu.\n',
  'vi/glossary.yaml':
    '- { term: e, meaning: E. }\n- { term: đá, meaning: Đ. }\n- { term: bốn, meaning: B. }\n- { term: ba, meaning: A. }\n',
  'en/glossary.yaml':
    '- { term: one, meaning: E. }\n- { term: two, meaning: D. }\n- { term: five, meaning: B. }\n- { term: three, meaning: A. }\n',
};

t.test('The glossary has all terms of a course in the order of the alphabet, with the way to each', async (t) => {
  const site = await testApp(t);
  await publish(t, site, glossary);
  const visitor = client(site.app);
  const page = await visitor.get('/courses/small/glossary');
  t.equal(page.status, 200);
  t.strictSame(
    page.html.querySelectorAll('dfn').map(({ text }) => text),
    ['ba', 'bốn', 'đá', 'e'],
  );
  const [, four] = page.html.querySelectorAll('dl a').map((link) => link.getAttribute('href') ?? '');
  t.equal(four, '/courses/small/lessons/second#term-1');
  const lesson = await (await learner(site)).get('/courses/small/lessons/second');
  t.equal(lesson.html.querySelector('#term-1')?.text, 'Bốn');

  const course = await visitor.get('/courses/small');
  t.equal(byRole(course.html, 'link', 'Từ ngữ của khoá học').getAttribute('href'), '/courses/small/glossary');
  t.match(textOf(byRole((await visitor.get('/courses/small/glossary?lang=en')).html, 'main')), /five.*one.*three.*two/);
});

t.test('A course without a glossary has no such page, nor a link to it', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const visitor = client(site.app);
  t.equal((await visitor.get('/courses/small/glossary')).status, 404);
  t.equal((await visitor.get('/courses/nowhere/glossary')).status, 404);
  t.notMatch((await visitor.get('/courses/small')).body, '/glossary');
});

t.test('Who began an earlier version reads the words of that one', async (t) => {
  const site = await testApp(t);
  await publish(t, site, glossary);
  const early = await learner(site);
  await publish(t, site, { ...glossary, 'vi/glossary.yaml': glossary['vi/glossary.yaml'].replace('A.', 'Mới.') });
  t.match((await early.get('/courses/small/glossary')).body, 'A.');
  t.match((await client(site.app).get('/courses/small/glossary')).body, 'Mới.');
});

t.test('It costs at most four statements', async (t) => {
  const site = await testApp(t);
  await publish(t, site, glossary);
  const reader = await learner(site);
  const statements = await statementsOf(site, () => reader.get('/courses/small/glossary'));
  t.ok(statements.length <= 4, String(statements.length));
});
