import type { Test } from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { publish } from '../support/learners.ts';
import { freePort } from '../support/start-server.ts';

export interface Site extends TestApp {
  /** Also what certificates say. */
  origin: string;
}

const first = `# Bài đầu

Một hai ba.

> [!CHECK] Một thêm hai là mấy?
> ---
> Là ba.
`;

/** The small course on a site that listens at its own public address. */
export async function listeningSite(t: Test): Promise<Site> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const site = await testApp(t, { PUBLIC_URL: origin });
  await publish(t, site, { 'vi/first.md': first });
  await site.app.listen({ host: '127.0.0.1', port });
  return { ...site, origin };
}
