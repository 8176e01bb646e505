import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

/** Files by path; null takes one away. */
export type Files = Record<string, string | Buffer | null>;

/** A course of one lesson and one quiz in two languages that has no fault. */
export const soundCourse = {
  'course.yaml': `format: 1
id: small
topic: internet
level: basic
hours: 1.5
languages: [vi, en]
provider: domdom
licence: CC-BY-4.0
skills: [tt02-2025:1.1]
completion:
  lessons: all
  quizzes: [final]
items:
  - { key: first, kind: lesson, minutes: 5, skills: [digcomp-3.0:1.1] }
  - { key: final, kind: quiz, minutes: 3, pass: 70 }
`,
  'vi/course.md': `---
title: Khoá nhỏ
summary: Một khoá rất nhỏ.
outcomes:
  - Làm được một việc.
---

Lời giới thiệu.
`,
  'en/course.md': `---
title: Small course
summary: A very small course.
outcomes:
  - Do one thing.
---

Welcome.
`,
  'vi/first.md': '# Bài đầu\n\nMột hai ba.\n',
  'en/first.md': '# First lesson\n\nOne two three.\n',
  'vi/final.gift': `$CATEGORY: Cuối khoá

// [id:q1] [tag:lesson:first]
::Hai::[markdown]Một cộng một?{
=Hai#Đúng.
~Ba#Đếm **lại** nhé.
}
`,
  'en/final.gift': `// [id:q1] [tag:lesson:first]
::Two::[markdown]One and one?{
=Two#Right.
~Three#Count **again**.
}
`,
};

/** Writes the sound course, changed, into a folder of its own that is gone after the test. */
export async function courseFolder(t: Test, changes: Files = {}, name = 'small'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'domdom-course-'));
  t.teardown(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, name);
  await mkdir(folder);
  for (const [path, content] of Object.entries<string | Buffer | null>({ ...soundCourse, ...changes })) {
    if (content === null) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
