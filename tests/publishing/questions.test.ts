import t, { type Test } from 'tap';
import { inParts } from '../attempts/parts.ts';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const files = { ...soundCourse, ...smallCourse } as Record<string, string>;

async function desks(t: Test, written = files) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const second = await signedIn(site, { roles: ['author'], full_name: 'Trần Minh' });
  const made = await draft(site, author, { slug: 'small', files: written });
  const fileOf = async (path: string) => (await textIn(site, made.id, path)) ?? '';
  const desk = `/publishing/${made.id}`;
  return { ...site, author, second, desk, quiz: `${desk}/quizzes/final`, fileOf };
}

const open = (visitor: Client, quiz: string, id: string, language = 'vi') =>
  visitor.get(`${quiz}/questions/${id}?language=${language}`);

t.test('A form for each type shows what stands there, and saved as it is it changes not a byte', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const before = await fileOf('vi/final.gift');
  const list = await author.get(quiz);
  t.match(mainOf(list), /1\. Một cộng một là mấy\? Chọn một đáp án.*Đúng hay sai.*Gõ một số.*Ghép đôi/);
  for (const id of ['one', 'several', 'true', 'word', 'number', 'pairs', 'blank']) {
    const saved = await author.submit(await open(author, quiz, id), { form: '#question' });
    t.match(saved.headers.location, `${quiz}?language=vi`, id);
  }
  t.equal(await fileOf('vi/final.gift'), before);
  const pages = [list, await open(author, quiz, 'pairs'), await open(author, quiz, 'several')];
  await assertValidHtml(t, new Map(pages.map(({ url, body }) => [url, body])));
});

t.test('What is typed is written into the file, the rest of it left alone', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const before = (await fileOf('vi/final.gift')).split('\n\n');
  const page = await open(author, quiz, 'word');
  const saved = await author.submit(page, { form: '#question', fields: { text: 'Thủ đô nước ta là gì?' } });
  t.equal(saved.status, 303);
  const after = (await fileOf('vi/final.gift')).split('\n\n');
  t.match(after[4], /^\/\/ \[id:word\] \[tag:lesson:second\]\n::Gõ chữ::\[markdown\]Thủ đô nước ta là gì\?\{/);
  t.same(after.toSpliced(4, 1), before.toSpliced(4, 1));
  t.equal((await author.submit(page, { form: '#question', fields: { text: 'Thủ đô nước ta là gì?' } })).status, 303);
});

t.test('One more answer is asked for without losing what was typed, and nothing is saved by it', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const before = await fileOf('vi/final.gift');
  const more = await author.submit(await open(author, quiz, 'one'), {
    form: '#question',
    fields: { text: 'Một\nhai', text_1: 'Bốn mươi' },
    button: 'Thêm đáp án',
  });
  t.equal(more.status, 200);
  t.equal(allByRole(more.html, 'group', /^Đáp án \d/).length, 4);
  t.match(textOf(byRole(more.html, 'textbox', 'Câu hỏi')), 'Một hai');
  t.equal(await fileOf('vi/final.gift'), before);
  const saved = await author.submit(more, { form: '#question', fields: { text_3: 'Năm' }, button: 'Lưu' });
  // Languages have as many options: that is told at the field.
  t.match(saved.headers.location, `${quiz}?language=vi`);
  t.match(await fileOf('vi/final.gift'), /~Bốn mươi#.*\n.*\n\t~Năm\n/);
  t.match(mainOf(await author.get(`${quiz}?language=en`)), /⚠/);
  const dropped = await author.submit(await open(author, quiz, 'one'), {
    form: '#question',
    fields: { gone_3: 'yes' },
  });
  t.equal(dropped.status, 303);
  t.notMatch(await fileOf('vi/final.gift'), 'Năm');
});

t.test('What cannot be saved is told at its field and typed only once', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const before = await fileOf('vi/final.gift');
  const refused = await author.submit(await open(author, quiz, 'number'), {
    form: '#question',
    fields: { text_0: 'khoảng hai', general: 'Chữ mới' },
  });
  t.equal(refused.status, 422);
  t.match(refused.html.querySelector('#text_0-error')?.text, /một số chỉ hiểu được một cách/);
  t.match(textOf(byRole(refused.html, 'textbox', 'Nói gì với mọi người')), 'Chữ mới');
  t.equal(await fileOf('vi/final.gift'), before);
  const faulty = await author.submit(await open(author, quiz, 'one'), { form: '#question', fields: { weight_0: '0' } });
  t.match(faulty.headers.location, `${quiz}/questions/one?language=vi`, 'what is unwise is saved, and told');
  t.match((await author.follow(faulty)).html.querySelector('#rows .error')?.text, /⚠/);
});

for (const [type, fields, written] of [
  ['Chọn một đáp án', { text: 'Câu?', text_0: 'Có', text_1: 'Không' }, /Câu\?\{\n\t=Có\n\t~Không\n\}/],
  ['Chọn nhiều', { text: 'Câu?', text_0: 'a', text_1: 'b', weight_1: 'share', text_2: 'c' }, /~%50%a\n\t~%50%b\n\t~c/],
  ['Đúng hay sai', { text: 'Câu?', correct: 'false', wrong: 'Chưa' }, /Câu\?\{FALSE#Chưa\}/],
  ['Gõ câu trả lời', { text: 'Câu?', text_0: 'Một' }, /\{\n\t=%100%Một\n\}/],
  ['Gõ một số', { text: 'Câu?', text_0: '2,5', other_0: '3' }, /\{#\n\t=%100%2\.5\.\.3\n\}/],
  ['Ghép đôi', { text: 'Câu?', text_0: 'a', other_0: 'b', text_1: 'c', other_1: 'd' }, /=a -> b\n\t=c -> d/],
  [
    'Xếp thứ tự',
    { text: 'Xếp?', text_0: 'hai', other_0: '2', text_1: 'ba', other_1: '2,5', text_2: 'một', other_2: '1' },
    /\{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\nmột\nhai\nba\n\}/,
  ],
  [
    'Điền nhiều chỗ trống',
    {
      ...{
        text: 'Sông [[1]] dài [[2]] km.',
        share_0: '2',
        kind_1: 'number',
        text_0: 'Hồng',
        text_1: 'Cái',
        weight_1: '50',
      },
      ...{ text_2: '1149', text_3: '1100..1200,5', weight_3: '50', feedback_3: 'Gần đúng' },
    },
    /Sông \{2:SHORTANSWER:=Hồng~%50%Cái\} dài \{1:NUMERICAL:=1149~%50%1100\.\.1200\.5#Gần đúng\} km\./,
  ],
  ['Tự viết', { text: 'Câu?', general: 'Hai ý là đủ' }, /Câu\?\{####Hai ý là đủ\}/],
  ['Đoạn dẫn', { text: 'Chuyện kể' }, /\[markdown\]Chuyện kể\n/],
] as const) {
  t.test(`A question is written anew: ${type}`, async (t) => {
    const { author, quiz, fileOf } = await desks(t, soundCourse);
    const list = await author.get(quiz);
    const option = byRole(list.html, 'option', type).getAttribute('value') ?? '';
    const page = await author.submit(list, { form: '#new-question', fields: { type: option } });
    t.equal(page.status, 200);
    const send = () => author.submit(page, { form: '#question', fields });
    t.equal((await send()).status, 303);
    const after = await fileOf('vi/final.gift');
    t.match(after, written);
    t.ok(after.startsWith(soundCourse['vi/final.gift']), 'behind the others');
    t.equal((await send()).status, 303);
    t.equal(await fileOf('vi/final.gift'), after, 'sent twice it is written once');
  });
}

t.test('What is wrong with blanks and lines is told at its field, and nothing typed is lost', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const before = await fileOf('vi/final.gift');
  const sent = async (type: string, fields: Record<string, string>) => {
    const page = await author.get(`${quiz}/new-question?type=${type}`);
    const refused = await author.submit(page, { form: '#question', fields });
    t.equal(refused.status, 422, JSON.stringify(fields));
    for (const [name, value] of Object.entries(fields)) {
      const field = refused.html.querySelector(`[name=${name}]`);
      t.equal(field?.tagName === 'TEXTAREA' ? field.text.trim() : (field?.getAttribute('value') ?? value), value, name);
    }
    return refused;
  };
  const whole = { text: 'A [[1]] b [[2]]', text_0: 'x', text_2: '2', kind_1: 'number' };
  for (const text of ['A', 'A [[1]] [[3]]', 'A [[1]] [[1]]', 'A [[0]]', 'A [[2]]'])
    t.match((await sent('cloze', { ...whole, text })).html.querySelector('#text-error')?.text, /đúng một lần/, text);
  const errorAt = async (name: string, fields: Record<string, string>) =>
    (await sent('cloze', { ...whole, ...fields })).html.querySelector(`#${name}-error`)?.text;
  t.match(await errorAt('text_2', { text_2: 'hai' }), /Bạn hãy gõ một số/);
  t.match(await errorAt('other_2', { other_2: '7' }), /số của một chỗ trống/);
  t.match(await errorAt('share_0', { share_0: '0,5' }), /số nguyên từ 1 đến 100/);
  t.match(mainOf(await sent('cloze', { ...whole, text_2: '' })), /ít nhất một đáp án/);
  const lines = { text: 'Xếp?', text_0: 'a', text_1: 'b' };
  const wrong = await sent('ordering', { ...lines, other_0: 'đầu' });
  t.match(wrong.html.querySelector('#other_0-error')?.text, /Số thứ tự là một số/);
  await sent('ordering', { text: 'Xếp?' });
  t.equal(await fileOf('vi/final.gift'), before);
  const more = await author.submit(await author.get(`${quiz}/new-question?type=cloze`), {
    ...{ form: '#question', button: 'Thêm đáp án', fields: { ...whole, text: 'A [[1]] b [[2]] c [[3]]' } },
  });
  byRole(more.html, 'group', 'Chỗ trống 3');
  await assertValidHtml(t, new Map([wrong, more].map(({ url, body }) => [url, body])));
});

t.test('Lines and blanks come out of their forms as they were, in a list and in the preview', async (t) => {
  const { author, desk, quiz, fileOf } = await desks(t, { ...files, ...inParts } as Record<string, string>);
  const before = await fileOf('vi/final.gift');
  for (const id of ['order', 'gaps']) {
    const page = await open(author, quiz, id);
    t.equal((await author.submit(page, { form: '#question' })).status, 303);
  }
  t.equal(await fileOf('vi/final.gift'), before);
  const list = await author.get(quiz);
  t.match(
    mainOf(list),
    /Xếp các bước nấu cơm\. Xếp thứ tự.*Sông \(1\) …… chảy qua \(2\) …… và dài \(3\) …… km\. Điền nhiều/,
  );
  t.notMatch(list.body, '\ufffc');
  const shown = await author.get(`${desk}/items/final`);
  t.match(mainOf(shown), /Vo gạo.*Chỗ trống 1 \(2 phần điểm\).*Hồng \(100%\).*Chỗ trống 3.*1\.139 – 1\.159/);
  // Numbers say where a line goes.
  const moved = await author.submit(await open(author, quiz, 'order'), {
    form: '#question',
    fields: { other_3: '1,5' },
  });
  t.equal(moved.status, 303);
  t.match(await fileOf('vi/final.gift'), /none\nVo \*\*gạo\*\*\nXới cơm\nĐổ nước\nĐun sôi\n/);
  const turned = await author.submit(await open(author, quiz, 'gaps'), {
    ...{ form: '#question', fields: { text: 'Qua [[2]], dài [[3]] km: sông [[1]].' } },
  });
  t.equal(turned.status, 303);
  const after = await fileOf('vi/final.gift');
  t.match(
    after,
    /Qua \{1:MULTICHOICE:=Hà Nội~Huế#[^}]*\}, dài \{1:NUMERICAL:=1139\.\.1159#[^}]*\} km\\: sông \{2:SHORTANSWER:/,
  );
});

t.test('Side by side a sentence keeps its blanks in their order, or is refused', async (t) => {
  const { author, desk, fileOf } = await desks(t, { ...files, ...inParts } as Record<string, string>);
  const sides = `${desk}/items/final/translation`;
  const page = await author.get(sides);
  const nameOf = (words: string) =>
    page.html
      .querySelectorAll('#sides textarea')
      .find((one) => one.text.trim() === words)
      ?.getAttribute('name') ?? '';
  const english = 'The [[1]] river flows through [[2]] and is [[3]] km long.';
  for (const text of ['The river', 'The [[2]] [[1]] [[3]]', 'The [[1]] [[2]]']) {
    const refused = await author.submit(page, { form: '#sides', fields: { [nameOf(english)]: text }, button: 'Lưu' });
    t.equal(refused.status, 422, text);
    t.match(textOf(refused.html), text);
  }
  const fields = { [nameOf(english)]: 'Of [[1]], through [[2]], for [[3]] km.', [nameOf('Stir it up')]: 'Loosen it' };
  t.equal((await author.submit(page, { form: '#sides', fields, button: 'Lưu' })).status, 303);
  const after = await fileOf('en/final.gift');
  t.match(after, /Of \{2:SHORTANSWER:=Red#[^}]*\}, through \{1:MULTICHOICE/);
  t.match(after, /Bring it to the boil\nLoosen it\n/);
});

t.test('A question that another language lacks is offered there, with the same id and the same points', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const list = await author.get(quiz);
  await author.submit(list, { form: `${quiz}/questions/several/removal` });
  t.notMatch(await fileOf('vi/final.gift'), 'id:several');
  t.notMatch(await fileOf('en/final.gift'), 'id:several', 'it went in every language');
  const page = await author.get(`${quiz}/new-question?type=choices&language=vi`);
  const fields = { text: 'Số nào lẻ?', text_0: 'Một', text_1: 'Ba', weight_1: 'share', text_2: 'Hai' };
  await author.submit(page, { form: '#question', fields });
  const [, id = ''] = /\[id:(q[0-9a-f]{8})\]/.exec(await fileOf('vi/final.gift')) ?? [];
  t.match(mainOf(await author.get(quiz)), /Bản Tiếng Anh chưa có câu này/);
  t.match(mainOf(await author.get(`${quiz}?language=en`)), /Câu chưa có trong bản Tiếng Anh.*Số nào lẻ\?/);
  const there = await author.get(`${quiz}/new-question?like=${id}&language=en`);
  t.match(mainOf(there), /Bản Tiếng Việt: Số nào lẻ\?.*Bản Tiếng Việt: Một/);
  t.equal((await author.submit(there, { form: '#question' })).status, 422, 'its words are still to be written');
  const words = { text: 'Which are odd?', text_0: 'One', text_1: 'Three', text_2: 'Two' };
  t.equal((await author.submit(there, { form: '#question', fields: words })).status, 303);
  t.match(await fileOf('en/final.gift'), new RegExp(`\\[id:${id}\\].*\\n.*Which are odd\\?.*\\n\\t~%50%One`));
  t.notMatch(mainOf(await author.get(quiz)), /Bản Tiếng Anh chưa có câu này|⚠/);
  t.equal((await author.get(`${quiz}/new-question?like=khong-co&language=en`)).status, 404);
});

t.test('Questions change places in every language at once, and a second tap changes nothing', async (t) => {
  const { author, quiz, fileOf } = await desks(t);
  const list = await author.get(quiz);
  const form = `${quiz}/questions/several/place`;
  await author.submit(list, { form, button: 'Đưa câu 2 lên' });
  const [vi, en] = [await fileOf('vi/final.gift'), await fileOf('en/final.gift')];
  for (const text of [vi, en])
    t.match(text, /^\$CATEGORY[^\n]*\n\n\/\/ \[id:several\][\s\S]*\[id:one\][\s\S]*\[id:true\]/);
  const again = await author.follow(await author.submit(list, { form, button: 'Đưa câu 2 lên' }));
  t.match(mainOf(again), /vừa có thay đổi khác/);
  t.same([await fileOf('vi/final.gift'), await fileOf('en/final.gift')], [vi, en]);
});

t.test('Two authors at two questions lose nothing; at one question the second is shown both', async (t) => {
  const { author, second, quiz, fileOf } = await desks(t);
  const [mine, theirs, other] = [
    await open(author, quiz, 'one'),
    await open(second, quiz, 'one'),
    await open(second, quiz, 'true'),
  ];
  await second.submit(other, { form: '#question', fields: { text: 'Của Minh: đất phẳng.' } });
  t.equal((await author.submit(mine, { form: '#question', fields: { text: 'Của Lan?' } })).status, 303);
  t.match(await fileOf('vi/final.gift'), /Của Lan\?[\s\S]*Của Minh\\: đất phẳng\./);
  const conflict = await second.submit(theirs, { form: '#question', fields: { text: 'Của Minh?' } });
  t.equal(conflict.status, 409);
  t.match(mainOf(conflict), /Nguyễn Thị Lan đã lưu lúc.*Của Lan\?.*Của Minh\?/);
  t.match(await fileOf('vi/final.gift'), 'Của Lan?');
});

t.test('A question that cannot be read is left as it is, and leads to its text', async (t) => {
  const broken = `${soundCourse['vi/final.gift']}\n// [id:q2]\nHỏng{=a\n\n// [id:q3]\nLành{T}\n`;
  const { author, quiz, desk, fileOf } = await desks(t, { ...soundCourse, 'vi/final.gift': broken });
  const list = await author.get(quiz);
  t.match(mainOf(list), /2\..*Hỏng.*máy không đọc được/);
  t.equal(byRole(list.html, 'link', 'Sửa ở dạng chữ').getAttribute('href'), `${desk}/text?path=vi/final.gift&line=10`);
  t.equal((await author.get(`${quiz}/questions/~2`)).status, 404);
  await author.submit(await open(author, quiz, 'q3'), { form: '#question', fields: { text: 'Rất lành' } });
  t.match(await fileOf('vi/final.gift'), `// [id:q2]\nHỏng{=a\n\n// [id:q3]\n[markdown]`.slice(0, 30));
  t.match(await fileOf('vi/final.gift'), 'Rất lành');
});

t.test('A quiz is called anew by a form', async (t) => {
  const { author, quiz, fileOf } = await desks(t, soundCourse);
  const list = await author.get(quiz);
  await author.submit(list, { form: '#quiz-title', fields: { title: 'Thi cuối' } });
  t.match(await fileOf('vi/final.gift'), /^\$CATEGORY: Thi cuối\n\n\/\/ \[id:q1\]/);
  const refused = await author.submit(list, { form: '#quiz-title', fields: { title: '…' } });
  t.match(mainOf(await author.follow(refused)), /ghi tên bài/);
});

t.test('Only whoever writes the course finds its questions, each at the cost of four statements', async (t) => {
  const { author, quiz, app, db, ...site } = await desks(t);
  const reviewer = await signedIn({ app, db }, { roles: ['reviewer'] });
  await publish(t, { app, db, ...site }, {}, 'other');
  const elsewhere = await learner({ app, db }, { slug: 'other' });
  const theirs = await signedIn({ app, db }, { roles: ['author'], branch: await organisation({ db }, 'theirs') });
  for (const page of [quiz, `${quiz}/questions/one`, `${quiz}/new-question`]) {
    const statements = await statementsOf({ db, ...site }, () => author.get(page));
    t.ok(statements.length <= 4, `${page}: ${statements.length}`);
    t.equal((await reviewer.get(page)).status, 403, page);
    for (const other of [elsewhere, theirs]) t.equal((await other.get(page)).status, 404, page);
    t.match((await client(app).get(page)).headers.location, /^\/sign-in\?next=/);
  }
  for (const end of ['/questions', '/questions/one', '/questions/one/place', '/questions/one/removal', '/title']) {
    t.equal((await reviewer.post(quiz + end)).status, 403, end);
    t.equal((await elsewhere.post(quiz + end)).status, 404, end);
  }
  t.equal((await author.get(quiz.replace('/final', '/first'))).status, 404, 'a lesson has no questions');
});
