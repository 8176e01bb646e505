import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { englishEase, sentencesOf, vietnameseEase } from '../../server/courses/reading-ease.ts';
import { project, temporaryFolder } from '../support/child.ts';
import { craftFaults } from './craft.ts';

const course = 'an-toan-tren-mang';

interface Planted {
  files: string[];
  spoil: (text: string) => string;
  told: RegExp;
}

/** Each in a place of its own, so that all are told of one spoilt course. */
const faults: Record<string, Planted> = {
  'a paragraph less than in the original': {
    files: ['en/passwords.md'],
    spoil: (text) => text.replace(/\n\n[A-Z][^\n]+(?=\n\n)/, ''),
    told: /en\/passwords\.md:\d+: the vi text has .* here/,
  },
  'a lesson that does not say what one will be able to do': {
    files: ['vi/two-step.md'],
    spoil: (text) => text.replace(/^Sau bài này/m, 'Trong bài này'),
    told: /vi\/two-step\.md:1: the lesson does not open with/,
  },
  'a lesson without a self-check': {
    files: ['vi/phishing.md'],
    spoil: (text) => text.replace('[!CHECK]', '[!NOTE]'),
    told: /vi\/phishing\.md:1: the lesson has no self-check/,
  },
  'a lesson without a line to remember': {
    files: ['vi/scams.md'],
    spoil: (text) => text.replace('[!REMEMBER]', '[!NOTE]'),
    told: /vi\/scams\.md:1: the lesson has no line to remember/,
  },
  'a lesson that one learns alone': {
    files: ['vi/updates.md'],
    spoil: (text) => text.replace('## Làm cùng', '## Tự làm'),
    told: /vi\/updates\.md:1: the lesson has no task with another person/,
  },
  'a sentence that has no end': {
    files: ['en/privacy.md'],
    spoil: (text) => `${text.trimEnd()} ${'and so on '.repeat(20)}\n`,
    told: /en\/privacy\.md:\d+: a sentence of \d+ words: at most 40/,
  },
  'the name of a file in place of what one sees': {
    files: ['vi/first-aid.md'],
    spoil: (text) => text.replace(/!\[[^\]]*\]/, '![first-aid.svg]'),
    told: /vi\/first-aid\.md:\d+: “first-aid\.svg” is the name of a file/,
  },
  'an alternative text that leaves out what is drawn': {
    files: ['en/first-aid.md'],
    spoil: (text) => text.replace(/!\[[^\]]*\]/, '![A helpful diagram.]'),
    told: /en\/first-aid\.md:\d+: the alternative text leaves out most of the words drawn/,
  },
  'a heavy picture with small letters': {
    files: ['images/passwords.vi.svg'],
    spoil: (text) =>
      text.replace(/font-size="\d+"/, 'font-size="9"').replace('</svg>', `<!-- ${'-.'.repeat(13_000)} --></svg>`),
    told: /images\/passwords\.vi\.svg:1: \d+ bytes: at most 25000\n.*svg:1: letters of 9 units/,
  },
  'a date and a number written as elsewhere': {
    files: ['vi/privacy.md'],
    spoil: (text) => `${text.trimEnd()} Ngày 22-11-2026, 1.5 lần.\n`,
    told: /vi\/privacy\.md:\d+: 22-11-2026: a date is written dd\/mm\/yyyy/,
  },
  'a wrong answer that nobody explains': {
    files: ['vi/inbox.gift'],
    spoil: (text) => text.replace(/(\n +~[^%#\n]+)#[^\n]+/, '$1'),
    told: /vi\/inbox\.gift:\d+: no feedback for the wrong answer/,
  },
  'a question without anything to take along': {
    files: ['en/locks.gift'],
    spoil: (text) => text.replace(/\n +####[^\n]+/, ''),
    told: /en\/locks\.gift:\d+: no general feedback/,
  },
  'an answer that another one swallows': {
    files: ['vi/final.gift'],
    spoil: (text) => text.replace('=%100%nhanh247.click#', '=%100%*nhanh247*#'),
    told: /vi\/final\.gift:\d+: the answer “nhanh247” earns 100 per cent in place of 50/,
  },
  'a right answer that is much the longest': {
    files: ['en/inbox.gift'],
    spoil: (text) => text.replace(/\n +=([^%#\n]+)#/, (option, words) => option.replace('#', `, ${words}, ${words}#`)),
    told: /en\/inbox\.gift:\d+: the right answer has \d+ characters, the longest other one \d+/,
  },
  'right answers that always stand first': {
    files: ['vi/final.gift', 'en/final.gift'],
    spoil: (text) => text.replace(/((?:\n {2}~[^%][^\n]*)+)(\n {2}=[^%][^\n]*)/g, '$2$1'),
    told: /vi\/final\.gift:1: over the whole course answer 1 is the right one in \d+ of \d+ questions/,
  },
  'a question that answers the one before it': {
    files: ['en/final.gift'],
    spoil: (text) => {
      const [, right = ''] = /\n {2}=(Call[^#]+)#/.exec(text) ?? [];
      return text.replace('[markdown]', `[markdown]${right}. `);
    },
    told: /en\/final\.gift:\d+: the question in line \d+ says the right answer/,
  },
  'statements that are all true': {
    files: ['vi/final.gift', 'vi/inbox.gift', 'vi/locks.gift', 'en/final.gift', 'en/inbox.gift', 'en/locks.gift'],
    spoil: (text) => text.replaceAll('{FALSE', '{TRUE'),
    told: /vi\/final\.gift:1: over the whole course “true” is right in (\d+) of \1 questions/,
  },
  'a short quiz that the certificate asks for': {
    files: ['course.yaml'],
    spoil: (text) => text.replace('quizzes: [final]', 'quizzes: [final, inbox]'),
    told: /vi\/inbox\.gift:\d+: 6 questions: at least 15/,
  },
  'a lesson without a competence': {
    files: ['course.yaml'],
    spoil: (text) => text.replace(/(key: updates.+), skills: .+ }/, '$1 }'),
    told: /course\.yaml:1: the lesson updates names no competence/,
  },
  'a fourth lesson before a quiz': {
    files: ['course.yaml'],
    spoil: (text) => text.replace(/(\n.+key: inbox,.+)(\n.+key: updates,.+)/, '$2$1'),
    told: /course\.yaml:1: \d lessons in a row without a quiz: at most 3/,
  },
  'a quiz before the words that it asks about are explained': {
    files: ['course.yaml'],
    spoil: (text) => {
      const [quiz = ''] = /\n[^\n]+key: locks,[^\n]+/.exec(text) ?? [];
      return text.replace(quiz, '').replace('items:', `items:${quiz}`);
    },
    told: /vi\/glossary\.yaml:\d+: “.+” is asked about in locks and explained later/,
  },
  'a term that languages explain in different lessons': {
    files: ['en/glossary.yaml'],
    spoil: (text) => {
      const entries = text.match(/^- .+$/gm) ?? [];
      const [first = '', last = ''] = [entries.at(0), entries.at(-1)];
      return text.replace(first, '\0').replace(last, first).replace('\0', last);
    },
    told: /en\/glossary\.yaml:\d+: “.+” is explained in .+, in vi in /,
  },
};

t.test('A sound course passes, and each thing that an editor would send back is told by file and line', async (t) => {
  const folder = await copyOf(t);
  t.strictSame(await craftFaults(folder), []);
  for (const [name, { files, spoil }] of Object.entries(faults)) {
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8');
      t.not(spoil(text), text, `${name}: ${file}`);
      await writeFile(join(folder, file), spoil(text));
    }
  }
  const told = (await craftFaults(folder)).join('\n');
  for (const [name, fault] of Object.entries(faults)) t.match(told, fault.told, name);
});

t.test('What keeps a course from being read at all is told in its place', async (t) => {
  const folder = await copyOf(t);
  await writeFile(join(folder, 'vi/final.gift'), '::No answer::[markdown]Why? {\n');
  t.match((await craftFaults(folder)).join('\n'), /^an-toan-tren-mang\/vi\/final\.gift:1: /m);
});

t.test('Ease is measured by sentence in Vietnamese, and by Flesch in English', async (t) => {
  t.strictSame(sentencesOf('Một hai. “Ba bốn năm?” Sáu: bảy tám'), ['Một hai.', '“Ba bốn năm?', 'Sáu:', 'bảy tám']);
  t.equal(vietnameseEase(['Một hai ba. Bốn năm.']), 2.5);
  t.ok(englishEase(['The cat sat on the mat.']) > 100);
  t.ok(englishEase(['Institutional considerations necessitate comprehensive organisational reconfiguration.']) < 0);
});

async function copyOf(t: Test): Promise<string> {
  const folder = join(await temporaryFolder(t), course);
  await cp(join(project, 'courses', course), folder, { recursive: true });
  return folder;
}
