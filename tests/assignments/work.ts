import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import type { Files } from '../courses/folder.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { learner } from '../support/learners.ts';
import type { SignedIn } from '../support/people.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

const rubric = (one: string, other: string, levels: [string, string, string]) => `---
rubric:
  - criterion: ${one}
    levels:
      3: ${levels[0]}
      1: ${levels[1]}
      0: ${levels[2]}
  - criterion: ${other}
    levels:
      2: ${levels[0]}
      0: ${levels[2]}
---
`;

/** The small course with an assignment that is all there is to complete: five points, three to pass. */
export const withWork: Files = {
  'course.yaml': `format: 1
id: small
topic: internet
level: basic
hours: 1.5
languages: [vi, en]
provider: domdom
licence: CC-BY-4.0
skills: [tt02-2025:1.1]
completion: { lessons: [first], assignments: [story] }
items:
  - { key: first, kind: lesson, minutes: 5 }
  - { key: story, kind: assignment, minutes: 30, pass: 60, hand_in: [text, link, files] }
  - { key: final, kind: quiz, minutes: 6, pass: 60 }
`,
  'vi/second.md': null,
  'en/second.md': null,
  'vi/practice.gift': null,
  'en/practice.gift': null,
  'vi/final.gift': '// [id:one]\n::Một::[markdown]Một cộng một?{=Hai ~Ba}\n',
  'en/final.gift': '// [id:one]\n::One::[markdown]One and one?{=Two ~Three}\n',
  'vi/first.md': '# Bài đầu\n\nMột hai ba, rồi [kể chuyện](story.md).\n',
  'vi/story.md': `${rubric('Kiểm chứng được', 'Rõ ràng', ['Tốt', 'Tạm được', 'Chưa được'])}# Kể một câu chuyện\n\nHỏi một người trong nhà.\n`,
  'en/story.md': `${rubric('Can be checked', 'Clear', ['Good', 'Fair', 'Not yet'])}# Tell one story\n\nAsk somebody at home.\n`,
};

const taskIn = (slug: string) => `/courses/${slug}/assignments/story`;
export const task = taskIn('small');

/** A learner with a mentor, and another mentor beside them. */
export async function group(site: Site) {
  const together = await cohort(site);
  const hoa = await mentor(site, together, { full_name: 'Lê Thị Hoa' });
  const binh = await mentor(site, together, { full_name: 'Võ Văn Bình' });
  const lan = await learner(site);
  const member = await putIn(site, together, lan, hoa);
  return { ...{ hoa, binh, lan, member }, id: together.id, list: `/cohorts/${together.id}/submissions` };
}

interface Sent {
  id?: string;
  words?: string;
  link?: string;
}
type Uploads = Parameters<Client['upload']>[2];

export async function handIn(
  person: Client,
  { id = newId(), ...sent }: Sent,
  files: Uploads = null,
  slug = 'small',
): Promise<Page> {
  return person.upload(`${taskIn(slug)}/submissions`, { id, ...sent }, files);
}

/** Handed in on record. @returns its id */
export async function handedIn(
  person: Client,
  words = 'Bà tôi nhận được một tin nhắn.',
  files: Uploads = null,
  slug = 'small',
) {
  const id = newId();
  const page = await handIn(person, { id, words }, files, slug);
  if (page.status !== 303) throw new Error(`not handed in: ${page.status} ${page.body}`);
  return id;
}

interface Marks {
  levels?: [number, number];
  comment?: string;
  decision?: 'points' | 'return';
  supersedes?: string;
  id?: string;
}

export function marking({
  levels: [one, other] = [1, 1],
  comment = '',
  decision = 'points',
  supersedes = '',
  id = newId(),
}: Marks = {}) {
  const chosen = { 'level-1': String(one), 'level-2': String(other) };
  return { ...chosen, id, supersedes, comment, decision, 'remark-1': 'Có tên và ngày.', 'remark-2': '' };
}

/** Begins and marks. */
export async function mark(mentor: Client, list: string, submission: string, marks: Marks = {}): Promise<Page> {
  await mentor.post(`${list}/${submission}/claim`, { ok: '' });
  return mentor.post(`${list}/${submission}/markings`, marking(marks));
}

export const photo = (format: 'jpeg' | 'png' | 'webp' = 'jpeg', width = 1800, height = 600) =>
  sharp({ create: { width, height, channels: 3, background: '#1c2c57' } })
    .withExif({ IFD0: { Copyright: 'bí mật' }, IFD3: { GPSLatitudeRef: 'N' } })
    .toFormat(format)
    .toBuffer();

/** Reads a lesson, which together with the work completes the course. */
export async function readFirst(person: SignedIn): Promise<void> {
  await person.post('/courses/small/lessons/first/completion');
}
