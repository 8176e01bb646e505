import type { Browser } from 'playwright-core';
import { median } from './load.ts';

/** The phone that the design has in mind. */
const phone = {
  viewport: { width: 320, height: 640 },
  isMobile: true,
  locale: 'vi-VN',
  timezoneId: 'Asia/Ho_Chi_Minh',
};
const kilobitsPerSecond = 400;
const latency = 400;
const cpuSlowdown = 6;

/** A first visit, pictures included. Milliseconds since the link was tapped. */
export interface Visit {
  firstByte: number;
  firstPaint: number;
  largestPaint: number;
  /** Everything that came has come, and the page is ready. */
  settled: number;
  requests: number;
  /** as they came over the network */
  bytes: number;
}

export const throttle = `${kilobitsPerSecond} kbit/s, ${latency} ms latency, CPU ${cpuSlowdown} times slower, ${phone.viewport.width} px wide`;

/** The median of several first visits. */
export async function visit(browser: Browser, url: string, cookie: string | undefined, times: number): Promise<Visit> {
  const visits: Visit[] = [];
  for (let time = 0; time < times; time += 1) visits.push(await visitOnce(browser, url, cookie));
  const of = (name: keyof Visit) => median(visits.map((one) => one[name]));
  return {
    firstByte: of('firstByte'),
    firstPaint: of('firstPaint'),
    largestPaint: of('largestPaint'),
    settled: of('settled'),
    requests: of('requests'),
    bytes: of('bytes'),
  };
}

async function visitOnce(browser: Browser, url: string, cookie = ''): Promise<Visit> {
  // A context of its own has an empty cache.
  const context = await browser.newContext(phone);
  try {
    await context.addCookies(cookiesOf(cookie, url));
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    let [requests, bytes, sent, answered] = [0, 0, 0, 0];
    devtools.on('Network.requestWillBeSent', ({ request, type, timestamp }) => {
      if (!request.url.startsWith('data:')) requests += 1;
      if (type === 'Document') sent = timestamp;
    });
    // The page's own record of its first byte does not know of the throttle.
    devtools.on('Network.responseReceived', ({ type, timestamp }) => {
      if (type === 'Document') answered = timestamp;
    });
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await devtools.send('Network.enable');
    const throughput = (kilobitsPerSecond * 1000) / 8;
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
    await page.goto(url, { waitUntil: 'networkidle', timeout: 60_000 });
    const times: Pick<Visit, 'firstPaint' | 'largestPaint' | 'settled'> = await page.evaluate(readTimes);
    return { ...times, firstByte: (answered - sent) * 1000, requests, bytes };
  } finally {
    await context.close();
  }
}

// Runs in the page, as text: there is no DOM in the types of a server.
const readTimes = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [page] = performance.getEntriesByType('navigation');
    const [paint] = performance.getEntriesByType('paint');
    const largestPaint = list.getEntries().at(-1).startTime;
    const ends = performance.getEntriesByType('resource').map((resource) => resource.responseEnd);
    resolve({
      firstPaint: paint.startTime,
      largestPaint,
      settled: Math.max(page.loadEventEnd, largestPaint, ...ends),
    });
  }).observe({ type: 'largest-contentful-paint', buffered: true });
})`;

function cookiesOf(header: string, url: string) {
  return header
    .split('; ')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return { name, value, url };
    });
}
