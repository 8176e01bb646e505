import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readAssignment } from '../../server/courses/package-assignments.ts';
import { assignmentIn, withAssignment, withSameShape } from '../../server/publishing/assignments/rubric-text.ts';
import { readSheet, sheetOf } from '../../server/publishing/assignments/sheet.ts';
import { withWork } from '../assignments/work.ts';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const written = Object.fromEntries(
  Object.entries({ ...soundCourse, ...smallCourse, ...withWork }).filter(([, content]) => content !== null),
) as Record<string, string>;

async function desks(t: Test, files = written) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const second = await signedIn(site, { roles: ['author'], full_name: 'Trần Minh' });
  const made = await draft(site, author, { slug: 'small', files });
  const fileOf = async (path: string) => (await textIn(site, made.id, path)) ?? '';
  const desk = `/publishing/${made.id}`;
  return { ...site, author, second, desk, story: `${desk}/assignments/story`, fileOf };
}

t.test('An assignment is added by a button, written in a form, and marked by what the form says', async (t) => {
  const { author, desk, fileOf } = await desks(t, soundCourse);
  const added = await author.submit(await author.get(desk), {
    form: '#new-item',
    fields: { title: 'Kể một câu chuyện' },
    button: 'Thêm bài tập',
  });
  const form = await author.follow(added);
  t.equal(form.url, `${desk}/assignments/ke-mot-cau-chuyen?language=vi`);
  t.equal(form.html.getElementById('faults'), null, 'what is not written yet is no fault of a file');
  const asRead = await author.get(`${desk}/items/ke-mot-cau-chuyen?language=vi`);
  t.match(textOf(asRead.html.getElementById('faults') ?? asRead.html), 'Kể một câu chuyện (Tiếng Việt)');
  t.notMatch(textOf(byRole(asRead.html, 'main')), '.md');
  t.match(
    await fileOf('course.yaml'),
    /key: ke-mot-cau-chuyen\n\s+kind: assignment\n\s+minutes: 30\n\s+pass: 60\n\s+hand_in/,
  );
  t.equal(byRole(form.html, 'textbox', 'Tên bài tập').getAttribute('value'), 'Kể một câu chuyện');
  t.same(
    allByRole(form.html, 'textbox', 'Số điểm').map((field) => field.getAttribute('value')),
    ['2', '1', '0'],
  );

  const another = await author.submit(form, { fields: { task: 'Hỏi **bà**.' }, button: 'Thêm tiêu chí' });
  t.equal(another.status, 200);
  t.equal(textOf(byRole(another.html, 'textbox', 'Học viên cần làm gì')), 'Hỏi **bà**.');
  const less = await author.submit(another, { button: 'Bỏ mức 2: Tiêu chí 2' });
  t.equal(allByRole(less.html, 'textbox', 'Số điểm').length, 5);
  const saved = await author.submit(less, {
    fields: {
      ...{ criterion_0: 'Thật', level_0_0: 'Đủ', level_0_1: 'Thiếu: một', level_0_2: 'Chưa' },
      ...{ criterion_1: 'Rõ', points_1_0: '3', level_1_0: 'Ai cũng hiểu', level_1_1: 'Khó hiểu' },
    },
  });
  t.equal(saved.status, 303);
  const text = `---
rubric:
  - criterion: Thật
    levels:
      2: Đủ
      1: "Thiếu: một"
      0: Chưa
  - criterion: Rõ
    levels:
      3: Ai cũng hiểu
      0: Khó hiểu
---

# Kể một câu chuyện

Hỏi **bà**.
`;
  t.equal(await fileOf('vi/ke-mot-cau-chuyen.md'), text);
  // Criteria are there in every language, and their words still to be written.
  const there = await author.get(`${desk}/assignments/ke-mot-cau-chuyen?language=en`);
  t.match(mainOf(there), /Bản Tiếng Việt: Thật.*Bản Tiếng Việt: Đủ/);
  t.match(mainOf(there), /chưa có lời tả/);
  t.equal((await author.submit(there, { fields: { task: 'Ask.' } })).status, 422);
  const words = Object.fromEntries(
    ['0_0', '0_1', '0_2', '1_0', '1_1'].map((name) => [`level_${name}`, `Level ${name}`]),
  );
  await author.submit(there, { fields: { ...words, criterion_0: 'True', criterion_1: 'Clear', task: 'Ask.' } });
  t.match(mainOf(await author.get(desk)), /✓/);
  const look = await author.get(`${desk}/items/ke-mot-cau-chuyen`);
  t.match(mainOf(look), /Bài được chấm thế nào\? Thật ?2 điểm: Đủ/);
  const settings = await author.get(`${desk}/items/ke-mot-cau-chuyen/settings`);
  t.same(allByRole(settings.html, 'checkbox', /Gõ chữ|Gửi/).filter((box) => box.hasAttribute('checked')).length, 3);
});

t.test('Saved as it is it changes not a byte; moved, added and taken out it is so in every language', async (t) => {
  const { author, desk, story, fileOf } = await desks(t);
  const before = await fileOf('vi/story.md');
  const form = await author.get(story);
  t.equal((await author.submit(form)).status, 303);
  t.equal(await fileOf('vi/story.md'), before);

  const moved = await author.submit(form, { button: 'Đưa tiêu chí 2 lên' });
  t.equal(await fileOf('vi/story.md'), before, 'a button saves nothing');
  const wider = await author.submit(moved, { fields: { points_0_0: '4' } });
  t.equal(wider.status, 303);
  t.match(await fileOf('vi/story.md'), /criterion: Rõ ràng\n\s+levels:\n\s+4: Tốt\n\s+0: [\s\S]*criterion: Kiểm chứng/);
  const there = await fileOf('en/story.md');
  t.match(there, /criterion: Clear\n\s+levels:\n\s+4: Good\n\s+0: Not yet\n[\s\S]*criterion: Can be checked\n/);
  t.equal((await author.submit(moved, { fields: { points_0_0: '4' } })).status, 303);
  t.equal(await fileOf('en/story.md'), there, 'sent twice it is moved once');
  const gone = await author.submit(await author.get(story), { button: 'Bỏ tiêu chí 1' });
  await author.submit(gone);
  t.notMatch(await fileOf('en/story.md'), 'Clear');
  t.match(mainOf(await author.get(`${desk}/text?path=en/story.md`)), 'Can be checked');
});

t.test('What cannot be saved is told at its field and typed only once', async (t) => {
  const { author, story, fileOf } = await desks(t);
  const before = await fileOf('vi/story.md');
  const fields = { title: ' ', task: '', points_0_0: 'ba', points_1_1: '2', level_0_1: '', criterion_1: '' };
  const refused = await author.submit(await author.get(story), { fields });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'alert').querySelectorAll('a').length, 6);
  t.match(textOf(byRole(refused.html, 'alert')), /Tiêu chí 1, Mức 2: Bạn hãy tả mức này.*Tiêu chí 2: Bạn hãy ghi/);
  t.equal(refused.html.querySelector('#points_0_0')?.getAttribute('value'), 'ba');
  t.match(refused.html.querySelector('#points_1_1-error')?.text, /cùng số điểm/);
  t.match(refused.html.querySelector('#points_0_0-error')?.text, /từ 0 đến 100/);
  t.equal(await fileOf('vi/story.md'), before);
  const alone = await author.post(story, { language: 'vi', title: 'Bài', task: 'Làm', act: 'save' });
  t.match([alone.status, mainOf(alone)], [422, /Cần ít nhất một tiêu chí/]);
  for (const act of ['up-9', 'gone-0-9', 'more-7', 'constructor', 'add-x', 'down-'])
    t.ok([200, 422].includes((await author.post(story, { language: 'vi', criterion_0: 'x', act })).status), act);
  await assertValidHtml(
    t,
    new Map([refused, await author.get(story)].map(({ url, body }, at) => [`${at} ${url}`, body])),
  );
});

t.test('Two authors at one rubric: the later is shown both, and a reviewer reads what became of it', async (t) => {
  const { app, db, author, second, desk, story, fileOf } = await desks(t);
  const [mine, theirs] = [await author.get(story), await second.get(story)];
  await author.submit(mine, { fields: { level_0_0: 'Rất tốt' } });
  const conflict = await second.submit(theirs, { fields: { level_0_0: 'Tuyệt' } });
  t.equal(conflict.status, 409);
  t.match(mainOf(conflict), /Nguyễn Thị Lan[\s\S]*3: Tuyệt/);
  t.match(await fileOf('vi/story.md'), '3: Rất tốt');
  t.equal((await author.submit(mine, { fields: { level_0_0: 'Rất tốt' } })).status, 303, 'sent twice');

  await publish(t, { app, db }, withWork);
  const version = await db.selectFrom('courses').select(['id', 'current_version_id']).executeTakeFirstOrThrow();
  await db
    .updateTable('drafts')
    .set({ course_id: version.id, base_version_id: version.current_version_id })
    .where('id', '=', desk.split('/').at(-1) ?? '')
    .execute();
  const reviewer = await signedIn({ app, db }, { roles: ['reviewer'] });
  t.match(mainOf(await reviewer.get(`${desk}/changes`)), /− 3: Tốt.*\+ 3: Rất tốt/);
  t.equal((await reviewer.get(story)).status, 403);
});

t.test('What a form would drop is mended as text, and only those who write the draft are let in', async (t) => {
  const { app, db, author, desk, story } = await desks(t);
  const text = await author.get(`${desk}/text?path=vi/story.md`);
  const own = `---\nrubric: [{ criterion: a, weight: 2, levels: { 1: x, 0: y } }]\n---\n\n# Bài\n\nLàm.\n`;
  await author.submit(text, { fields: { content: own } });
  t.match((await author.get(story)).headers.location, `${desk}/text?path=vi/story.md`);
  t.equal((await author.get(`${desk}/assignments/final`)).status, 404);
  t.equal((await author.get(`${desk}/assignments/khong-co`)).status, 404);
  const elsewhere = await signedIn({ app, db }, { roles: ['author'], branch: await organisation({ db }, 'beside') });
  await publish(t, { app, db }, {}, 'other');
  const enrolled = await learner({ app, db }, { slug: 'other' });
  for (const visitor of [elsewhere, enrolled]) {
    t.equal((await visitor.get(story)).status, 404);
    t.equal((await visitor.post(story, { title: 'x' })).status, 404);
  }
  t.match((await client(app).get(story)).headers.location, '/sign-in');
});

t.test('A page of a rubric asks the database at most four times', async (t) => {
  const site = await desks(t);
  const statements = await statementsOf(site, () => site.author.get(site.story));
  t.ok(statements.length <= 4, statements.join('\n'));
});

const words = fc
  .stringMatching(/^[\p{L}\d:#'"{}[\]*&!|>%@`,-]{1,12}( [\p{L}\d:#-]{1,6}){0,2}$/u)
  .map((text) => text.normalize('NFC'));
const levels = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 100 }), words), {
  ...{ minLength: 2, maxLength: 6 },
  selector: ([points]) => points,
});
const sheets = fc.record({
  title: fc.constant('Bài'),
  task: fc.constant('Làm.'),
  rows: fc.array(
    fc.record({
      ...{ was: fc.constantFrom('', '0', '1'), title: words },
      levels: levels.map((all) => all.map(([points, text]) => ({ was: '', points: String(points), text }))),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
const options = { words: {} as never, resolveItem: () => null, resolveImage: () => ({ html: '' }) };

t.test('Whatever is written in the form is read from the file as it was meant', (t) => {
  fc.assert(
    fc.property(sheets, (sheet) => {
      const made = readSheet(sheet);
      if ('errors' in made) return;
      const text = withAssignment(String(withWork['vi/story.md']), made);
      const { faults, text: read } = readAssignment(String(text), options);
      t.same(faults, []);
      const plain = made.criteria.map(({ title, levels }) => ({
        title,
        levels: levels.map(({ points, text }) => ({ points, text })),
      }));
      t.same(
        read.criteria.map(({ title, levels }) => ({ title, levels })),
        plain,
      );
      t.equal(withAssignment(String(text), { ...made, criteria: again(String(text)) }), text);
    }),
    { numRuns: 60 },
  );
  t.end();
});

function again(text: string) {
  const said = assignmentIn(text);
  const made = said && readSheet(sheetOf(said));
  return made && !('errors' in made) ? made.criteria : [];
}

t.test('Comments of criteria that stay, and languages that are not each other, are left alone', (t) => {
  const own =
    '---\n# Của chúng tôi\nrubric:\n- criterion: A # giữ\n  levels: { 2: x, 0: y }\n- criterion: B\n  levels: { 1: x, 0: y }\n---\n# T\n\nLàm.\n';
  const said = assignmentIn(own);
  const made = said && readSheet(sheetOf(said));
  if (!made || 'errors' in made) return void t.fail('it can be read');
  const criteria = made.criteria.map((one) => (one.title === 'B' ? { ...one, title: 'C' } : one));
  const text = String(withAssignment(own, { ...made, criteria }));
  t.match(text, /# Của chúng tôi\nrubric:\n\s+- criterion: A # giữ\n\s+levels: \{ 2: x, 0: y \}\n\s+- criterion: C\n/);
  t.match(text, /---\n# T\n\nLàm\.\n$/);
  const other = '---\nrubric:\n  - criterion: Z\n    levels: { 5: x, 0: y }\n---\n# T\n\nDo.\n';
  t.equal(withSameShape(other, said?.criteria ?? [], made.criteria.slice(1)), other);
  t.equal(assignmentIn('---\nrubric: [\n---\n# T\n'), null);
  t.same(assignmentIn('# T\n\nLàm.\n'), { title: 'T', task: 'Làm.', criteria: [] });
  t.end();
});
