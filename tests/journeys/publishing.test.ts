import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { listeningSite, type Site } from './site.ts';
import { follow, press, untilHeading } from './steps.ts';

const title = 'Giữ điện thoại an toàn';
const lessons = ['Khoá màn hình', 'Cập nhật phần mềm', 'Sao lưu ảnh'];

/** A small phone without scripts, of somebody who has signed in. */
async function phoneOf(t: Test, { origin }: Site, person: SignedIn, name: string) {
  const page = await browserPage(t, { javaScriptEnabled: false });
  await page.context().addCookies(Array.from(person.cookies, ([name, value]) => ({ name, value, url: origin })));
  let pictures = 0;
  const look = async () => {
    await assertNoSideScroll(t, page);
    pictures += 1;
    await screenshot(page, `publishing-${name}-${String(pictures).padStart(2, '0')}`);
  };
  return { page, look };
}
type Phone = Awaited<ReturnType<typeof phoneOf>>;

const wordsOf = (page: Page) => page.locator('main').innerText();

t.test('Two people publish a course of three lessons and a quiz, on small phones without scripts', async (t) => {
  const site = await listeningSite(t);
  const author = await phoneOf(t, site, await signedIn(site, { roles: ['author', 'reviewer'] }), 'author');
  const { page, look } = author;
  await page.goto(`${site.origin}/publishing`);
  await look();
  await follow(page, 'Soạn khoá học mới');
  await page.getByLabel('Tên khoá học').fill(title);
  await look();
  await page.locator('main button.next').click();
  await untilHeading(page, title);
  await look();
  const desk = page.url();
  await describe(author, desk);
  for (const lesson of lessons) await writeLesson(author, desk, lesson);
  await writeQuiz(author, desk);
  await page.goto(`${desk}/completion`);
  await page.getByLabel('Kiểm tra cuối khoá').check();
  await press(page, 'Lưu');

  await page.goto(`${desk}/review`);
  await look();
  await page.getByLabel('Có gì mới').fill('Bản đầu tiên.');
  await press(page, 'Gửi duyệt');
  await page.goto(`${desk}/review`);
  t.equal(
    await page.getByRole('button', { name: 'Đăng phiên bản này' }).count(),
    0,
    'nobody publishes what they wrote',
  );
  t.equal((await signedInPost(site, desk)).status, 404, 'nor does a stranger find it');

  const reviewer = await phoneOf(t, site, await signedIn(site, { roles: ['reviewer'] }), 'reviewer');
  await reviewer.page.goto(`${site.origin}/publishing?state=in_review`);
  await reviewer.look();
  await follow(reviewer.page, title);
  await reviewer.page.goto(`${desk}/items/kiem-tra-cuoi-khoa`);
  await reviewer.look();
  await reviewer.page.goto(`${desk}/review`);
  await reviewer.look();
  await press(reviewer.page, 'Đăng phiên bản này');
  t.match(await wordsOf(reviewer.page), 'Đã đăng');
  await reviewer.look();

  const learner = await phoneOf(t, site, await signedIn(site), 'learner');
  await learner.page.goto(`${site.origin}/courses`);
  await follow(learner.page, title);
  for (const lesson of lessons) t.match(await wordsOf(learner.page), lesson);
  await learner.look();
  await press(learner.page, 'Tôi muốn học khoá này');
  await learner.page.goto(`${site.origin}/courses/giu-dien-thoai-an-toan/quizzes/kiem-tra-cuoi-khoa`);
  await press(learner.page, 'Bắt đầu làm bài');
  t.match(await wordsOf(learner.page), /trên 2/);
  await learner.look();
});

async function signedInPost(site: Site, desk: string) {
  return (await signedIn(site, { roles: ['learner'] })).get(new URL(desk).pathname);
}

async function describe({ page, look }: Phone, desk: string): Promise<void> {
  await page.goto(`${desk}/description?language=vi`);
  await page.getByLabel('Một câu về khoá học').fill('Ba việc nhỏ để không mất ảnh và không mất tiền.');
  await page.getByLabel('Học xong, người học làm được gì').fill('- Khoá được màn hình của mình\n- Sao lưu được ảnh');
  await look();
  await press(page, 'Lưu');
}

async function writeLesson({ page, look }: Phone, desk: string, lesson: string): Promise<void> {
  await page.goto(desk);
  await page.locator('#new-item').getByLabel('Tên bài').fill(lesson);
  await press(page, 'Thêm bài học');
  await page
    .locator('#content')
    .fill(`# ${lesson}\n\nViệc này mất năm phút.\n\n1. Mở Cài đặt.\n2. Làm theo từng bước.\n`);
  await press(page, 'Lưu');
  await look();
}

async function writeQuiz({ page, look }: Phone, desk: string): Promise<void> {
  await page.goto(desk);
  await page.locator('#new-item').getByLabel('Tên bài').fill('Kiểm tra cuối khoá');
  await press(page, 'Thêm bài kiểm tra');
  await look();
  await page.getByLabel('Loại câu').selectOption('Chọn một đáp án');
  await press(page, 'Viết câu mới');
  await page.getByLabel('Câu hỏi', { exact: true }).fill('Khoá màn hình để làm gì?');
  for (const [index, answer] of ['Để người khác không mở được máy', 'Để máy chạy nhanh hơn'].entries()) {
    await page.locator(`#text_${index}`).fill(answer);
    await page.locator(`#weight_${index}`).selectOption(index === 0 ? 'Đúng' : 'Sai');
  }
  await look();
  await press(page, 'Lưu');
  await page.getByLabel('Loại câu').selectOption('Đúng hay sai');
  await press(page, 'Viết câu mới');
  await page
    .getByLabel('Câu hỏi', { exact: true })
    .or(page.locator('#text'))
    .first()
    .fill('Ảnh đã sao lưu thì mất máy vẫn còn.');
  await page.getByLabel('Đúng', { exact: true }).check();
  await press(page, 'Lưu');
  await untilHeading(page, '2 câu hỏi');
  await look();
}
