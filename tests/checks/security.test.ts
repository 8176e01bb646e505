import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { project } from '../support/child.ts';

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 begins with: those of level 3 come after them. */
const sections: Record<string, number[]> = {
  1: [2, 9, 11, 3, 2],
  2: [3, 3, 4, 1],
  3: [0, 2, 4, 6, 5, 0, 2],
  4: [3, 1, 2, 4],
  5: [1, 3, 2, 3],
  6: [3, 12, 4, 4, 5, 3, 0, 4],
  7: [3, 4, 2, 5, 2, 2],
  8: [2, 3, 1, 1],
  9: [3, 4],
  10: [2, 2, 4, 11, 5, 2, 3],
  11: [2, 3, 3, 4, 1, 1],
  12: [3, 2, 4],
  13: [1, 5, 2, 5],
  14: [2, 4, 3],
  15: [3, 3, 7],
  16: [1, 5, 4, 3, 3],
  17: [1, 4, 2],
};
const required = Object.entries(sections).flatMap(([chapter, counts]) =>
  counts.flatMap((count, section) => Array.from({ length: count }, (_, at) => `${chapter}.${section + 1}.${at + 1}`)),
);

const text = readFileSync(join(project, 'server/security.md'), 'utf8');
const [before = '', open = ''] = text.split('\n## Open\n');
const rows = [...before.matchAll(/^\| ([\d., ]+) \| (.+) \| (.+) \|$/gm)].map(([, numbers = '', , proof = '']) => ({
  numbers: numbers.split(', ').flatMap(inFull),
  proof,
}));

/** `6.8` is every number of that section, `10` of that chapter. */
function inFull(number: string): string[] {
  const all = required.filter((one) => one === number || one.startsWith(`${number}.`));
  return all.length > 0 ? all : [number];
}

t.test('Every requirement of levels 1 and 2 has one line, and no line is of another', async (t) => {
  t.equal(required.length, 253);
  t.strictSame(rows.flatMap(({ numbers }) => numbers).sort(), required.sort());
});

t.test(
  'A line names what proves it, or says that it does not apply, or is open and stands in the list of those',
  async (t) => {
    for (const { numbers, proof } of rows) t.match(proof, /^`\S+`|^Does not apply: |^Open$/, numbers.join());
    const told = [...open.matchAll(/^- \*\*([\d., ]+)\*\*/gm)].flatMap(([, numbers = '']) =>
      numbers.split(', ').flatMap(inFull),
    );
    const untold = rows.filter(({ proof }) => proof === 'Open').flatMap(({ numbers }) => numbers);
    t.strictSame(told.sort(), untold.sort());
  },
);

t.test('Every file that is named is there', async (t) => {
  const named = [...text.matchAll(/`((?:server|tests|views|migrations)\/[^`\s]+|[\w-]+\.(?:md|json))`/g)].map(
    ([, path = '']) => path,
  );
  t.ok(named.filter((path) => path.endsWith('.test.ts')).length > 60);
  for (const path of new Set(named)) t.ok(existsSync(join(project, path)), path);
});
