import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readPackage } from '../../server/courses/package.ts';
import { pictureFault, type readPicture } from '../../server/courses/pictures.ts';
import { sentence } from '../../server/imports/importing.ts';
import { courseOf, type Told } from './craft/course.ts';
import { giveawayFaults } from './craft/giveaways.ts';
import { glossaryFaults } from './craft/glossaries.ts';
import { lessonFaults } from './craft/lessons.ts';
import { pictureFaults } from './craft/pictures.ts';
import { quizFaults } from './craft/quizzes.ts';
import { spellingFaults } from './craft/spelling.ts';

const rules = [lessonFaults, glossaryFaults, quizFaults, giveawayFaults, pictureFaults, spellingFaults];

/** What a good editor would send back, course by course: beside what keeps a package from being read, what keeps it from being good. */
export async function craftFaults(folder: string): Promise<string[]> {
  const name = basename(folder);
  const reading = await readPackage(folder, undrawn);
  if ('faults' in reading) return reading.faults.map((fault) => sentence(name, fault, 'en'));
  const course = courseOf(reading.package);
  const told = rules.flatMap((rule) => rule(course));
  return told.sort(byPlace).map(({ path, line, words }) => `${name}/${path}:${line}: ${words}`);
}

/** Drawing takes most of a reading, and says nothing of craft. */
async function undrawn(content: Buffer): ReturnType<typeof readPicture> {
  const fault = await pictureFault(content);
  const copy = { hash: '', format: 'png' as const, width: 1, height: 1, content: Buffer.alloc(0) };
  return fault ? { fault } : { picture: { copies: [copy] } };
}

function byPlace(one: Told, other: Told): number {
  return one.path === other.path ? one.line - other.line : one.path < other.path ? -1 : 1;
}

// `npm run check craft` looks at all courses; `node tests/checks/craft.ts courses/welcome` at one.
if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const folders = wanted.length > 0 ? wanted : globSync('courses/*/course.yaml').map(dirname).sort();
  for (const folder of folders) {
    const faults = await craftFaults(folder);
    for (const fault of faults) console.log(`courses/${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}
