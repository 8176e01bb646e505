import fc from 'fast-check';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { stepsTo } from '../../server/essays/steps.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { essayOf, handedIn, mark, marking, markingsOf, withEssay, words, written } from './essays.ts';

const site = await testApp(t);
await publish(t, site, withEssay);

/** A learner with a mentor, and another mentor beside them. */
async function group() {
  const together = await cohort(site);
  const hoa = await mentor(site, together, { full_name: 'Lê Thị Hoa' });
  const binh = await mentor(site, together, { full_name: 'Võ Văn Bình' });
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  await putIn(site, together, lan, hoa);
  return { hoa, binh, lan, id: together.id, list: `/cohorts/${together.id}/submissions` };
}

const certificatesOf = (person: { id: string }) =>
  site.db.selectFrom('certificates').select('code').where('person_id', '=', person.id).execute();

t.test('Points go in few steps of quarters from all to nothing', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (hundredths) => {
      const most = hundredths / 100;
      const steps = stepsTo(most);
      return (
        steps[0] === Math.floor(most * 4) / 4 &&
        steps.at(-1) === 0 &&
        steps.length <= 23 &&
        steps.every((step, index) => (step * 4) % 1 === 0 && (index === 0 || step < (steps[index - 1] ?? 0)))
      );
    }),
  );
});

t.test('Handed in, an essay waits and says so everywhere, and nothing is completed', async (t) => {
  const { hoa, lan, id, list } = await group();
  t.match(textOf((await lan.get('/courses/small/quizzes/final')).html), 'Có 1 câu tự luận');
  const attempt = await handedIn(lan);
  t.strictSame(await markingsOf(site, attempt), [], 'whatever reads markings reads finished ones');
  const result = await lan.get(`${attempt}/result`);
  for (const said of ['Đã nộp, đang chờ chấm', 'Các câu máy chấm: 1 trên 1 điểm', 'chờ người hướng dẫn chấm'])
    t.match(textOf(result.html), said);
  t.match(textOf(result.html), 'Hãy gọi lại cho người gửi.', 'with what was written');
  t.match(textOf((await lan.get('/learning')).html), 'đang chờ chấm, nộp lúc');
  t.match(textOf((await lan.get('/courses/small/progress')).html), /66 %[\s\S]*Đã nộp, chờ người hướng dẫn chấm/);
  t.match(textOf((await lan.get('/courses/small/quizzes/final')).html), /Lần 1 .*chờ người hướng dẫn chấm/);
  t.equal((await certificatesOf(lan)).length, 0);
  t.ok(byRole((await hoa.get(`/cohorts/${id}`)).html, 'link', '1 bài chờ chấm'));
  const page = await hoa.get(list);
  t.equal(byRole(page.html, 'link', lan.full_name).getAttribute('href'), essayOf(attempt));
  t.match(textOf(page.html), /câu tự luận · nộp lúc/);
  for (const path of [list, essayOf(attempt)]) t.ok((await statementsOf(site, () => hoa.get(path))).length <= 4, path);
  t.ok((await statementsOf(site, () => lan.get(`${attempt}/result`))).length <= 4);
});

t.test('From “I start marking” to a result that the learner reads, a completion and one certificate', async (t) => {
  const { hoa, binh, lan, list } = await group();
  const attempt = await handedIn(lan);
  const address = essayOf(attempt);
  const before = await hoa.get(address);
  t.match(textOf(before.html), 'Lời-riêng-cho-người-chấm', 'notes are for who marks');
  t.match(textOf(before.html), 'Hãy gọi lại cho người gửi.');
  t.notOk(before.html.querySelector('#marking'));
  const claimed = await hoa.follow(await hoa.submit(before, { form: `${address}/claim` }));
  t.match(textOf((await binh.get(address)).html), 'Lê Thị Hoa đã nhận chấm bài này');
  t.match(textOf((await binh.get(list)).html), 'Lê Thị Hoa đang chấm từ');
  t.equal((await binh.post(`${address}/markings`, marking())).status, 409, 'who has not begun records nothing');

  const fields = { 'points-1': '0.75', 'remark-1': 'Rõ ràng.\nThêm một ví dụ nhé.' };
  const sent = await hoa.submit(claimed, { form: '#marking', fields });
  t.match(sent, { status: 303, headers: { location: list } });
  const whole = { number: 1, cause: 'submission', points: 1.75, max_points: 2, passed: true };
  t.strictSame(await markingsOf(site, attempt), [whole]);
  t.equal((await certificatesOf(lan)).length, 1);
  const result = await lan.get(`${attempt}/result`);
  for (const said of ['Bạn đã đạt!', '87 %', '0,75 trên 1 điểm', 'Thêm một ví dụ nhé.'])
    t.match(textOf(result.html), said);
  t.match(textOf((await lan.get('/learning')).html), 'đạt, chấm lúc');
  for (const path of [`${attempt}/result`, attempt, '/courses/small/quizzes/final', '/account/data'])
    t.notMatch((await lan.get(path)).body, /Lời-riêng|Words-for/, `${path}: the notes never reach learners`);
  t.match(textOf((await hoa.get(list)).html), /Không có bài nào chờ chấm[\s\S]*Đã chấm gần đây/);
});

t.test(
  'Points are missing or none: the same page with what was typed; the same form twice is one marking',
  async (t) => {
    const { hoa, lan } = await group();
    const attempt = await handedIn(lan);
    const address = essayOf(attempt);
    await hoa.post(`${address}/claim`, { ok: '' });
    for (const points of ['', '0.3', '2', '-1', 'x']) {
      const page = await hoa.post(`${address}/markings`, marking({ points, remark: 'Giữ lại' }));
      t.equal(page.status, 422, points);
      t.match(textOf(page.html), 'Bạn hãy chọn điểm cho câu này');
      t.equal(byRole(page.html, 'textbox', 'Lời cho câu 2').text.trim(), 'Giữ lại');
    }
    const long = await hoa.post(`${address}/markings`, marking({ points: '0.5', remark: 'x'.repeat(2001) }));
    t.equal(long.status, 422);
    t.equal(long.html.querySelectorAll('input[name=points-1][checked]').length, 1);
    t.strictSame(await markingsOf(site, attempt), []);
    const form = marking({ points: '0' });
    for (let time = 0; time < 2; time += 1) t.equal((await hoa.post(`${address}/markings`, form)).status, 303);
    t.match(await markingsOf(site, attempt), [{ points: 1, passed: false }]);
    t.match(textOf((await lan.get('/learning')).html), 'chưa đạt, chấm lúc');
  },
);

t.test('Of two mentors at once one marking counts, and the other is told with what they chose', async (t) => {
  const { hoa, binh, lan } = await group();
  const attempt = await handedIn(lan);
  const address = essayOf(attempt);
  await hoa.post(`${address}/claim`, { ok: '' });
  const taken = await binh.post(`${address}/claim`, { over: hoa.id });
  t.match(taken, { status: 303 });
  const answers = await Promise.all([
    hoa.post(`${address}/markings`, marking({ points: '0' })),
    binh.post(`${address}/markings`, marking({ points: '1' })),
  ]);
  t.strictSame(answers.map(({ status }) => status).sort(), [303, 409]);
  t.match(await markingsOf(site, attempt), [{ points: 2, passed: true }]);
  const late = answers.find(({ status }) => status === 409);
  t.match(late?.body, 'Kết quả chưa được ghi');
});

t.test('A correction stands beside what it corrects, and takes no completion away', async (t) => {
  const { hoa, binh, lan } = await group();
  const attempt = await handedIn(lan);
  const address = essayOf(attempt);
  const id = newId();
  await mark(hoa, address, { points: '1', id });
  t.equal((await mark(binh, address, { points: '0' })).status, 409, 'who has not seen the first corrects nothing');
  t.equal((await mark(binh, address, { points: '0', remark: 'Đọc lại rồi.', supersedes: id })).status, 303);
  t.match(await markingsOf(site, attempt), [
    { number: 1, points: 2, passed: true },
    { number: 2, points: 1, passed: false },
  ]);
  t.equal((await certificatesOf(lan)).length, 1);
  t.match(textOf((await hoa.get(address)).html), /Những lần chấm trước[\s\S]*Lê Thị Hoa chấm lúc/);
  t.match(textOf((await lan.get(`${attempt}/result`)).html), 'Đọc lại rồi.');
});

t.test(
  'A blank essay scores nothing at once; while one waits another attempt may be begun, and the best counts',
  async (t) => {
    const { hoa, lan, list } = await group();
    const blank = await handedIn(lan, { 'Một cộng một': 'Hai' });
    t.match(await markingsOf(site, blank), [{ points: 1, max_points: 2, passed: false }]);
    const first = await handedIn(lan);
    const second = await handedIn(lan, { ...written, 'Một cộng một': 'Ba' });
    t.not(first, second);
    const page = await hoa.get(list);
    t.strictSame(
      page.html.querySelectorAll('.rows a[href^="/essays/"]').map((one) => one.getAttribute('href')),
      [essayOf(first), essayOf(second)],
      'oldest first',
    );
    await mark(hoa, essayOf(second), { points: '1' });
    t.match(await markingsOf(site, second), [{ points: 1, passed: false }]);
    await mark(hoa, essayOf(first), { points: '0.5' });
    t.equal((await certificatesOf(lan)).length, 1);
  },
);

t.test('Once the quiz is passed, what still waits is asked of nobody, and its learner is told', async (t) => {
  const { hoa, lan, list } = await group();
  const [first, second] = [await handedIn(lan), await handedIn(lan)];
  await mark(hoa, essayOf(second));
  t.match(textOf((await hoa.get(list)).html), 'Không có bài nào chờ chấm');
  t.match(textOf((await lan.get(`${first}/result`)).html), 'câu tự luận của lần này không cần chấm nữa');
});

t.test('Where attempts have no limit, five that nobody has marked are enough', async (t) => {
  await publish(
    t,
    site,
    { ...withEssay, 'course.yaml': String(withEssay['course.yaml']).replace('attempts: 3, ', '') },
    'endless',
  );
  const lan = await learner(site, { slug: 'endless' });
  for (let time = 0; time < 5; time += 1) await handedIn(lan, written, 'endless');
  const page = await lan.follow(await lan.post('/courses/endless/quizzes/final/attempts'));
  t.match(textOf(page.html), 'Bạn đã nộp năm lần mà chưa lần nào được chấm');
});

t.test('What is written is saved like every answer, as it was typed, up to 5,000 characters', async (t) => {
  const { lan } = await group();
  const attempt = await startAttempt(lan);
  const page = await lan.get(`${attempt}?question=2`);
  const [area] = page.html.querySelectorAll('textarea');
  const name = area?.getAttribute('name') ?? '';
  const saved = await lan.submit(page, { fields: { [name]: `  ${words}  ` } });
  t.equal(saved.status, 303);
  t.equal((await lan.get(`${attempt}?question=2`)).html.querySelector('textarea')?.text, words);
  const again = await lan.get(`${attempt}?question=2`);
  const long = await lan.submit(again, { fields: { [name]: 'ế'.repeat(5001) } });
  t.equal(long.status, 422);
  t.match(textOf(long.html), 'dài quá 5 000 ký tự');
  t.equal(long.html.querySelector('textarea')?.text.length, 5001, 'and what was typed is kept');
  t.match(textOf((await lan.get(`${attempt}/submission`)).html), 'Còn 1 câu chưa trả lời');
});

t.test('Mentors and managers of the cohort mark; nobody else finds it, nor do learners their own', async (t) => {
  const { hoa, lan } = await group();
  const branch = await organisation(site, `x${newId().slice(-6)}`, { below: await rootOrganisation(site) });
  const address = essayOf(await handedIn(lan));
  const others = [
    lan,
    await learner(site, { full_name: 'Lê Thị Mai' }),
    await signedIn(site, { roles: ['mentor'], branch }),
    await signedIn(site, { roles: ['manager'], branch }),
    await mentor(site, await cohort(site)),
  ];
  for (const person of others) {
    t.equal((await person.get(address)).status, 404);
    t.equal((await person.post(`${address}/claim`, { ok: '' })).status, 404);
    t.equal((await person.post(`${address}/markings`, marking())).status, 404);
  }
  t.match(await client(site.app).get(address), { status: 303 });
  t.equal((await hoa.get(address)).status, 200);
  t.equal((await hoa.get(`/essays/${newId()}`)).status, 404);
  const open = await startAttempt(lan);
  t.equal((await hoa.get(essayOf(open))).status, 404, 'what is not handed in is nobody’s business');
});

t.test('Of a learner in no cohort the people of the provider mark, and find it on their list', async (t) => {
  const lan = await learner(site, { full_name: 'Hà Thị Một Mình' });
  const attempt = await handedIn(lan);
  t.match(textOf((await lan.get(`${attempt}/result`)).html), 'chờ người của nơi mở khoá học chấm');
  const branch = await organisation(site, `y${newId().slice(-6)}`, { below: await rootOrganisation(site) });
  const elsewhere = await signedIn(site, { roles: ['mentor'], branch });
  t.notMatch((await elsewhere.get('/essays')).body, essayOf(attempt));
  t.equal((await lan.get('/essays')).status, 404, 'who helps nobody finds no such page');
  const provider = await signedIn(site, { roles: ['mentor'], branch: await rootOrganisation(site) });
  t.ok(byRole((await provider.get('/cohorts')).html, 'link', 'Câu tự luận chờ chấm'));
  const list = await provider.get('/essays');
  t.equal(byRole(list.html, 'link', 'Hà Thị Một Mình').getAttribute('href'), essayOf(attempt));
  t.ok((await statementsOf(site, () => provider.get('/essays'))).length <= 4);
  t.match(await mark(provider, essayOf(attempt)), { status: 303, headers: { location: '/essays' } });
  t.equal((await certificatesOf(lan)).length, 1);
  t.notMatch((await provider.get('/essays')).body, essayOf(attempt));
});

t.test('A trial shows the essay and marks nothing', async (t) => {
  const owner = await signedIn(site, { roles: ['mentor'] });
  const page = await owner.get('/courses/small/quizzes/final/trial?question=2');
  const name = page.html.querySelector('textarea')?.getAttribute('name') ?? '';
  const tried = await owner.submit(page, { fields: { [name]: words } });
  t.equal(tried.status, 200);
  t.match(textOf(tried.html), 'không tính khi làm thử');
  t.notMatch(tried.body, 'Lời-riêng');
  t.equal((await handIn(owner, `/attempts/${newId()}`)).status, 404);
});
