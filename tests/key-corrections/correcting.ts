import { markAllAgain } from '../../server/key-corrections/marking-again/parts.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';

const corrections = '/courses/small/quizzes/final/corrections';

/** The reviewer's way to a new key, until all is marked again: the form, what would change, and yes. @returns the preview and the page after it */
export async function correct(
  { app }: Pick<TestApp, 'app'>,
  reviewer: Client,
  question: string,
  fields: Record<string, string | null>,
  path = corrections,
): Promise<{ preview: Page; done: Page }> {
  const form = await reviewer.get(`${path}/${question}`);
  const preview = await reviewer.submit(form, { fields: { reason: 'Đáp án cũ sai.', ...fields } });
  if (preview.status !== 200) throw new Error(`${preview.status}: ${preview.html.querySelector('#errors')?.text}`);
  const sent = await reviewer.submit(preview);
  await markAllAgain(app);
  return { preview, done: await reviewer.follow(sent) };
}
