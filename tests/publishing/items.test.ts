import t, { type Test } from 'tap';
import { withCompletion, withItemBack, withItemSettings, withSettings } from '../../server/publishing/outline.ts';
import { withWork } from '../assignments/work.ts';
import { type Files, soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

const withFiles = (files: Files) =>
  Object.fromEntries(
    Object.entries({ ...soundCourse, ...files }).flatMap(([path, content]) =>
      typeof content === 'string' ? [[path, content] as const] : [],
    ),
  );

async function desks(t: Test, files: Record<string, string> = soundCourse) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const { id } = await draft(site, author, { slug: 'small', files });
  const fileOf = (path: string) => textIn(site, id, path);
  return { ...site, author, desk: `/publishing/${id}`, fileOf };
}

t.test('Forms leave comments, order and style of the settings as their author wrote them', async (t) => {
  const yaml = `# Của Lan
format: 1
topic: internet # chủ đề
hours: 1.5
skills: [a]
completion:
  lessons: all # đọc hết
  quizzes: [final]
items:
  - { key: first, kind: lesson, minutes: 5 } # ngắn thôi
  - key: final
    # hỏi Minh
    kind: quiz
    minutes: 3 # nhanh
    pass: 70
`;
  t.equal(withSettings(yaml, { topic: 'internet', hours: 1.5, skills: ['a'] }), yaml);
  t.equal(withItemSettings(yaml, 'final', { minutes: 3, pass: 70, attempts: undefined }), yaml);
  t.equal(withCompletion(yaml, { lessons: 'all', quizzes: ['final'], assignments: undefined }), yaml);
  const changed = withItemSettings(yaml, 'final', { minutes: 9, pass: 70, attempts: 2 });
  t.equal(changed, `${yaml.replace('minutes: 3 #', 'minutes: 9 #')}    attempts: 2\n`);
  t.equal(withItemSettings(yaml, 'first', { minutes: 7 }), yaml.replace('minutes: 5', 'minutes: 7'));
  t.equal(withSettings(yaml, { topic: 'data' }), yaml.replace('topic: internet', 'topic: data'));
  const rule = withCompletion(yaml, { lessons: ['first'], quizzes: [], sign_off: true }) ?? '';
  t.match(rule, /lessons:\s+- first[^\n]*\n\s*quizzes: \[\]\n\s*sign_off: true\n/);
  const back = { settings: { key: 'x', kind: 'quiz', minutes: 4, pass: 50 }, place: 1, required: ['quizzes'] };
  t.match(withItemBack(yaml, back), /quizzes: \[ ?final, x ?\][\s\S]*key: first[\s\S]*key: x[\s\S]*key: final/);
  for (const broken of ['a: [', 'chữ', '']) t.equal(withItemSettings(broken, 'x', { minutes: 1 }), null);
});

t.test('What a quiz asks is set by a form, which keeps what was typed and overwrites nobody', async (t) => {
  const { author, desk, fileOf } = await desks(t);
  const before = await fileOf('course.yaml');
  const page = await author.get(`${desk}/items/final/settings`);
  t.equal((await author.submit(page)).status, 303);
  t.equal(await fileOf('course.yaml'), before, 'saved as it is it changes not a byte');
  const refused = await author.submit(page, { fields: { minutes: 'lâu', pass: '0' } });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox', 'mấy phút').getAttribute('value'), 'lâu');
  t.equal(allByRole(refused.html, 'link', /Số phút|Mức đạt/).length, 2);
  const fields = { minutes: '12', pass: '80', attempts: '3', shuffle: null, accents: 'yes' };
  t.equal((await author.submit(page, { fields })).status, 303);
  t.match(
    await fileOf('course.yaml'),
    /key: final, kind: quiz, minutes: 12, pass: 80, attempts: 3, shuffle: false, accents: exact }/,
  );
  const late = await author.submit(page, { fields: { minutes: '20' } });
  t.match([late.status, mainOf(late)], [409, /vừa có thay đổi khác/]);
  const again = await author.get(`${desk}/items/final/settings`);
  await author.submit(again, { fields: { attempts: '', shuffle: 'yes', accents: null } });
  t.match(await fileOf('course.yaml'), /minutes: 12, pass: 80, shuffle: true, accents: ignore }/);
});

t.test('A time limit and questions drawn by chance are set by a form; a rule by tags stays as it is', async (t) => {
  const { author, desk, fileOf } = await desks(t);
  const path = `${desk}/items/final/settings`;
  const short = await author.submit(await author.get(path), { fields: { minutes: '9', time_limit: '8', drawn: '0' } });
  t.equal(short.status, 422);
  t.equal(allByRole(short.html, 'link', /Số câu phải/).length, 1);
  const limited = await author.submit(await author.get(path), { fields: { minutes: '9', time_limit: '8' } });
  t.match([limited.status, mainOf(limited)], [422, /không được ngắn hơn/]);
  await author.submit(await author.get(path), { fields: { time_limit: '10', drawn: '3' } });
  const drawn = String(await fileOf('course.yaml'));
  t.match(drawn, /key: final[^}]*time_limit: 10/);
  t.match(drawn, /draw:\s*(?:\[ ?{ ?count: 3 ?} ?\]|- count: 3)/);
  t.equal((await author.submit(await author.get(path))).status, 303);
  t.equal(await fileOf('course.yaml'), drawn, 'saved as it is it changes not a byte');
  await author.submit(await author.get(path), { fields: { time_limit: '', drawn: '' } });
  t.notMatch(await fileOf('course.yaml'), /time_limit|draw/);

  const byTag = drawn.replace('count: 3', 'tag: de, count: 3');
  const text = await author.get(`${desk}/text?path=course.yaml`);
  t.equal((await author.submit(text, { fields: { content: byTag } })).status, 303);
  const page = await author.get(path);
  t.match(mainOf(page), 'theo nhãn hoặc mức độ');
  await author.submit(page, { fields: { pass: '77' } });
  t.match(await fileOf('course.yaml'), /pass: 77[\s\S]*tag: de/);
});

t.test('A lesson has its minutes and skills, an assignment its ways to be handed in', async (t) => {
  const { author, desk, fileOf } = await desks(t, withFiles(withWork));
  const lesson = await author.get(`${desk}/items/first/settings`);
  await author.submit(lesson, { fields: { minutes: '8', skills: ['tt02-2025:4.1', 'bịa'] } });
  t.match(await fileOf('course.yaml'), /key: first, kind: lesson, minutes: 8, skills: \[ ?tt02-2025:4\.1 ?\]/);
  const story = await author.get(`${desk}/items/story/settings`);
  const refused = await author.submit(story, { fields: { hand_in: [] } });
  t.match([refused.status, mainOf(refused)], [422, /ít nhất một cách nộp/]);
  t.equal((await author.submit(story, { fields: { hand_in: ['files', 'text'], pass: '55' } })).status, 303);
  t.match(await fileOf('course.yaml'), /key: story[^}]*pass: 55[^}]*hand_in: \[ ?text, files ?\]/);
});

t.test('What completes the course is ticked in a form', async (t) => {
  const { author, desk, fileOf } = await desks(t);
  const before = await fileOf('course.yaml');
  const page = await author.get(`${desk}/completion`);
  t.equal((await author.submit(page)).status, 303);
  t.equal(await fileOf('course.yaml'), before);
  const nothing = await author.submit(page, { fields: { lessons: 'some', required: [] } });
  t.match([nothing.status, mainOf(nothing)], [422, /ít nhất một bài/]);
  await author.submit(page, { fields: { lessons: 'some', required: ['first', 'final', 'bịa'], sign_off: 'yes' } });
  t.match(await fileOf('course.yaml'), /lessons:\s+- first\n\s+quizzes: \[ ?final ?\]\n\s+sign_off: true/);
});

t.test('What was taken out comes back to its place with its texts, settings and part in the rule', async (t) => {
  const { author, desk, fileOf } = await desks(t);
  const [yaml, text] = [await fileOf('course.yaml'), await fileOf('vi/final.gift')];
  await author.submit(await author.get(desk), { form: `${desk}/items/final/removal` });
  t.equal(await fileOf('vi/final.gift'), null);
  const added = await author.submit(await author.get(desk), {
    form: `${desk}/items`,
    fields: { title: 'Final' },
    button: 'Thêm bài kiểm tra',
  });
  t.match(added.headers.location, `${desk}/quizzes/final-2`, 'nothing is written over what lies there');
  await author.submit(await author.get(desk), { form: `${desk}/items/final-2/removal` });
  const removed = await author.get(`${desk}/removed-items`);
  t.match(mainOf(removed), /Final.*Cuối khoá/);
  const form = `${desk}/removed-items/final/restoration`;
  t.equal((await author.submit(removed, { form })).headers.location, `${desk}#items`);
  t.equal((await author.submit(removed, { form })).headers.location, `${desk}#items`, 'twice is once');
  t.equal(await fileOf('vi/final.gift'), text);
  t.equal(await fileOf('course.yaml'), yaml);
  t.notMatch(mainOf(await author.get(`${desk}/removed-items`)), 'Cuối khoá');
  t.match((await author.post(`${desk}/removed-items/khong-co/restoration`)).headers.location, '/removed-items');
});

t.test('Only whoever writes the course sets it, each page at the cost of four statements', async (t) => {
  const { author, desk, app, db, ...site } = await desks(t);
  const reviewer = await signedIn({ app, db }, { roles: ['reviewer'] });
  const theirs = await signedIn({ app, db }, { roles: ['author'], branch: await organisation({ db }, 'theirs') });
  for (const end of ['/items/final/settings', '/completion', '/removed-items']) {
    const statements = await statementsOf({ db, ...site }, () => author.get(desk + end));
    t.ok(statements.length <= 4, `${end}: ${statements.length}`);
    t.equal((await reviewer.get(desk + end)).status, 403, end);
    t.equal((await theirs.get(desk + end)).status, 404, end);
    t.match((await client(app).get(desk + end)).headers.location, /^\/sign-in\?next=/);
  }
  for (const end of ['/items/final/settings', '/completion', '/removed-items/final/restoration']) {
    t.equal((await reviewer.post(desk + end)).status, 403, end);
    t.equal((await theirs.post(desk + end)).status, 404, end);
  }
  t.equal((await author.get(`${desk}/items/khong-co/settings`)).status, 404);
});
