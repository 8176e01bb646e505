import t from 'tap';
import { inParts } from '../attempts/parts.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { handIn, learner, publish, questionOn, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { correct } from './correcting.ts';

const corrections = '/courses/small/quizzes/final/corrections';
const site = await testApp(t);
await publish(t, site, { ...inParts, 'course.yaml': courseYaml({ attempts: null }) });
const reviewer = await signedIn(site, { roles: ['reviewer'] });

t.test('The right order is corrected by numbers, and what was handed in is marked again', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await lan.get(`${attempt}?question=all`);
  const numbers = { 'Vo gạo': '2', 'Đổ nước': '1', 'Đun sôi': '3', 'Xới cơm': '4' };
  const fields = Object.entries(numbers).map(([step, number]) => [
    byRole(questionOn(page, 'nấu cơm'), 'combobox', step).getAttribute('name') ?? '',
    number,
  ]);
  await lan.submit(page, { fields: Object.fromEntries(fields) });
  t.match(textOf((await handIn(lan, attempt)).html), /0,5 trên 2 điểm/);
  const form = await reviewer.get(`${corrections}/order`);
  t.equal(textOf(byRole(form.html, 'combobox', 'Vo gạo').querySelector('[selected]') ?? form.html), '1');
  const refused = await reviewer.submit(form, { fields: { reason: 'Nhầm.', place_0: '2' } });
  t.equal(refused.status, 422);
  t.match(textOf(refused.html), 'Mỗi số thứ tự chỉ dùng cho một dòng');
  t.equal(textOf(byRole(refused.html, 'combobox', 'Vo gạo').querySelector('[selected]') ?? form.html), '2');
  const { preview } = await correct(site, reviewer, 'order', { place_0: '2', place_1: '1' });
  t.match(textOf(preview.html), '1 bài tăng điểm');
  const result = textOf((await lan.get(`${attempt}/result`)).html);
  t.match(result, /1 trên 2 điểm/);
  t.match(result, /Vo gạo → 2 ✓/);
  await assertValidHtml(t, new Map([form, refused, preview].map(({ url, body }, at) => [`${at}${url}`, body])));
});

t.test('The key of each blank is corrected by itself, words in each language', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await lan.get(`${attempt}?question=all`);
  const question = questionOn(page, 'chảy qua');
  const select = byRole(question, 'combobox', 'Chỗ trống 2');
  const fields = {
    [byRole(question, 'textbox', 'Chỗ trống 1').getAttribute('name') ?? '']: 'Nhị Hà',
    [select.getAttribute('name') ?? '']: byRole(select, 'option', 'Huế').getAttribute('value') ?? '',
    [byRole(question, 'textbox', 'Chỗ trống 3').getAttribute('name') ?? '']: '1200',
  };
  await lan.submit(page, { fields });
  t.match(textOf((await handIn(lan, attempt)).html), /0 trên 2 điểm/);
  const form = await reviewer.get(`${corrections}/gaps`);
  for (const heading of ['Chỗ trống 1', 'Chỗ trống 2', 'Chỗ trống 3']) byRole(form.html, 'heading', heading);
  t.equal(form.html.querySelector('[name=b0_answer_vi_0]')?.getAttribute('value'), 'Hồng');
  t.equal(form.html.querySelector('[name=b0_answer_en_0]')?.getAttribute('value'), 'Red');
  for (const bad of [{ b1_weight_0: 'x' }, { b2_number_0: 'hai' }, { b1_weight_0: '0', b1_weight_1: '50' }]) {
    const refused = await reviewer.submit(form, { fields: { reason: 'Nhầm.', ...bad } });
    t.equal(refused.status, 422, JSON.stringify(bad));
    const [[name, value] = ['', '']] = Object.entries(bad);
    t.equal(refused.html.querySelector(`[name=${name}]`)?.getAttribute('value'), value);
  }
  const key = {
    b0_answer_vi_2: 'Nhị Hà',
    b0_share_vi_2: '100',
    b1_weight_0: '0',
    b1_weight_1: '100',
    b2_tolerance_0: '60',
  };
  const { preview, done } = await correct(site, reviewer, 'gaps', key);
  t.match(textOf(preview.html), '1 bài tăng điểm');
  const result = textOf((await lan.get(`${attempt}/result`)).html);
  t.match(result, /1 trên 2 điểm/);
  t.match(result, /Chỗ trống 1 → Nhị Hà ✓.*Chỗ trống 2 → Huế ✓.*Chỗ trống 3 → 1200 ✓/);
  t.notMatch(result, 'Phản hồi-sai-phố', 'what was said to a wrong answer is not said to a right one');
  await assertValidHtml(t, new Map([form, preview, done].map(({ url, body }, at) => [`${at}${url}`, body])));
});
