import type { Locator, Page } from 'playwright-core';
import type { Answers } from '../support/small-course.ts';

/** What a learner does with a thumb and a keypad: by the words on the screen, scripts or not. */

export async function press(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: words, exact: true }).click();
  await page.waitForLoadState();
}

export async function follow(page: Page, words: string): Promise<void> {
  await page.getByRole('link', { name: words }).first().click();
  await page.waitForLoadState();
}

export async function untilHeading(page: Page, words: string): Promise<void> {
  await page.getByRole('heading', { name: words }).first().waitFor();
}

export interface Card {
  learnerCode: string;
  recoveryCode: string;
}

export const secret = 'thuyền giấy qua sông';

/** Without a telephone number and without an e-mail address, beginning at the page with the form. */
export async function signUp(page: Page, name: string): Promise<Card> {
  await page.getByLabel('Họ và tên').fill(name);
  await page.getByLabel('Tháng', { exact: true }).selectOption('Tháng 9');
  await page.getByLabel('Năm', { exact: true }).fill('2005');
  await page.getByLabel('PIN hoặc mật khẩu').fill(secret);
  await page.getByLabel('Tôi đồng ý').check();
  await press(page, 'Tạo tài khoản của tôi');
  await untilHeading(page, 'Đây là thẻ của bạn');
  return { learnerCode: await digitsOf(page, '#learner-code'), recoveryCode: await digitsOf(page, '#recovery-code') };
}

async function digitsOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).innerText()).replace(/\D/g, '');
}

export async function signInOnSharedPhone(page: Page, { learnerCode }: Card): Promise<void> {
  await page.getByLabel('Mã học viên').fill(learnerCode);
  await page.getByLabel('PIN hoặc mật khẩu').fill(secret);
  await page.getByLabel('Tôi đang dùng máy chung').check();
  await press(page, 'Đăng nhập');
}

/** From the course's page on, for somebody who is enrolled. */
export async function readBothLessons(page: Page): Promise<void> {
  for (const title of ['Bài đầu', 'Bài hai']) {
    await untilHeading(page, title);
    await press(page, 'Tôi đã đọc bài này, học tiếp');
  }
}

/** Answers what is asked, question after question, and stops before handing in. */
export async function answerOneByOne(page: Page, answers: Answers): Promise<void> {
  const count = await page.locator('.stepper > li').count();
  for (let number = 1; number <= count; number += 1) {
    await page.getByText(`Câu ${number} trên ${count}`).waitFor();
    await answerQuestion(page.locator('fieldset'), answers);
    await page.locator('main .button.next').click();
  }
  await untilHeading(page, 'Xem lại trước khi nộp');
}

/** Answers one question by the words in it, or leaves it when there is no answer for it. */
export async function answerQuestion(question: Locator, answers: Answers): Promise<void> {
  const words = await question.innerText();
  const [, answer] = Object.entries(answers).find(([some]) => words.includes(some)) ?? [];
  if (Array.isArray(answer)) {
    for (const option of answer) await pick(question, option);
  } else if (typeof answer === 'string') {
    const typed = question.getByRole('textbox');
    if ((await typed.count()) > 0) await typed.fill(answer);
    else await pick(question, answer);
  } else {
    for (const [prompt, match] of Object.entries(answer ?? {})) {
      await question.getByLabel(prompt, { exact: true }).selectOption(match);
    }
  }
}

async function pick(question: Locator, words: string): Promise<void> {
  await question.locator('.choice').filter({ hasText: words }).click();
}
