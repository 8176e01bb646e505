import fc from 'fast-check';
import t from 'tap';
import { chance, longTail, scattered } from '../../server/simulation/chance.ts';
import { coursePackage } from '../../server/simulation/course-packages.ts';
import { fullName } from '../../server/simulation/names.ts';
import { settle, type World } from '../../server/simulation/neighbours.ts';
import { Rows } from '../../server/simulation/rows.ts';
import { drawCentre, drawCourse, spreadOf } from '../../server/simulation/spread.ts';
import type { Course } from '../../server/simulation/studies.ts';
import { plantTree } from '../../server/simulation/tree.ts';

const now = Date.parse('2026-11-23T05:00:00Z');
const ground = () => {
  let number = 1_000_000;
  return {
    root: { id: 'root', code: 'domdom' },
    places: [
      { code: '01', name: 'Hà Nội' },
      { code: '14', name: 'Sơn La' },
    ],
    secrets: { pin: 'p', password: 'w', recovery: '' },
    consent: '2026-11',
    nextNumber: () => number++,
  };
};

function written(seed: string): string {
  const spread = spreadOf(1_000_000);
  const rows = new Rows();
  const own = ground();
  const small = { ...spread, networks: 3, centres: 6 };
  const { centres } = plantTree(rows, chance(seed, 'tree'), small, own, now);
  const world: World = {
    ...own,
    spread,
    courses: Array.from({ length: 40 }, (_, number) => course(number)),
    centres,
    drawCourse: drawCourse({ ...spread, courses: 40 }),
    drawCentre: drawCentre(small),
    publicUrl: new URL('https://learn.example.org'),
    now,
  };
  for (const group of [0, 1, 2]) settle(rows, chance(seed, 'group', group), world, group);
  return [...rows.take()].map(({ name, text }) => `${name}\n${text}`).join('');
}

function course(number: number): Course {
  return {
    id: `course-${number}`,
    version_id: `version-${number}`,
    title: `Khoá ${number}`,
    hours: 2,
    valid_months: null,
    skills: [],
    provider: { code: 'domdom', name: 'Đom Đóm' },
    lessons: ['a', 'b', 'c'],
    quiz: {
      id: 'quiz',
      pass: 60,
      questions: ['1', '2', '3'].map((id) => ({ id, right: { choice: 0 }, wrong: [{ choice: 1 }] })),
    },
  };
}

t.test('The same seed makes the same rows, another one others', async (t) => {
  t.equal(written('one'), written('one'));
  t.not(written('one'), written('two'));
});

t.test('What is taken is not kept', async (t) => {
  const rows = new Rows();
  rows.add('mentors', { person_id: 'a\tb\\c\nd' });
  t.strictSame([...rows.take()], [{ name: 'mentors', columns: ['person_id'], text: 'a\\tb\\\\c\\nd\n' }]);
  t.strictSame([...rows.take()], []);
  t.equal(rows.counts.mentors, 1);
});

t.test('Courses are as many as learners ask for, and each is another', async (t) => {
  t.match(spreadOf(1_000_000), { courses: 10_000 });
  const packages = Array.from({ length: 30 }, (_, number) => coursePackage('x', number, 'domdom'));
  t.equal(new Set(packages.map(({ settings }) => settings.id)).size, 30);
  t.equal(new Set(packages.map(({ hash }) => hash)).size, 30);
  t.strictSame(packages[3], coursePackage('x', 3, 'domdom'));
});

t.test('A long tail draws the first most often, and every other too', async (t) => {
  const draw = longTail(20, 0.9);
  const random = chance('tail');
  const counts = new Array(20).fill(0);
  for (let turn = 0; turn < 20_000; turn += 1) counts[draw(random)] += 1;
  t.equal(counts.indexOf(Math.max(...counts)), 0);
  t.ok(Math.min(...counts) > 0);
});

t.test('Scattered numbers never meet', async () => {
  const code = (number: number) => scattered(number, 31n ** 8n, 104_395_301n);
  const learner = (number: number) => scattered(number, 900_000_000n, 610_612_417n);
  fc.assert(
    fc.property(fc.nat(160_000_000), fc.nat(160_000_000), (one, other) => {
      const isSame = one === other;
      return (code(one) === code(other)) === isSame && (learner(one) === learner(other)) === isSame;
    }),
  );
});

t.test('Names are of two words or more', async (t) => {
  const random = chance('names');
  const names = Array.from({ length: 500 }, () => fullName(random));
  for (const name of names) t.match(name, /^\p{Lu}\p{L}*( \p{Lu}\p{L}*)+$/u);
  t.ok(new Set(names).size > 300);
});
