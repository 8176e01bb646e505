import jsqr from 'jsqr';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { extractText } from 'unpdf';
import { browserPage } from '../support/browser.ts';
import { type Answers, rightAnswers } from '../support/small-course.ts';
import { listeningSite } from './site.ts';
import {
  answerOneByOne,
  answerQuestion,
  follow,
  press,
  readBothLessons,
  signInOnSharedPhone,
  signUp,
  untilHeading,
} from './steps.ts';

const wrongAnswers: Answers = {
  'Một cộng một': 'Ba',
  'Những số nào chẵn': ['Số 5', 'Số 7'],
  'Trái đất phẳng': 'Đúng',
  'Một nửa của năm': '7',
  'Ghép con vật': { Mèo: 'gâu gâu', Chó: 'ụt ịt', Gà: 'meo meo' },
  'Đom đóm phát ra': 'âm thanh',
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';
  t.test(`A learner without e-mail goes from sign-up to a certificate that anybody can check, ${how}`, async (t) => {
    const { origin } = await listeningSite(t);
    const phone = await browserPage(t, { javaScriptEnabled });

    await phone.goto(origin);
    await follow(phone, 'Đăng ký');
    const card = await signUp(phone, 'Nguyễn Thi Lan');
    t.match(card, { learnerCode: /^\d{10}$/, recoveryCode: /^\d{12}$/ });
    await follow(phone, 'Tôi đã cất thẻ, học tiếp');

    await findCourse(t, phone);
    await press(phone, 'Tôi muốn học khoá này');
    await untilHeading(phone, 'Bài đầu');
    await checkOneself(t, phone);
    await readBothLessons(phone);
    await untilHeading(phone, 'Luyện tập');

    await failTheQuiz(t, phone);
    await mendTheName(t, phone, 'Nguyễn Thị Lan');
    await press(phone, 'Làm lại');
    const answered = ['Một cộng một', 'Những số nào chẵn', 'Thủ đô', 'Một nửa của năm', 'Ghép con vật'];
    await answerOnOnePage(phone, answered);

    const other = await browserPage(t, { javaScriptEnabled });
    await other.goto(`${origin}/sign-in`);
    await signInOnSharedPhone(other, card);
    await takeUpAgain(t, other, answered);
    await press(other, 'Nộp bài');
    await untilHeading(other, 'Bạn đã đạt!');

    await follow(other, 'Xem giấy chứng nhận');
    await untilHeading(other, 'Giấy chứng nhận hoàn thành khoá học');
    const stranger = await browserPage(t, { javaScriptEnabled });
    await checkCertificate(t, other, stranger);
    await finishOnSharedPhone(t, other);
  });
}

async function findCourse(t: Test, page: Page): Promise<void> {
  await page.getByRole('searchbox').fill('khoa nho xiu');
  await press(page, 'Tìm');
  await untilHeading(page, 'Không có khoá học nào như vậy');
  await page.getByRole('searchbox').fill('khoa nho');
  await press(page, 'Tìm');
  await follow(page, 'Khoá nhỏ');
  t.equal(await page.locator('h1').innerText(), 'Khoá nhỏ');
}

async function checkOneself(t: Test, page: Page): Promise<void> {
  const answer = page.getByText('Là ba.');
  t.notOk(await answer.isVisible(), 'the answer of the self-check is closed');
  await page.getByText('Xem câu trả lời').click();
  t.ok(await answer.isVisible(), 'and opens');
}

/** One question a screen, one of them left out. */
async function failTheQuiz(t: Test, page: Page): Promise<void> {
  await follow(page, 'Khoá nhỏ');
  await follow(page, 'Cuối khoá');
  await press(page, 'Bắt đầu làm bài');
  await answerOneByOne(page, wrongAnswers);
  t.equal(await page.locator('#missing li').count(), 1, 'what is unanswered is named');
  await press(page, 'Vẫn nộp bài');
  await untilHeading(page, 'Lần này chưa đạt');
  const result = await page.locator('main').innerText();
  for (const words of ['0 trên 7 điểm', 'Phản hồi-sai-một.', 'Phản hồi-sai-đất.', 'Bạn chưa trả lời câu này.']) {
    t.match(result, words);
  }
  t.notMatch(result, /Phản hồi-đúng|Hà Nội/, 'what is right stays unsaid while there is another try');
  t.ok(
    (await page.getByRole('link', { name: 'Đọc lại bài học về câu này' }).count()) > 0,
    'what to read again is said',
  );
}

async function mendTheName(t: Test, page: Page, name: string): Promise<void> {
  await follow(page, 'Cuối khoá');
  await follow(page, 'Sửa tên này');
  await page.getByLabel('Họ và tên').fill(name);
  await press(page, 'Lưu');
  await untilHeading(page, 'Cuối khoá');
  t.match(await page.locator('#name-on-paper').innerText(), name);
}

/** All questions on one page, saved at the last that is answered. */
async function answerOnOnePage(page: Page, some: string[]): Promise<void> {
  await follow(page, 'Xem tất cả trên một trang');
  await page.locator('fieldset').nth(6).waitFor();
  for (const words of some) await answerQuestion(page.locator('fieldset', { hasText: words }), rightAnswers);
  await page.getByRole('button', { name: 'Lưu', exact: true }).last().click();
  await page.getByText(`Đã lưu ${some.length} trên 7 câu`).waitFor();
}

/** On another phone: what was answered is there, what was not is named, and is answered now. */
async function takeUpAgain(t: Test, page: Page, answered: string[]): Promise<void> {
  await follow(page, 'Làm tiếp bài đang dở');
  await follow(page, 'Xem tất cả trên một trang');
  const question = (words: string) => page.locator('fieldset', { hasText: words });
  await question('Thủ đô').waitFor();
  t.equal(await question('Thủ đô').getByRole('textbox').inputValue(), 'Hà Nội');
  t.equal(await question('Ghép con vật').getByLabel('Gà').locator('option:checked').innerText(), 'ò ó o');
  t.ok(await question('Một cộng một').getByLabel('Hai').isChecked());
  await follow(page, 'Xem lại và nộp bài');
  for (let left = 7 - answered.length; left > 0; left -= 1) {
    t.equal(await page.locator('#missing li').count(), left, `${left} are unanswered, and named`);
    await page.locator('#missing a').first().click();
    await answerQuestion(page.locator('fieldset'), rightAnswers);
    await page.locator('main .button.next').click();
    await page.getByText(`Đã lưu ${7 - left + 1} trên 7 câu`).waitFor();
    if (!page.url().endsWith('/submission')) await follow(page, 'Xem lại và nộp bài');
  }
  await page.getByText('Bạn đã trả lời mọi câu.').waitFor();
}

/** The QR code in the picture, and the address on the PDF, lead somebody who is not signed in to what is printed. */
async function checkCertificate(t: Test, holder: Page, stranger: Page): Promise<void> {
  const fetchLinked = async (words: string): Promise<Uint8Array> => {
    const address = await holder.getByRole('link', { name: words }).getAttribute('href');
    return (await holder.request.get(new URL(address ?? '', holder.url()).href)).body();
  };
  const address = await textOfQr(await fetchLinked('Mở ảnh để chia sẻ (PNG)'));
  const { text } = await extractText(new Uint8Array(await fetchLinked('Tải bản in (PDF)')), { mergePages: true });
  t.match(text.replace(/\s+/g, ' ').normalize('NFC'), 'Nguyễn Thị Lan');
  t.match(text.replace(/\s+/g, ''), address.replace('http://', '').replace(/#.*/, ''));

  await stranger.goto(address);
  const paper = await stranger.locator('article.paper').innerText();
  for (const words of ['Nguyễn Thị Lan', 'Khoá nhỏ', '1,5 giờ học']) t.match(paper.replaceAll('\u00a0', ' '), words);
  t.ok(await stranger.getByRole('link', { name: 'Đăng nhập' }).isVisible(), 'without signing in');
  t.match(await stranger.locator('#verdict').innerText(), 'Bản thử', 'a site on this machine says that it is a trial');
}

async function textOfQr(picture: Uint8Array): Promise<string> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsqr.default(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

async function finishOnSharedPhone(t: Test, page: Page): Promise<void> {
  await page.goto(new URL('/account', page.url()).href);
  await press(page, 'Xong, thoát');
  t.equal(await page.getByRole('link', { name: 'Tài khoản' }).count(), 0, 'signed out');
  await page.goBack();
  t.notMatch(await page.locator('body').innerText(), 'Nguyễn Thị Lan', 'and Back shows nobody’s account');
}
