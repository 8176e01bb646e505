import t from 'tap';
import {
  newCourseYaml,
  settingsIn,
  withItem,
  withItemMoved,
  withoutItem,
  withSettings,
} from '../../server/publishing/outline.ts';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { draft } from './drafts.ts';

t.test('What buttons do to course.yaml leaves its comments and whatever cannot be read as they are', async (t) => {
  const empty = newCourseYaml({ slug: 'x', topic: 'iot', level: 'basic', languages: ['vi'], provider: 'domdom' });
  const one = withItem(`# Của Lan\n${empty}`, { key: 'mot', kind: 'lesson' }) ?? '';
  const two = withItem(one, { key: 'hai', kind: 'quiz' }) ?? '';
  t.match(two, /^# Của Lan\n[\s\S]*quizzes:[\s\S]*hai[\s\S]*items:[\s\S]*mot[\s\S]*hai/);
  const moved = withItemMoved(two, 'hai', 'up') ?? '';
  t.match(moved, /items:[\s\S]*hai[\s\S]*mot/);
  t.equal(withItemMoved(moved, 'hai', 'up'), moved, 'at the end it stays');
  t.notMatch(withoutItem(moved, 'hai'), 'hai', 'nor does the rule of completion name it any more');
  t.match(withSettings(two, { topic: 'data', valid_months: 6 }), /topic: data[\s\S]*valid_months: 6/);
  for (const broken of ['a: [', 'chữ', '']) t.equal(withItem(broken, { key: 'x', kind: 'lesson' }), null);
});

t.test(
  'The form shows what stands there also of a course that is not ready, and of one that cannot be read nothing',
  (t) => {
    const yaml = newCourseYaml({ slug: 'x', topic: 'iot', level: 'basic', languages: ['vi'], provider: 'domdom' });
    const names = ['topic', 'hours', 'valid_months', 'languages'] as const;
    t.strictSame(settingsIn(yaml, names), { topic: 'iot', hours: '1', valid_months: '', languages: '' });
    for (const broken of ['a: [', 'chữ', '', 'topic: {a: b}']) t.equal(settingsIn(broken, names).topic, '');
    t.end();
  },
);

t.test('Settings are changed by a form, which overwrites nobody and keeps what was typed', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const { id } = await draft(site, author, { slug: 'small', files: soundCourse });
  const path = `/publishing/${id}/settings`;
  const page = await author.get(path);
  t.equal(byRole(page.html, 'textbox', 'Số giờ học').getAttribute('value'), '1.5');
  const refused = await author.submit(page, { fields: { hours: 'lâu', languages: [] } });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox', 'Số giờ học').getAttribute('value'), 'lâu');
  const fields = { topic: 'data', hours: '2,5', languages: ['vi', 'en', 'km'] };
  t.equal((await author.submit(page, { fields })).status, 303);
  const files = await site.db
    .selectFrom('draft_files')
    .select(['path', 'content'])
    .where('draft_id', '=', id)
    .execute();
  t.match(files.find((file) => file.path === 'course.yaml')?.content, /topic: data[\s\S]*hours: 2\.5/);
  t.ok(
    files.some((file) => file.path === 'km/course.md'),
    'a language that comes to it begins with the description',
  );
  const late = await author.submit(page, { fields: { topic: 'iot' } });
  t.match([late.status, textOf(byRole(late.html, 'main'))], [409, /vừa có thay đổi khác/]);
});

t.test('A course that is written here is given by its own organisation', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  await organisation(site, 'theirs');
  const yaml = `${soundCourse['course.yaml']}`.replace(/provider: .*/, 'provider: theirs');
  const { id } = await draft(site, author, { slug: 'small', files: { ...soundCourse, 'course.yaml': yaml } });
  const desk = await author.get(`/publishing/${id}`);
  t.match(textOf(byRole(desk.html, 'main')), /provider đang là “theirs”.*ghi domdom/);
});

t.test('The owner lets an organisation review its own, on record, and nobody else does', async (t) => {
  const site = await testApp(t);
  const branch = await organisation(site, 'ours');
  const owner = await signedIn(site, { roles: ['owner'] });
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const settings = '/admin/organisations/ours/settings';
  const page = await owner.get(settings);
  await owner.submit(page, { form: '/admin/organisations/ours/trust' });
  await owner.submit(page, { form: '/admin/organisations/ours/trust' });
  t.match(textOf(byRole((await owner.get(settings)).html, 'main')), /Tổ chức này được tự duyệt/);
  const deeds = site.db.selectFrom('audit_events').select('verb').where('verb', 'like', 'organisation.%trusted');
  t.same(await deeds.execute(), [{ verb: 'organisation.trusted' }]);
  t.notMatch(textOf(byRole((await manager.get(settings)).html, 'main')), /tự duyệt/);
  t.equal((await manager.post('/admin/organisations/ours/trust', { trusted: 'yes' })).status, 404);
});
