import type { Test } from 'tap';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { courseYaml, type smallCourse } from '../support/small-course.ts';

const asked = (title: string, prefix: string) => `$CATEGORY: ${title}

// [id:${prefix}1]
::1::[markdown]Đom đóm có cánh.{TRUE#Phản hồi-cánh.}

// [id:${prefix}2]
::2::[markdown]Đom đóm kêu to.{FALSE}
`;

/** The small course with a test before its lessons and one after them, whose final quiz is not required. */
export function tested(change: (yaml: string) => string = (yaml) => yaml): typeof smallCourse {
  const yaml = courseYaml()
    .replace(
      'items:\n',
      'items:\n  - { key: before, kind: quiz, minutes: 4, pass: 50, shuffle: false, role: pre-test }\n',
    )
    .concat('  - { key: after, kind: quiz, minutes: 4, pass: 50, shuffle: false, role: post-test }\n');
  return {
    'course.yaml': change(yaml),
    ...{ 'vi/before.gift': asked('Đầu khoá', 'b'), 'en/before.gift': asked('Before', 'b') },
    ...{ 'vi/after.gift': asked('Cuối cùng', 'a'), 'en/after.gift': asked('After', 'a') },
  };
}

/** Both tests of a course, from the offer to their results. */
export async function preTestPages(
  t: Test,
  site: Pick<TestApp, 'app' | 'db'>,
  reading: <V extends Client>(visitor: V) => V,
): Promise<Page[]> {
  const slug = 'tested';
  await publish(t, site, tested(), slug);
  const lan = reading(await learner(site, { slug }));
  const home = `/courses/${slug}`;
  const pages = [await lan.get(home), await lan.get(`${home}/quizzes/before`)];
  for (const key of ['before', 'after']) {
    pages.push(await handIn(lan, await startAttempt(lan, key, slug)), await lan.get(`${home}/quizzes/${key}`));
  }
  return pages;
}
