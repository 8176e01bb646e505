import type { Client, Page } from '../../support/client.ts';

/** The list of certificates, a file that is ready, and what is refused. */
export async function bundlePages(mentor: Client, home: string): Promise<Page[]> {
  const list = await mentor.get(`${home}/certificates`);
  const made = await mentor.follow(await mentor.post(`${home}/certificates`, { format: 'pdf' }));
  const none = await mentor.get(`${home}/certificates?course=none`);
  return [list, made, none, await mentor.post(`${home}/certificates`, { format: 'doc' })];
}
