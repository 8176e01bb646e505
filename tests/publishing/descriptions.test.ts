import fc from 'fast-check';
import t from 'tap';
import { descriptionIn, withDescription } from '../../server/publishing/descriptions/front-matter.ts';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { draft } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

t.test('A description in a form leaves the rest of its text as it was written', async (t) => {
  const text =
    '---\n# ghi chú\ntitle: "Mạng" # tên\nsummary: Một câu.\noutcomes: [Một, Hai]\nlater: x\n---\n\nLời *giới thiệu*.\n\n';
  const said = { title: 'Mạng', summary: 'Một câu.', outcomes: ['Một', 'Hai'], about: 'Lời *giới thiệu*.' };
  t.strictSame(descriptionIn(text), said);
  t.equal(withDescription(text, said), text);
  const changed = withDescription(text, { ...said, summary: 'Câu khác.' }) ?? '';
  t.match(
    changed,
    /# ghi chú\ntitle: "Mạng" # tên\nsummary: Câu khác\.[\s\S]*later: x\n---\n\nLời \*giới thiệu\*\.\n\n$/,
  );
  t.match(withDescription(text, { ...said, about: '' }), /later: x\n---\n\n\n$/);
  for (const broken of ['', 'Chữ', '---\n- a\n---\n', '---\ntitle: [\n---\n', '---\noutcomes: [{ a: 1 }]\n---\n'])
    t.equal(descriptionIn(broken), null, broken);

  const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((words) => words.replace(/\s+/g, ' ').trim());
  const any = fc.record(
    { title: line, summary: line, outcomes: fc.array(line, { maxLength: 4 }), about: line },
    { noNullPrototype: true },
  );
  const law = fc.property(any, any, (one, other) => {
    const written = withDescription(withDescription('', one) ?? '', other) ?? '';
    t.strictSame(descriptionIn(written), other);
  });
  fc.assert(law, { numRuns: 200 });
});

t.test('What a course is gets written in a form, which keeps what was typed and overwrites nobody', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const { id } = await draft(site, author, { slug: 'small', files: soundCourse });
  const path = `/publishing/${id}/description`;
  const fileOf = async () => {
    const file = site.db.selectFrom('draft_files').where('draft_id', '=', id).where('path', '=', 'vi/course.md');
    return (await file.select('content').executeTakeFirstOrThrow()).content ?? '';
  };
  const before = await fileOf();
  const page = await author.get(`${path}?language=vi`);
  t.ok((await statementsOf(site, () => author.get(`${path}?language=vi`))).length <= 4);
  t.equal((await author.submit(page)).status, 303);
  t.equal(await fileOf(), before, 'saved as it is it changes not a byte');

  const refused = await author.submit(page, { fields: { title: ' ', outcomes: 'x\n'.repeat(21), summary: 'Giữ lại' } });
  t.equal(refused.status, 422);
  t.match(mainOf(refused), /Nhiều nhất 20 dòng/);
  t.equal(byRole(refused.html, 'textbox', 'Một câu về khoá học').getAttribute('value'), 'Giữ lại');
  await assertValidHtml(t, new Map([page, refused].map((one, index) => [String(index), one.body])));

  const fields = { summary: 'Một: hai # ba', outcomes: '- Làm được\n2) Kể lại\n\n• Dạy ai đó' };
  t.equal((await author.submit(page, { fields })).status, 303);
  t.match(descriptionIn(await fileOf()), { summary: 'Một: hai # ba', outcomes: ['Làm được', 'Kể lại', 'Dạy ai đó'] });

  const second = await signedIn(site, { roles: ['author'] });
  const late = await second.submit(await second.get(`${path}?language=vi`), { fields: { title: 'Của tôi' } });
  t.equal(late.status, 303);
  const conflict = await author.submit(page, { fields: { title: 'Của người trước' } });
  t.match([conflict.status, mainOf(conflict)], [409, /Của người trước/]);
  t.match(await fileOf(), 'Của tôi');

  t.equal((await author.get(`${path}?language=xx`)).status, 404);
  t.equal((await (await signedIn(site)).get(`${path}?language=vi`)).status, 404);
  const text = await author.get(`/publishing/${id}/text?path=vi/course.md`);
  t.match(text.body, `${path}?language=vi`);
  await author.submit(text, { form: '#text', fields: { content: '---\ntitle: [\n---\n' }, button: 'Lưu' });
  const mended = await author.follow(await author.get(`${path}?language=vi`));
  t.match(mainOf(mended), /chưa mở được bằng ô điền/);
});
