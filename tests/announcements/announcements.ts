import { v7 as newId } from 'uuid';
import { codeOf } from '../../server/announcements/code.ts';
import type { TestApp } from '../support/app.ts';

type Target = { cohort_id: string } | { course_id: string } | { organisation_id: string };

interface Told {
  title?: string;
  words?: string;
  is_public?: boolean;
  pinned_until?: string | null;
  daysAgo?: number;
}

/** Told by somebody, now or some days ago. @returns the code in its address */
export async function announcement(
  { db }: Pick<TestApp, 'db'>,
  target: Target,
  author: { id: string },
  { title = 'Thứ Năm nghỉ học', words = 'Tuần này nghỉ.', daysAgo = 0, ...told }: Told = {},
): Promise<string> {
  const id = newId();
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  const moments = { published_at: at, changed_at: at, asked_at: at };
  await db
    .insertInto('announcements')
    .values({ id, code: codeOf(id), ...target, title, words, ...told, ...moments, author_id: author.id })
    .execute();
  return codeOf(id);
}

export async function courseId({ db }: Pick<TestApp, 'db'>, slug = 'small'): Promise<string> {
  return (await db.selectFrom('courses').select('id').where('slug', '=', slug).executeTakeFirstOrThrow()).id;
}
