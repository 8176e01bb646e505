import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from './browser.ts';
import { failuresOf } from './failures.ts';

const head = '<!doctype html><html lang="vi"><title>Thử</title><meta name="viewport" content="width=device-width">';
const pages: Record<string, string> = {
  '/good': `${head}<main><h1>Đom Đóm</h1><p>Mỗi ngày một bước nhỏ.</p></main>`,
  '/leaves': `${head}<main><h1>Ảnh</h1><img alt="" src="http://192.0.2.1/pixel.png"></main>`,
  '/throws': `${head}<main><h1>Lỗi</h1></main><script>throw new Error('hỏng')</script>`,
  '/pale': `${head}<main><h1>Nhạt</h1><p style="color:#ddd">Không ai đọc được.</p></main>`,
  '/wide': `${head}<main><h1>Rộng</h1><p style="width:500px">Phải cuộn ngang.</p></main>`,
};

async function site(t: Test): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    const status = request.url === '/refused' ? 422 : page ? 200 : 404;
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page ?? pages['/good']);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('A quiet page passes, with and without JavaScript', async (t) => {
  const url = await site(t);
  for (const javaScriptEnabled of [true, false]) {
    const page = await browserPage(t, { javaScriptEnabled });
    await page.goto(`${url}/good`);
    await assertNoSideScroll(t, page);
    if (javaScriptEnabled) await assertAccessible(t, page);
    else await t.rejects(assertAccessible(t, page), /JavaScript on/);
  }
});

for (const [path, fault, told] of [
  ['/leaves', 'a request to another machine', 'asked another machine: http://192.0.2.1/pixel.png'],
  ['/throws', 'a script that throws', 'script failed: hỏng'],
  ['/missing', 'an answer that it does not expect', 'status of 404'],
] as const) {
  t.test(`The browser fails a test for ${fault}`, async (t) => {
    const url = await site(t);
    const failures = await failuresOf(async (t) => {
      await (await browserPage(t)).goto(url + path, { waitUntil: 'networkidle' });
    });
    t.match(failures, told);
  });
}

t.test('A refused form is no fault, nor is a status that the test expects', async (t) => {
  const url = await site(t);
  const page = await browserPage(t, { expectedStatuses: [404] });
  await page.goto(`${url}/refused`);
  await page.goto(`${url}/missing`);
});

t.test('A page that few can read or that scrolls sideways fails', async (t) => {
  const url = await site(t);
  const failures = (path: string, check: typeof assertAccessible) =>
    failuresOf(async (t) => {
      const page = await browserPage(t);
      await page.goto(url + path);
      await check(t, page);
    });
  t.match(await failures('/pale', assertAccessible), 'color-contrast: ');
  t.match(await failures('/wide', assertNoSideScroll), 'width:500px');
});

t.test('Screenshots are taken only when asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'domdom-screenshots-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const page = await browserPage(t);
  await page.goto(`${await site(t)}/good`);
  await screenshot(page, 'unasked');
  process.env.SCREENSHOTS = folder;
  await screenshot(page, 'asked');
  delete process.env.SCREENSHOTS;
  t.match((await readFile(join(folder, 'asked.png'))).subarray(1, 4).toString(), 'PNG');
  await t.rejects(readFile(join(folder, 'unasked.png')));
});
