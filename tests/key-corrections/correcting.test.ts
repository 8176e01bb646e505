import t from 'tap';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { correct } from './correcting.ts';

const corrections = '/courses/small/quizzes/final/corrections';

async function opened(t: Parameters<typeof testApp>[0], pass = 60) {
  const site = await testApp(t);
  await publish(t, site, { 'course.yaml': courseYaml({ pass, attempts: null }) });
  return { site, reviewer: await signedIn(site, { roles: ['reviewer'] }) };
}

t.test('A corrected key marks what was handed in again, and keeps both scores', async (t) => {
  const { site, reviewer } = await opened(t);
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { ...rightAnswers, 'Một cộng một': 'Ba' });
  t.match(textOf((await handIn(lan, attempt)).html), /85\s?%/);

  const { preview, done } = await correct(site, reviewer, 'one', { weight_0: '0', weight_1: '100' });
  t.match(textOf(preview.html), '1 bài tăng điểm');
  t.match(textOf(done.html), '1 bài đã đổi điểm');
  const result = await lan.get(`${attempt}/result`);
  t.match(textOf(result.html), /Bạn được 100\s?%/);
  t.match(textOf(result.html), /Trước khi sửa, bạn được 85\s?%/);
  t.match(textOf(result.html), 'Đáp án cũ sai.');
  const markings = await site.db
    .selectFrom('markings')
    .select(['cause', 'points', 'key_number'])
    .orderBy('number')
    .execute();
  t.strictSame(markings, [
    { cause: 'submission', points: 6, key_number: 0 },
    { cause: 'correction', points: 7, key_number: 1 },
  ]);
  t.match(textOf((await lan.get('/courses/small/quizzes/final')).html), /100\s?%/, 'so say all pages');
  const pages = { preview, done, result, form: await reviewer.get(`${corrections}/word`) };
  await assertValidHtml(t, new Map(Object.entries(pages).map(([name, { body }]) => [name, body])));
});

t.test('Whoever passes by a correction gets the certificate, once', async (t) => {
  const { site, reviewer } = await opened(t, 90);
  const lan = await learner(site);
  await readLessons(lan);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { ...rightAnswers, 'Trái đất phẳng': 'Đúng' });
  await handIn(lan, attempt);
  await correct(site, reviewer, 'true', { correct: 'true' });
  t.match(textOf((await lan.get(`${attempt}/result`)).html), 'Bạn đã đạt!');
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
  t.match(textOf((await lan.get('/learning')).html), 'Xem giấy chứng nhận');
  await correct(site, reviewer, 'true', { is_void: 'yes' });
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
});

t.test('Who passed stays passed, unless the reviewer says otherwise', async (t) => {
  const { site, reviewer } = await opened(t, 100);
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  const kept = await correct(site, reviewer, 'true', { correct: 'true' });
  t.match(textOf(kept.preview.html), '1 bài đã đạt sẽ thiếu điểm theo đáp án mới, nhưng vẫn được giữ là đạt');
  const result = textOf((await lan.get(`${attempt}/result`)).html);
  t.match(result, 'Bạn đã đạt và vẫn là đạt.');
  t.match(result, /Bạn được 85\s?%/);

  const failed = await correct(site, reviewer, 'word', { answer_vi_0: 'Huế', answer_en_0: 'Hue', may_fail: 'yes' });
  t.match(textOf(failed.preview.html), '1 bài từ đạt thành chưa đạt');
  t.match(textOf((await lan.get(`${attempt}/result`)).html), 'Lần này chưa đạt');
});

t.test('A later correction takes the place of an earlier, and undoing one is a correction, too', async (t) => {
  const { site, reviewer } = await opened(t);
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  const score = async () => /Bạn được (\d+)/.exec(textOf((await lan.get(`${attempt}/result`)).html))?.[1];
  await correct(site, reviewer, 'number', { number_0: '3', tolerance_0: '0' });
  t.equal(await score(), '85');
  await correct(site, reviewer, 'number', { is_void: 'yes' });
  t.equal(await score(), '100');
  await correct(site, reviewer, 'number', { number_0: '3', tolerance_0: '0' });
  t.equal(await score(), '85');
  const form = await reviewer.get(`${corrections}/number?from=original`);
  const preview = await reviewer.submit(form, { fields: { reason: 'Trở lại.' } });
  await reviewer.submit(preview);
  t.equal(await score(), '100');
  t.equal((await site.db.selectFrom('markings').select('number').execute()).length, 5);
});

t.test('Reviewers of the branch and the owner correct keys; nobody else', async (t) => {
  const { site, reviewer } = await opened(t);
  const elsewhere = await organisation(site, 'elsewhere');
  const path = `${corrections}/one`;
  const asks = async (visitor: { get: typeof reviewer.get; post: typeof reviewer.post }) => [
    (await visitor.get(corrections)).status,
    (await visitor.get(path)).status,
    (await visitor.post(path, { reason: 'Sai.', weight_0: '0', weight_1: '100', weight_2: '0' })).status,
  ];
  t.strictSame(await asks(reviewer), [200, 200, 200]);
  t.strictSame(await asks(await signedIn(site, { roles: ['owner'] })), [200, 200, 200]);
  t.strictSame(await asks(await signedIn(site, { roles: ['author'] })), [403, 403, 403]);
  t.strictSame(await asks(await signedIn(site, { roles: ['manager'] })), [403, 403, 403]);
  t.strictSame(await asks(await signedIn(site, { roles: ['reviewer'], branch: elsewhere })), [404, 404, 404]);
  t.strictSame(await asks(await learner(site)), [404, 404, 404]);
  t.equal((await reviewer.get(`${corrections}/nothing`)).status, 404);
  t.equal((await site.db.selectFrom('key_corrections').select('id').execute()).length, 0, 'a preview writes nothing');
  for (const page of [corrections, path]) t.ok((await statementsOf(site, () => reviewer.get(page))).length <= 4);
});

t.test('A key by which nobody earns all is refused, and what was typed stays', async (t) => {
  const { site, reviewer } = await opened(t);
  const send = async (question: string, fields: Record<string, string>) => {
    const form = await reviewer.get(`${corrections}/${question}`);
    return reviewer.submit(form, { fields: { reason: 'Sai.', ...fields } });
  };
  const refused = await send('one', { weight_0: '50', weight_1: '40' });
  t.equal(refused.status, 422);
  t.match(textOf(refused.html), 'Trả lời tốt nhất cũng chưa được trọn điểm');
  t.equal(refused.html.querySelector('#weight_1')?.getAttribute('value'), '40');
  t.equal((await send('one', { weight_0: 'nhiều' })).status, 422);
  t.equal((await send('number', { number_0: 'hai' })).status, 422);
  t.equal((await send('several', { weight_0: '0' })).status, 422);
  t.equal((await send('several', { weight_0: '100', weight_2: '0' })).status, 422, 'ticking everything');
  t.equal((await send('word', { answer_vi_0: '', answer_vi_1: '' })).status, 422);
  t.equal((await send('one', { reason: ' ' })).status, 422);
  t.equal((await site.db.selectFrom('key_corrections').select('id').execute()).length, 0);
});

t.test('Sent twice it is one correction, and one that another has overtaken is not made', async (t) => {
  const { site, reviewer } = await opened(t);
  const form = await reviewer.get(`${corrections}/true`);
  const preview = await reviewer.submit(form, { fields: { reason: 'Sai.', correct: 'true' } });
  await Promise.all([reviewer.submit(preview), reviewer.submit(preview)]);
  t.equal((await site.db.selectFrom('key_corrections').select('id').execute()).length, 1);
  const late = await reviewer.submit(
    await reviewer.submit({ ...form, html: form.html }, { fields: { reason: 'Khác.', correct: 'true' } }),
  );
  t.equal(late.status, 303, 'the same form again');
  const other = await signedIn(site, { roles: ['reviewer'] });
  const [mine, theirs] = [await reviewer.get(`${corrections}/one`), await other.get(`${corrections}/one`)];
  const fields = { reason: 'Sai.', weight_0: '0', weight_1: '100' };
  const before = await reviewer.submit(mine, { fields });
  await other.submit(await other.submit(theirs, { fields }));
  const overtaken = await reviewer.submit(before);
  t.equal(overtaken.status, 409);
  t.match(textOf(overtaken.html), 'có người khác đã sửa câu này');
  t.equal((await site.db.selectFrom('key_corrections').select('id').execute()).length, 2);
});

t.test('Before a key is corrected the secret is asked for', async (t) => {
  const { site, reviewer } = await opened(t);
  await site.db
    .updateTable('sessions')
    .set({ confirmed_at: new Date(Date.now() - 3_600_000) })
    .execute();
  const form = await reviewer.get(`${corrections}/true`);
  const asked = await reviewer.submit(form, { fields: { reason: 'Sai.', correct: 'true' } });
  t.equal(asked.status, 403);
});

t.test('Whom it concerns is told by mail in their language, once', async (t) => {
  const { site, reviewer } = await opened(t);
  const [lan, mai] = [await learner(site, { language: 'en' }), await learner(site)];
  const details = () => site.db.updateTable('person_details').where('person_id', '=', lan.id);
  // A new address is not confirmed: one after the other.
  await details().set({ email: 'lan@example.org' }).execute();
  await details().set({ email_confirmed_at: new Date() }).execute();
  for (const one of [lan, lan, mai]) {
    await handIn(one, await startAttempt(one));
  }
  await correct(site, reviewer, 'true', { is_void: 'yes' });
  const mails = await site.db.selectFrom('mails').select(['person_id', 'letter']).execute();
  t.strictSame(mails, [{ person_id: lan.id, letter: 'key_corrected' }]);
});
