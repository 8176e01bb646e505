import t, { type Test } from 'tap';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const files = { ...soundCourse, ...smallCourse } as Record<string, string>;

async function desks(t: Test) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const made = await draft(site, author, { slug: 'small', files });
  const fileOf = async (path: string) => (await textIn(site, made.id, path)) ?? '';
  const desk = `/publishing/${made.id}`;
  return { ...site, author, desk, quiz: `${desk}/quizzes/final`, fileOf };
}

const open = (author: Client, quiz: string, language = 'vi', id = 'word') =>
  author.get(`${quiz}/questions/${id}?language=${language}`);
const save = (author: Client, page: Page, fields: Record<string, string>) =>
  author.submit(page, { form: '#question', fields });

/** The name of the English field beside these Vietnamese words. */
function besides({ html }: Page, words: string): string {
  const all = html.querySelectorAll('#sides textarea');
  const at = all.findIndex((field) => field.text.trim() === words);
  const field = all[at + 1];
  return field?.getAttribute('lang') === 'en' ? (field.getAttribute('name') ?? '') : `nothing beside ${words}`;
}

t.test('Hints are written in the form of a question, one more when it is asked for', async (t) => {
  const { author, quiz, fileOf, desk } = await desks(t);
  const page = await open(author, quiz);
  const more = await author.submit(page, {
    form: '#question',
    fields: { hint_0: 'Có hồ [Gươm].\n\nRất đẹp.', text: 'Thủ đô?' },
    button: 'Thêm gợi ý',
  });
  t.equal(more.status, 200);
  t.equal(more.html.querySelectorAll('textarea[name^=hint_]').length, 2);
  t.notMatch(await fileOf('vi/final.gift'), 'hint', 'nothing is saved by asking');
  const saved = await save(author, more, { hint_1: 'Bắt đầu bằng H.' });
  t.equal(saved.status, 303);
  const written =
    '// [id:word] [tag:lesson:second]\n// [hint:Có hồ [Gươm\\].\\n\\nRất đẹp.]\n// [hint:Bắt đầu bằng H.]\n';
  t.match(await fileOf('vi/final.gift'), `${written}::Gõ chữ::[markdown]Thủ đô?{`);
  const before = await fileOf('vi/final.gift');
  await save(author, await open(author, quiz), {});
  t.equal(await fileOf('vi/final.gift'), before, 'saved as it is it changes not a byte');

  const told = mainOf(await open(author, quiz, 'en'));
  t.match(told, /Câu hỏi “word” có 0 gợi ý, bản gốc có 2\./);
  const preview = await author.get(`${desk}/items/final`);
  t.match(mainOf(preview), /Gợi ý 1: Có hồ \[Gươm\]\. Rất đẹp\. Gợi ý 2: Bắt đầu bằng H\./);
  await assertValidHtml(t, new Map([preview, more].map(({ url, body }) => [url, body])));

  await save(author, await open(author, quiz), { hint_0: '' });
  t.match(await fileOf('vi/final.gift'), '[tag:lesson:second]\n// [hint:Bắt đầu bằng H.]\n::Gõ chữ');
});

t.test('A hint is translated beside its original, in its place, and is behind when that changes', async (t) => {
  const { author, desk, quiz, fileOf } = await desks(t);
  await save(
    author,
    await author.submit(await open(author, quiz, 'vi', 'one'), {
      form: '#question',
      fields: { hint_0: 'Một.' },
      button: 'Thêm gợi ý',
    }),
    { hint_1: 'Hai.' },
  );
  const sides = `${desk}/items/final/translation`;
  const page = await author.get(sides);
  const [first, second] = [besides(page, 'Một.'), besides(page, 'Hai.')];
  const half = await author.submit(page, { form: '#sides', fields: { [second]: 'Two.' }, button: 'Lưu' });
  t.equal(half.status, 422, 'the second would become the first');
  t.match(half.body, 'Two.');
  const whole = { form: '#sides', fields: { [first]: 'One.', [second]: 'Two.' }, button: 'Lưu' };
  t.equal((await author.submit(page, whole)).status, 303);
  t.match(await fileOf('en/final.gift'), '// [hint:One.]\n// [hint:Two.]\n::Pick one');
  await save(author, await open(author, quiz, 'vi', 'one'), { hint_0: 'Một mới.' });
  t.match(mainOf(await author.get(sides)), /One\. Có thể đã cũ/);
});

t.test('A quiz of the draft offers hints until its author says no', async (t) => {
  const { author, desk, fileOf } = await desks(t);
  const settings = await author.get(`${desk}/items/final/settings`);
  await author.submit(settings, { form: '#item-settings' });
  t.notMatch(await fileOf('course.yaml'), 'hints');
  await author.submit(await author.get(settings.url), { form: '#item-settings', fields: { hints: null } });
  t.match(await fileOf('course.yaml'), /key: final.*hints: false/s);
});
