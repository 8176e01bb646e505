import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { browserPage } from '../support/browser.ts';
import { learner, startAttempt } from '../support/learners.ts';
import { rightAnswers } from '../support/small-course.ts';
import { listeningSite, type Site } from './site.ts';
import { answerQuestion, follow, press, secret, untilHeading } from './steps.ts';

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

  t.test(`A thumb that taps twice does everything once, ${how}`, async (t) => {
    const site = await listeningSite(t);
    const page = await browserPage(t, { javaScriptEnabled });
    await page.goto(`${site.origin}/sign-up?next=/courses/small`);
    await page.getByLabel('Họ và tên').fill('Nguyễn Thị Lan');
    await page.getByLabel('Tháng', { exact: true }).selectOption('Tháng 9');
    await page.getByLabel('Năm', { exact: true }).fill('2005');
    await page.getByLabel('PIN hoặc mật khẩu').fill(secret);
    await page.getByLabel('Tôi đồng ý').check();
    await tapTwice(page, 'Tạo tài khoản của tôi');
    await untilHeading(page, 'Đây là thẻ của bạn');
    t.match(await page.locator('#recovery-code').innerText(), /\d{4}/, 'the card has both codes');
    await follow(page, 'Tôi đã cất thẻ, học tiếp');
    await tapTwice(page, 'Tôi muốn học khoá này');
    await untilHeading(page, 'Bài đầu');
    await tapTwice(page, 'Tôi đã đọc bài này, học tiếp');
    await untilHeading(page, 'Bài hai');
    await page.goto(`${site.origin}/courses/small/quizzes/final`);
    await tapTwice(page, 'Bắt đầu làm bài');
    await page.getByText('Câu 1 trên 7').waitFor();
    await answerQuestion(page.locator('fieldset'), rightAnswers);
    await tapTwice(page, 'Lưu và sang câu 2');
    await page.getByText('Câu 2 trên 7').waitFor();
    await page.goto(`${page.url().replace(/\?.*/, '')}/submission`);
    await tapTwice(page, 'Vẫn nộp bài');
    await untilHeading(page, 'Lần này chưa đạt');
    t.strictSame(await counts(site), {
      persons: 1,
      enrolments: 1,
      completions: 1,
      attempts: 1,
      answers: 1,
      submissions: 1,
    });
  });

  t.test(`Nothing can be changed by going back after handing in, ${how}`, async (t) => {
    const { page, origin, attempt } = await atTheQuiz(t, { javaScriptEnabled });
    const old = await page.context().newPage();
    await old.goto(`${origin}${attempt}?question=1`);
    await page.goto(`${origin}${attempt}/submission`);
    await press(page, 'Vẫn nộp bài');
    await untilHeading(page, 'Lần này chưa đạt');

    await page.goBack();
    await untilHeading(page, 'Lần này chưa đạt');
    await answerQuestion(old.locator('fieldset'), rightAnswers);
    await press(old, 'Lưu và sang câu 2');
    await untilHeading(old, 'Lần này chưa đạt');
    t.match(await old.locator('#flash').innerText(), 'Bài này đã nộp rồi');
    t.match(await old.locator('main').innerText(), '0 trên 7 điểm', 'and the late answer counts for nothing');
  });

  t.test(`An answer given while the connection is lost can be sent when it is back, ${how}`, async (t) => {
    const { page, site, origin, attempt } = await atTheQuiz(t, { javaScriptEnabled, losesConnection: true });
    const number = await questionWith(page, `${origin}${attempt}`, 'Thủ đô');
    await page.getByRole('textbox').fill('Hà Nội');
    await page.context().setOffline(true);
    const send = page.locator('main .button.next');
    await send.click();
    if (javaScriptEnabled) {
      await page.getByText('Chưa gửi được vì mạng yếu hoặc mất mạng').waitFor();
      t.equal(await page.getByRole('textbox').inputValue(), 'Hà Nội', 'what was typed is still there');
    } else {
      await page.waitForURL('chrome-error://chromewebdata/');
    }
    t.equal((await counts(site)).answers, 0);

    await page.context().setOffline(false);
    if (javaScriptEnabled) await send.click();
    // The browser offers to send the form again.
    else await page.reload();
    await page.getByText('Đã lưu 1 trên 7 câu').waitFor();
    await page.goto(`${origin}${attempt}?question=${number}`);
    t.equal(await page.getByRole('textbox').inputValue(), 'Hà Nội');
  });
}

t.test('What a server in trouble did not take stays on the page, which says so', async (t) => {
  const { page, origin, attempt } = await atTheQuiz(t, { expectedStatuses: [503] });
  await questionWith(page, `${origin}${attempt}`, 'Thủ đô');
  await page.getByRole('textbox').fill('Hà Nội');
  await page.route('**/answers', (route) =>
    route.fulfill({ status: 503, contentType: 'text/html', body: '<p>busy</p>' }),
  );
  await page.locator('main .button.next').click();
  await page.getByText('Chưa gửi được vì máy chủ đang trục trặc').waitFor();
  t.equal(await page.getByRole('textbox').inputValue(), 'Hà Nội');
  await page.unroute('**/answers');
  await page.locator('main .button.next').click();
  await page.getByText('Đã lưu 1 trên 7 câu').waitFor();
});

async function tapTwice(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: words, exact: true }).dblclick({ noWaitAfter: true });
  await page.waitForLoadState();
}

async function counts({ db }: Site): Promise<Record<string, number>> {
  const tables = ['persons', 'enrolments', 'completions', 'attempts', 'answers', 'submissions'] as const;
  const found: Record<string, number> = {};
  for (const table of tables) {
    const { count } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    found[table] = Number(count);
  }
  return found;
}

/** A learner who has just begun the quiz. */
async function atTheQuiz(t: Test, viewer: Parameters<typeof browserPage>[1]) {
  const site = await listeningSite(t);
  const { origin } = site;
  const person = await learner(site);
  const attempt = await startAttempt(person);
  const page = await browserPage(t, viewer);
  await page.context().addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: origin })));
  return { site, origin, attempt, page };
}

/** Goes to the question with these words, wherever it stands in this attempt. @returns its number */
async function questionWith(page: Page, attempt: string, words: string): Promise<number> {
  for (let number = 1; number <= 7; number += 1) {
    await page.goto(`${attempt}?question=${number}`);
    if ((await page.locator('fieldset').innerText()).includes(words)) return number;
  }
  throw new Error(`No question says “${words}”`);
}
