import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import QRCode from 'qrcode';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { readPhoto } from '../../server/certificates/verifying/photo.ts';
import { testApp } from '../support/app.ts';
import { screenshot } from '../support/browser.ts';
import { temporaryFolder } from '../support/child.ts';
import { launchOptions } from '../support/chromium.ts';
import { finish, learner, publish } from '../support/learners.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
const code = await finish(await learner(site, { full_name: 'Nguyễn Thị Lan' }));
const picture = await site.app.inject(`/certificates/${code}.png`);
const read = await readPhoto(picture.rawPayload);
const qrText = 'text' in read ? read.text : '';

t.test('With no network a phone’s camera reads the code from paper, and is off afterwards', async (t) => {
  const page = await phone(t, qrText);
  const button = page.locator('#camera button');
  await button.click();
  await page.locator('#verdict h2').getByText('Giấy thật: nơi cấp đã ký, và không có gì bị sửa').waitFor();
  t.match(await page.locator('#verdict').innerText(), 'Nguyễn Thị Lan');
  t.equal(await page.locator('video').isVisible(), false);
  t.equal(await page.evaluate('document.querySelector("video").srcObject.active'), false);
  await screenshot(page, 'offline-camera');
});

t.test('A code that is none of ours is told apart, also by the camera', async (t) => {
  const page = await phone(t, 'https://example.org/menu');
  await page.locator('#camera button').click();
  await page.locator('#verdict h2').getByText('Đây không phải mã QR').waitFor();
});

t.test('Where the camera cannot be used it says what else there is', async (t) => {
  const page = await phone(t, null);
  await page.locator('#camera button').click();
  await page.locator('#verdict h2').getByText('Không mở được máy ảnh').waitFor();
  t.match(await page.locator('#verdict').innerText(), 'chụp một ảnh rồi chọn ảnh đó ở dưới');
});

/** The file, opened from the disk of a phone that has no network and whose camera sees a sheet of paper; null: it has none. */
async function phone(t: Test, seen: string | null): Promise<Page> {
  const folder = await temporaryFolder(t);
  const camera =
    seen === null
      ? []
      : [
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-video-capture=${await film(folder, seen)}`,
        ];
  const { args = [], ...options } = await launchOptions();
  const browser = await chromium.launch({ ...options, args: [...args, ...camera] });
  t.teardown(() => browser.close());
  const context = await browser.newContext({ offline: true, locale: 'vi-VN', viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  const file = join(folder, 'domdom-verify.html');
  await writeFile(file, (await site.app.inject('/verify.html')).body);
  await page.goto(pathToFileURL(file).href);
  return page;
}

/** Pictures one after the other, as a camera gives them: the sheet comes nearer until the code can be read. */
async function film(folder: string, text: string): Promise<string> {
  const qr = await QRCode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 4, scale: 6 });
  const frames = [80, 200, 420].map(async (side) =>
    sharp({ create: { width: 640, height: 480, channels: 3, background: '#8a7a66' } })
      .composite([{ input: await sharp(qr).resize(side).toBuffer(), gravity: 'centre' }])
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
  const path = join(folder, 'film.mjpeg');
  await writeFile(path, Buffer.concat(await Promise.all(frames)));
  return path;
}
