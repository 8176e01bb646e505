import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { checkPackage, type PackageReading, readPackage } from '../../server/courses/package.ts';
import { readFolder } from '../../server/courses/package-files.ts';
import { readPathFile } from '../../server/paths/path-file.ts';
import { languages, translators } from '../../server/platform/i18n.ts';
import { courseFolder, type Files, soundCourse } from './folder.ts';

const toldCodes = new Set<string>();

async function faultsIn(folder: string): Promise<string[]> {
  return told(await readPackage(folder));
}

/** Each as `file:line code`. A fault that has no sentence in some language throws. */
function told(reading: PackageReading): string[] {
  return ('faults' in reading ? reading.faults : []).map(({ file, line, code, values }) => {
    toldCodes.add(code);
    for (const language of languages) translators[language](`package.${code}`, values);
    return `${file}${line === null ? '' : `:${line}`} ${code}`;
  });
}

function tells(title: string, changes: Files, faults: string[]): void {
  t.test(`is told: ${title}`, async (t) => {
    t.strictSame(await faultsIn(await courseFolder(t, changes)), faults);
  });
}

function edited(path: keyof typeof soundCourse, from: string, to: string): Files {
  if (!soundCourse[path].includes(from)) throw new Error(`${path} does not say ${from}`);
  return { [path]: soundCourse[path].replace(from, () => to) };
}

const settings = (from: string, to: string) => edited('course.yaml', from, to);
const lesson = (...lines: string[]): Files => ({ 'vi/first.md': ['# Bài đầu', ...lines, ''].join('\n') });
const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6"/></svg>';
const questions = (...lines: string[]): Files => {
  const text = ['// [id:q1]', '::Một::[markdown]Một cộng một?{=Hai~Ba}', '', ...lines, ''].join('\n');
  return { 'vi/final.gift': text, 'en/final.gift': text };
};

t.test('a sound course has no fault', async (t) => {
  t.strictSame(await faultsIn(await courseFolder(t)), []);
});

t.test('what systems leave behind and a README are no part of a course', async (t) => {
  const folder = await courseFolder(t, {
    'README.md': 'x',
    '.git/config': 'x',
    'vi/.DS_Store': 'x',
    'images/Thumbs.db': 'x',
  });
  t.strictSame(await faultsIn(folder), []);
});

// The folder
tells('a file that no item names', { 'notes.txt': 'x', 'vi/extra.md': '# Thêm\n\nChữ.\n' }, [
  'notes.txt file_unused',
  'vi/extra.md file_unused',
]);
tells('no course.yaml', { 'course.yaml': null }, ['course.yaml file_missing']);
tells('folders in folders in folders', { 'vi/a/b/c/d.md': 'x' }, ['vi/a/b folder_too_deep']);
tells(
  'names that are one where capitals do not count',
  {
    'images/a.svg': drawing,
    'images/A.svg': drawing,
    ...lesson('![Khung](../images/a.svg) ![Khung](../images/A.svg)'),
  },
  ['images/a.svg file_name_clash'],
);
tells('a text too long', lesson('x'.repeat(1_000_001)), ['vi/first.md file_too_large']);
tells(
  'a text in another encoding, at its line',
  { 'vi/first.md': Buffer.from('# Bài đầu\n\nĐúng\nb\xe0i\n', 'latin1') },
  ['vi/first.md:1 text_not_utf8'],
);

t.test('is told: a folder that is not there', async (t) => {
  t.strictSame(await faultsIn(join(await courseFolder(t), 'nowhere')), ['. folder_missing']);
  t.strictSame(await faultsIn(join(await courseFolder(t), 'course.yaml')), ['. folder_missing']);
});

t.test('is told: a link, which is not followed', async (t) => {
  const folder = await courseFolder(t, { 'en/first.md': null });
  await symlink('/etc/passwd', join(folder, 'en/first.md'));
  await symlink('..', join(folder, 'en/loop'));
  t.strictSame(await faultsIn(folder), ['en/first.md file_is_link', 'en/loop file_is_link']);
});

t.test('is told: too many files, or too much in them, before more is read', async (t) => {
  const folder = await courseFolder(t);
  const within = async (limits: { entries: number; bytes: number }) =>
    told(await checkPackage(await readFolder(folder, limits)));
  t.strictSame(await within({ entries: 8, bytes: 1e6 }), ['. too_many_files']);
  t.strictSame(await within({ entries: 9, bytes: 500 }), ['. package_too_large']);
  t.strictSame(await within({ entries: 9, bytes: 1e6 }), []);
});

t.test('is told: what is no file, without waiting for it', async (t) => {
  const folder = await courseFolder(t, { 'en/first.md': null });
  const socket = createServer().listen(join(folder, 'en/first.md'));
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  t.strictSame(await faultsIn(folder), ['en/first.md file_unreadable']);
});

// Quizzes with a time limit, and drawn ones
tells('a time limit that is none', settings('pass: 70', 'pass: 70, time_limit: 0'), [
  'course.yaml:15 setting_time_limit',
]);
tells('a time limit shorter than the quiz takes', settings('pass: 70', 'pass: 70, time_limit: 2'), [
  'course.yaml:15 time_limit_short',
]);
for (const draw of [
  '5',
  '[]',
  '[5]',
  '[{ count: 0 }]',
  '[{ tag: x }]',
  '[{ level: [1], count: 1 }]',
  '[{ count: 1, of: x }]',
])
  tells(`a draw that is none: ${draw}`, settings('pass: 70', `pass: 70, draw: ${draw}`), [
    'course.yaml:15 setting_draw',
  ]);
const drawnQuiz = (draw: string, ...lines: string[]): Files => ({
  ...settings(
    '  - { key: final, kind: quiz, minutes: 3, pass: 70 }',
    `  - key: final\n    kind: quiz\n    minutes: 3\n    pass: 70\n    draw:\n${draw}`,
  ),
  ...questions(...lines),
});
tells(
  'a draw that asks for more than there is, at its own line',
  drawnQuiz(
    '      - { count: 1, level: 1 }\n      - { count: 2, tag: x }',
    '// [id:q2] [tag:x]',
    '::Hai::[markdown]Đúng?{T}',
  ),
  ['course.yaml:20 draw_too_few', 'course.yaml:21 draw_too_few', 'vi/final.gift:2 draw_none'],
);
tells(
  'a question of two draws',
  drawnQuiz('      - { count: 1 }\n      - { count: 1, tag: x }', '// [id:q2] [tag:x]', '::Hai::[markdown]Đúng?{T}'),
  ['vi/final.gift:5 draw_two'],
);
tells(
  'an essay that only some would get',
  drawnQuiz('      - { count: 1 }', '// [id:q2]', '::Hai::[markdown]Kể đi.{}'),
  ['vi/final.gift:5 draw_essay'],
);
tells(
  'no draw at all, nor an essay that all get',
  drawnQuiz('      - { count: 2 }', '// [id:q2]', '::Hai::[markdown]Kể đi.{}'),
  [],
);

const testedCourse = (items: string[], quizzes: Record<string, string>): Files => ({
  'course.yaml': soundCourse['course.yaml']
    .replace('  quizzes: [final]\n', '')
    .replace(/items:\n[\s\S]*/, `items:\n${items.map((item) => `  - { ${item} }\n`).join('')}`),
  ...Object.fromEntries(
    Object.entries(quizzes).flatMap(([key, text]) => ['vi', 'en'].map((language) => [`${language}/${key}.gift`, text])),
  ),
});
const lessonItem = 'key: first, kind: lesson, minutes: 5';
const quizItem = (key: string, role: string) => `key: ${key}, kind: quiz, minutes: 3, pass: 70, role: ${role}`;
const plainQuiz = '// [id:x]\nMột?{TRUE}\n';
tells('a role and hints that are none', settings('pass: 70 }', 'pass: 70, role: exam, hints: x }'), [
  'course.yaml:15 setting_hints',
  'course.yaml:15 setting_role',
]);
tells(
  'a test before the lessons that stands after one, is required, and is taken again',
  settings('pass: 70 }', 'pass: 70, attempts: 3, role: pre-test }'),
  ['course.yaml:12 pre_test_required', 'course.yaml:15 pre_test_late', 'course.yaml:15 pre_test_attempts'],
);
tells('a test after the lessons alone', settings('pass: 70 }', 'pass: 70, role: post-test }'), [
  'course.yaml:15 post_test_alone',
]);
tells(
  'one after the lessons before them, and a second one before',
  testedCourse(
    [quizItem('before', 'pre-test'), quizItem('after', 'post-test'), lessonItem, quizItem('final', 'pre-test')],
    { before: plainQuiz, after: plainQuiz },
  ),
  ['course.yaml:14 post_test_early', 'course.yaml:16 role_repeated'],
);
tells(
  'an essay before the lessons',
  testedCourse([quizItem('final', 'pre-test'), lessonItem], { final: `${plainQuiz}\n// [id:y]\nKể đi.{}\n` }),
  ['vi/final.gift:5 pre_test_essay'],
);

// course.yaml: how it is written
tells('broken YAML, at its line', settings('level: basic', 'level: "basic'), ['course.yaml:4 yaml']);
tells('an alias', settings('languages: [vi, en]', 'languages: &all [vi, en]\nnotes: *all'), ['course.yaml:7 yaml']);
tells('a key twice', settings('level: basic', 'topic: data'), ['course.yaml:4 yaml_same_key']);
tells('a tab', settings('  quizzes:', '\tquizzes:'), ['course.yaml:12 yaml_tab']);
tells('text that is no settings', { 'course.yaml': 'Khoá nhỏ\n' }, ['course.yaml:1 yaml_no_keys']);
tells('settings without end', { 'course.yaml': 'a'.repeat(100_001) }, ['course.yaml:1 yaml_too_long']);
tells('nested lists that would fill the memory', { 'course.yaml': '['.repeat(10_000) }, ['course.yaml:1 yaml']);

// course.yaml: what it says
tells('an unknown key', settings('level: basic', 'level: basic\nprice: 3'), ['course.yaml:5 key_unknown']);
tells('missing keys', settings('licence: CC-BY-4.0\nskills: [tt02-2025:1.1]\n', ''), [
  'course.yaml:1 key_missing',
  'course.yaml:1 key_missing',
]);
tells('an id that is not the name of the folder', settings('id: small', 'id: smaller'), [
  'course.yaml:2 id_not_folder',
]);
tells(
  'values that do not fit, each at its line',
  {
    'course.yaml': `format: 2
id: Small
topic: cooking
level: easy
hours: 0
languages: [vi, Tiếng Anh]
provider: Đom Đóm
licence: ""
skills: tt02-2025:1.1
completion:
  lessons: some
  quizzes: final
items:
  - { key: first, kind: lesson, minutes: 2.5 }
  - { key: Bài Cuối, kind: quiz, minutes: 3, pass: 0,
      attempts: none, shuffle: maybe,
      accents: some,
      case: some }
  - { key: other, kind: test, minutes: 3 }
  - course
`,
  },
  [
    'course.yaml:1 setting_format',
    'course.yaml:2 setting_id',
    'course.yaml:2 id_not_folder',
    'course.yaml:3 setting_topic',
    'course.yaml:4 setting_level',
    'course.yaml:5 setting_hours',
    'course.yaml:6 setting_languages',
    'course.yaml:7 setting_provider',
    'course.yaml:8 setting_licence',
    'course.yaml:9 setting_skills',
    'course.yaml:11 setting_lessons',
    'course.yaml:12 setting_quizzes',
    'course.yaml:14 setting_minutes',
    'course.yaml:15 setting_key',
    'course.yaml:15 setting_pass',
    'course.yaml:16 setting_attempts',
    'course.yaml:16 setting_shuffle',
    'course.yaml:17 setting_accents',
    'course.yaml:18 setting_case',
    'course.yaml:19 setting_kind',
    'course.yaml:20 setting_items',
  ],
);
tells('hours with two decimals', settings('hours: 1.5', 'hours: 1.25'), ['course.yaml:5 setting_hours']);
tells('a language twice', settings('[vi, en]', '[vi, en, en]'), ['course.yaml:6 setting_languages']);
tells('an item called course', settings('key: first', 'key: course'), [
  'course.yaml:14 setting_key',
  'en/final.gift:2 question_lesson_unknown',
  'vi/final.gift:4 question_lesson_unknown',
]);
tells('a completion that is no rule', settings('completion:\n  lessons: all\n  quizzes: [final]', 'completion: all'), [
  'course.yaml:10 setting_completion',
]);
tells(
  'one key for two items',
  settings('  - { key: final', '  - { key: first, kind: lesson, minutes: 5 }\n  - { key: final'),
  ['course.yaml:15 item_key_repeated'],
);
tells('a code that the framework lacks', settings('[tt02-2025:1.1]', '[tt02-2025:9.9]'), [
  'course.yaml:9 skill_code_unknown',
]);
tells('an unknown framework of an item', settings('[digcomp-3.0:1.1]', '[digcomp:1.1]'), [
  'course.yaml:14 skill_framework_unknown',
]);
tells(
  'a completion rule that names no item',
  settings('lessons: all\n  quizzes: [final]', 'lessons: [second]\n  quizzes:\n    - final\n    - first'),
  ['course.yaml:11 completion_unknown_lesson', 'course.yaml:14 completion_unknown_quiz'],
);
tells('a completion rule that asks for nothing', settings('lessons: all\n  quizzes: [final]', 'lessons: []'), [
  'course.yaml:10 completion_empty',
]);

// Which texts there are
tells(
  'an item without a file',
  settings('  - { key: final', '  - { key: second, kind: lesson, minutes: 5 }\n  - { key: final'),
  ['course.yaml:15 item_without_file'],
);
tells('an item that one language lacks', { 'en/first.md': null, 'vi/final.gift': null }, [
  'en/first.md translation_missing',
  'vi/final.gift translation_missing',
]);
tells('a language without a description', { 'en/course.md': null }, ['en/course.md file_missing']);
tells('a quiz where a lesson should be', { 'vi/first.md': null, 'vi/first.gift': 'x' }, [
  'vi/first.gift file_unused',
  'vi/first.md translation_missing',
]);

// Texts
tells('an invisible control character', lesson('', 'Chữ', 'bị \0 hỏng'), ['vi/first.md:4 text_control_character']);
tells('a character that turns the direction of writing', lesson('', 'exe\u202egnp.txt'), [
  'vi/first.md:3 text_control_character',
]);
tells('a description without front matter', { 'vi/course.md': 'Lời giới thiệu.\n' }, [
  'vi/course.md:1 front_matter_missing',
]);
tells(
  'front matter that does not fit',
  { 'vi/course.md': '---\ntitle: ""\nsummary: [a]\noutcomes: []\nprice: 3\n---\n' },
  [
    'vi/course.md:2 setting_title',
    'vi/course.md:3 setting_summary',
    'vi/course.md:4 setting_outcomes',
    'vi/course.md:5 key_unknown',
  ],
);
tells('front matter that is no YAML', { 'vi/course.md': '---\ntitle: Mạng: an toàn\n---\n' }, ['vi/course.md:2 yaml']);
tells('a lesson without a title', { 'vi/first.md': 'Một hai ba.\n' }, ['vi/first.md:1 title_line_missing']);
tells('a lesson with nothing in it', lesson(''), ['vi/first.md lesson_empty']);
tells('headings that jump, are empty or second titles', lesson('', '### Sâu', '', '##', '', '# Tên'), [
  'vi/first.md:3 heading_gap',
  'vi/first.md:5 heading_empty',
  'vi/first.md:7 heading_second_title',
]);
tells('what is nested without end', lesson('> '.repeat(200)), ['vi/first.md:2 nested_too_deep']);
tells(
  'boxes that are wrong',
  lesson('> [!WARNING] Chữ', '', '> [!NOTE]', '', '> [!CHECK]', '> ---', '> Đáp', '', '> [!CHECK] Hỏi?'),
  [
    'vi/first.md:2 box_unknown',
    'vi/first.md:4 box_empty',
    'vi/first.md:6 check_without_question',
    'vi/first.md:10 check_without_answer',
  ],
);
tells(
  'links that lead nowhere',
  lesson(
    'Dòng',
    '[a](javascript:alert(1)) và',
    '[b](DATA:text/html,x)',
    '[c](second.md) [d](first.md#khong-co)',
    '[e](#khong-co) [](https://a.vn) [f](final.gift#x)',
  ),
  [
    'vi/first.md:3 link_forbidden',
    'vi/first.md:4 link_forbidden',
    'vi/first.md:5 link_unknown',
    'vi/first.md:5 link_place_unknown',
    'vi/first.md:6 link_place_unknown',
    'vi/first.md:6 link_without_words',
    'vi/first.md:6 link_place_unknown',
  ],
);

// Pictures
tells(
  'pictures that are missing, elsewhere, without alternative text, or inside a link',
  {
    'images/a.svg': drawing,
    ...lesson(
      '![Một](../images/b.svg) và ![Hai](a.svg)',
      '![Ba](https://a.vn/a.png) và ![](../images/a.svg)',
      '[![Bốn](../images/a.svg)](https://a.vn)',
      '![Năm](../images/../../../etc/passwd)',
    ),
  },
  [
    'vi/first.md:2 image_missing',
    'vi/first.md:2 image_missing',
    'vi/first.md:3 image_elsewhere',
    'vi/first.md:3 image_without_alt',
    'vi/first.md:4 image_in_link',
    'vi/first.md:5 image_missing',
  ],
);
tells(
  'a picture that no text uses, and what is no picture',
  { 'images/a.svg': drawing, 'images/b.pdf': 'x', 'images/c/d.svg': drawing },
  ['images/a.svg image_unused', 'images/b.pdf image_kind', 'images/c/d.svg image_kind'],
);
tells('a picture that cannot be opened, once', { 'images/a.png': 'x', ...lesson('![A](../images/a.png)') }, [
  'images/a.png image_unreadable',
]);
tells(
  'a drawing that is not sealed, at its line',
  { 'images/a.svg': drawing.replace('>', '>\n<script>x</script>'), ...lesson('![A](../images/a.svg)') },
  ['images/a.svg:2 svg_unsafe'],
);
tells(
  'a picture too tall',
  { 'images/a.svg': drawing.replace('0 0 8 6', '0 0 8 60'), ...lesson('![A](../images/a.svg)') },
  ['images/a.svg image_too_tall'],
);
tells(
  'a picture of too many pixels',
  {
    'images/a.svg': drawing.replace('viewBox', 'width="9000" height="9000" viewBox'),
    ...lesson('![A](../images/a.svg)'),
  },
  ['images/a.svg image_too_many_pixels'],
);
tells(
  'more pictures than a course can need',
  Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`images/${index}.pdf`, 'x'])),
  ['images too_many_images', ...Array.from({ length: 301 }, (_, index) => `images/${index}.pdf file_unused`).sort()],
);

// Quizzes
tells(
  'a quiz that cannot be passed',
  { 'vi/final.gift': '// [id:q1]\nChỉ có chữ.\n', 'en/final.gift': '// [id:q1]\nOnly words.\n' },
  ['en/final.gift quiz_empty', 'vi/final.gift quiz_empty'],
);
tells('questions without id', questions('Không mã{TRUE}'), [
  'en/final.gift:4 question_without_id',
  'vi/final.gift:4 question_without_id',
]);

/** What is wrong with one question is told at its line in both languages. */
function tellsOfQuestion(title: string, question: string, ...faults: string[]): void {
  const lines = question.split('\n');
  tells(
    title,
    questions('// [id:q2]', ...lines),
    ['en', 'vi'].flatMap((language) => faults.map((fault) => `${language}/final.gift:${fault}`)),
  );
}

tellsOfQuestion(
  'a lesson to read again that is not there',
  '// [tag:lesson:second]\nHai?{TRUE}',
  '6 question_lesson_unknown',
);
tellsOfQuestion('a hint without words', '// [hint:]\nHai?{TRUE}', '6 question_hint_empty');
tellsOfQuestion('a hint where nothing is asked', '// [hint:x]\nHai.', '6 question_hint_unasked');
tellsOfQuestion('a hint without end', '// [hint:x\nHai?{TRUE}', '6 gift_hint_open');
tellsOfQuestion('a heading in a question', '[markdown]Hai?\n## Ba{TRUE}', '5 question_heading');
tellsOfQuestion('a picture in html', '[html]<img src="x">Hai?{TRUE}', '5 question_html_image');
tellsOfQuestion(
  'a broken link in a question',
  '[markdown]Hai?{TRUE#[Đọc](second.md) lại\\: [ở đây](first.md\\#x)}',
  '5 link_unknown',
  '5 link_place_unknown',
);
tellsOfQuestion('a question without words', '::Hai::{TRUE}', '5 question_no_text');
tellsOfQuestion('one option', 'Hai?{~%100%Một}', '5 question_few_options');
tellsOfQuestion('one pair', 'Hai?{=a -> b}', '5 question_few_matches');
tellsOfQuestion('no right answer', 'Hai?{~Một~Ba}', '5 question_no_right_answer');
tellsOfQuestion('no full marks', 'Hai?{=%50%Một}', '5 question_not_full_marks');
tellsOfQuestion('full marks for ticking all', 'Hai?{~%100%Một~%50%Hai~%-50%Ba}', '5 question_everything_ticked');
tellsOfQuestion('an answer that is too long to type', `Hai?{=${'x'.repeat(1000)}}`, '5 question_answer_untypable');

tellsOfQuestion('a broken character', 'Hai\ufffd?{TRUE}', '5 gift_broken_character');
tellsOfQuestion('an open title', '::Hai?{TRUE}', '5 gift_title_open');
tellsOfQuestion('a brace that opens nothing', 'Hai?\n}', '6 gift_no_opening_brace');
tellsOfQuestion('a brace that closes nothing', 'Hai?{=Một', '5 gift_no_closing_brace');
tellsOfQuestion('a brace in the answers', 'Hai?{=Một {\n=Ba}', '5 gift_brace_in_answers');
tellsOfQuestion('answers twice', 'Hai?{=Một} hay {=Ba}', '5 gift_second_answers');
tellsOfQuestion('an unknown type', 'Hai là {1:MULTIRESPONSE:=2}.', '5 gift_unknown_type');
tellsOfQuestion('a share too large', 'Hai là {500:SHORTANSWER:=2}.', '5 gift_share');
tellsOfQuestion('one line to put in order', 'Hai?{>tạo ảnh}', '5 question_few_items');
tellsOfQuestion('two lines alike to put in order', 'Hai?{>\nMột\nHai\nMột\n}', '5 question_same_items');
tellsOfQuestion('text before the answers', 'Hai?{Chọn\n=Một~Ba}', '5 gift_text_before_answers');
tellsOfQuestion('an empty answer', 'Hai?{=Một\n~}', '6 gift_empty_answer');
tellsOfQuestion('a hundred and one answers', `Hai?{=x${'~a'.repeat(100)}}`, '5 gift_too_many_answers');
tellsOfQuestion('a weight too large', 'Hai?{~%150%Một}', '5 gift_weight');
tellsOfQuestion('no number', 'Hai?{#hai}', '5 gift_number');
tellsOfQuestion('a number left out', 'Hai?{#}', '5 gift_no_number');
tellsOfQuestion('a pair without an arrow', 'Hai?{=a -> b\n=c}', '6 gift_no_arrow');
tellsOfQuestion('a pair without a match', 'Hai?{=a -> b\n=c -> }', '6 gift_no_match');
tellsOfQuestion('an id twice', 'Hai?{TRUE}\n\n// [id:q2]\nBa?{TRUE}', '8 gift_same_id');

t.test('is told: the first of very many broken questions', async (t) => {
  const faults = await faultsIn(await courseFolder(t, questions(...Array.from({ length: 2000 }, () => 'x}\n'))));
  t.ok(faults.at(-1)?.endsWith('gift_too_many_faults'));
});

// Two languages, one quiz
function tellsOfPair(title: string, vi: string, en: string, ...faults: string[]): void {
  tells(
    title,
    { 'vi/final.gift': `// [id:a]\n${vi}\n`, 'en/final.gift': `// [id:a]\n${en}\n` },
    faults.map((fault) => `en/final.gift:${fault}`),
  );
}

tellsOfPair('a question that is not translated', 'Một?{TRUE}\n\n// [id:b]\nHai?{TRUE}', 'One?{TRUE}', '2 pair_missing');
tellsOfPair(
  'a question that only the translation has',
  'Một?{TRUE}',
  'One?{TRUE}\n\n// [id:b]\nTwo?{TRUE}',
  '5 pair_unknown',
);
tellsOfPair('another type', 'Một?{TRUE}', 'One?{=Yes}', '2 pair_type');
tellsOfPair('another number of options', 'Một?{=a~b}', 'One?{=a~b~c}', '2 pair_count');
tellsOfPair('another number of hints', '// [hint:x]\nMột?{TRUE}', 'One?{TRUE}', '2 pair_hints');
tellsOfPair('other weights', 'Một?{=a~b}', 'One?{~a=b}', '2 pair_weight', '2 pair_weight');
tellsOfPair('another answer', 'Một?{TRUE}', 'One?{FALSE}', '2 pair_answer');
tellsOfPair('other pairs', 'Một?{=a -> x\n=b -> y\n=c -> x}', 'One?{=a -> x\n=b -> y\n=c -> z}', '2 pair_matches');
tells(
  'questions in another order',
  {
    'vi/final.gift': '// [id:a]\nMột?{TRUE}\n\n// [id:b]\nHai?{TRUE}\n',
    'en/final.gift': '// [id:b]\nTwo?{TRUE}\n\n// [id:a]\nOne?{TRUE}\n',
  },
  ['en/final.gift:2 pair_order'],
);

// The glossary
const one = '- { term: Một, meaning: Số đầu tiên. }';
const oneInEnglish = '- { term: one, meaning: The first number. }';
function tellsOfGlossary(title: string, vi: string, en: string, ...faults: string[]): void {
  tells(`the glossary: ${title}`, { 'vi/glossary.yaml': `${vi}\n`, 'en/glossary.yaml': `${en}\n` }, faults);
}

const vi = 'vi/glossary.yaml';
const en = 'en/glossary.yaml';
tellsOfGlossary('none, when all is well', one, oneInEnglish);
tellsOfGlossary('no list', 'Một: số', oneInEnglish, `${vi}:1 glossary_no_list`);
tellsOfGlossary('broken YAML', '- { term: Một', oneInEnglish, `${vi}:2 yaml`);
tellsOfGlossary('no term', `${one}\n- { meaning: Số hai. }`, oneInEnglish, `${vi}:2 key_missing`);
tellsOfGlossary('no meaning', `${one}\n- { term: Hai }`, oneInEnglish, `${vi}:2 key_missing`);
tellsOfGlossary('an empty term', '- { term: " ", meaning: Số. }', oneInEnglish, `${vi}:1 setting_term`);
tellsOfGlossary('no words in a meaning', '- { term: Một, meaning: "" }', oneInEnglish, `${vi}:1 setting_meaning`);
tellsOfGlossary(
  'forms that are no list',
  `- { term: Một, meaning: Số., forms: mốt }`,
  oneInEnglish,
  `${vi}:1 setting_forms`,
);
tellsOfGlossary(
  'a key that nobody knows',
  '- { term: Một, meaning: Số., form: mốt }',
  oneInEnglish,
  `${vi}:1 key_unknown`,
);
tellsOfGlossary(
  'a term twice, also as a form in other letters',
  `${one}\n- { term: Hai, meaning: Số hai., forms: [MỘT] }`,
  `${oneInEnglish}\n- { term: two, meaning: The next number. }`,
  `${vi}:2 glossary_repeated`,
);
tellsOfGlossary(
  'more terms than the original has',
  one,
  `${oneInEnglish}\n- { term: two, meaning: The next number. }`,
  `${en}:2 glossary_count`,
);
tellsOfGlossary(
  'a term that no lesson has',
  one,
  '- { term: four, meaning: A number. }',
  `${en}:1 glossary_term_unused`,
);
tells('a glossary in one language alone', { [vi]: `${one}\n` }, [`${en} translation_missing`]);
tells(
  'a term that stands in headings, links, code and the words of pictures alone',
  {
    [vi]: '- { term: bốn, meaning: Một số. }\n',
    [en]: `${oneInEnglish}\n`,
    'vi/first.md': '# Bài đầu\n\n## bốn\n\n[bốn](first.md) `bốn`\n\n    bốn\n\n![bốn](../images/a.svg)\n',
    'images/a.svg': drawing,
  },
  [`${vi}:1 glossary_term_unused`],
);

// The learning paths
const rubric = (...lines: string[]) =>
  ['---', 'rubric:', ...lines, '---', '', '# Bài tập', '', 'Làm thử.', ''].join('\n');
const clear = ['  - criterion: Rõ', '    levels:', '      2: Rõ ràng.', '      0: Chưa rõ.'];
const whole = rubric(...clear);
const assignment = (vi: string, en = vi, settings = 'pass: 60, hand_in: [text]'): Files => ({
  ...edited('course.yaml', 'quizzes: [final]', 'quizzes: [final]\n  assignments: [task]'),
  'course.yaml': `${edited('course.yaml', 'quizzes: [final]', 'quizzes: [final]\n  assignments: [task]')['course.yaml']}  - { key: task, kind: assignment, minutes: 20, ${settings} }\n`,
  'vi/task.md': vi,
  'en/task.md': en,
});

tells('an assignment: nothing, when all is well', assignment(whole), []);
tells('an assignment without a rubric', assignment('# Bài tập\n\nLàm thử.\n', whole), ['vi/task.md:1 rubric_missing']);
tells('an assignment without a title, and without a task', assignment('---\nrubric: []\n---\n\n', whole), [
  'vi/task.md lesson_empty',
  'vi/task.md:1 title_line_missing',
  'vi/task.md:2 setting_rubric',
]);
tells(
  'a criterion without a name, with one level alone, and a key that nobody knows',
  assignment(rubric('  - criterion: ""', '    levels:', '      1: Được.', '    weight: 3'), whole),
  ['vi/task.md:3 setting_criterion', 'vi/task.md:4 setting_levels', 'vi/task.md:6 key_unknown'],
);
tells(
  'levels without whole points or words',
  assignment(rubric('  - criterion: Rõ', '    levels:', '      1.5: Được.', '      101: Quá.', '      0:'), whole),
  ['vi/task.md:5 level_points', 'vi/task.md:6 level_points', 'vi/task.md:7 level_text'],
);
tells(
  'the same points twice',
  assignment(rubric('  - criterion: Rõ', '    levels:', '      1: Được.', '      1: Chưa.'), whole),
  ['vi/task.md:6 yaml_same_key'],
);
tells('a translation with other points', assignment(whole, whole.replace('      2:', '      3:')), [
  'en/task.md:3 rubric_points',
]);
tells('a translation with another number of criteria', assignment(rubric(...clear, ...clear), whole), [
  'en/task.md:1 rubric_count',
]);
tells('an assignment that nobody can pass or hand in', assignment(whole, whole, 'pass: 0, hand_in: [post]'), [
  'course.yaml:17 setting_pass',
  'course.yaml:17 setting_hand_in',
]);
tells(
  'the completion rule: assignments that are not there, or no list',
  settings('quizzes: [final]', 'quizzes: [final]\n  assignments: [first]'),
  ['course.yaml:13 completion_unknown_assignment'],
);
tells(
  'the completion rule: assignments that are no list',
  settings('quizzes: [final]', 'quizzes: [final]\n  assignments: all'),
  ['course.yaml:13 setting_assignments'],
);

tells(
  'a sign-off that is neither asked for nor not',
  settings('quizzes: [final]', 'quizzes: [final]\n  sign_off: often'),
  ['course.yaml:13 setting_sign_off'],
);
tells(
  'a completion rule that asks for a sign-off of nothing',
  settings('lessons: all\n  quizzes: [final]', 'lessons: []\n  sign_off: true'),
  ['course.yaml:10 completion_empty'],
);

const pathFile = (changes: Record<string, string> = {}) => {
  const text = { title: 'title: Đường', summary: 'summary: Một câu.', about: 'about: Vài câu.', ...changes };
  const texts = `{ ${text.title}, ${text.summary}, ${text.about} }`;
  const {
    id = 'id: mot',
    language = `vi: ${texts}`,
    courses = 'courses: [{ course: a }, { course: b, after: [a] }]',
  } = changes;
  return `format: 1\npaths:\n  - ${id}\n    provider: domdom\n    texts:\n      ${language}\n      en: ${texts}\n    ${courses}\n`;
};
function tellsOfPaths(title: string, source: string, ...faults: string[]): void {
  t.test(`is told: the paths: ${title}`, (t) => {
    const reading = { faults: readPathFile(source).faults.map((fault) => ({ file: 'paths.yaml', ...fault })) };
    t.strictSame(
      told(reading),
      faults.map((fault) => `paths.yaml:${fault}`),
    );
    t.end();
  });
}

tellsOfPaths('nothing, when all is well', pathFile());
tellsOfPaths('no list', 'format: 1\npaths: none\n', '2 setting_paths');
tellsOfPaths('an id that is no address', pathFile({ id: 'id: Đường' }), '3 setting_id');
tellsOfPaths('an id twice', `${pathFile()}${pathFile().replace(/^.*\n.*\n/, '')}`, '9 path_repeated');
tellsOfPaths('no title', pathFile({ title: 'title: ""' }), '6 setting_title', '7 setting_title');
tellsOfPaths('a language without texts', pathFile({ language: 'vi: Đường' }), '6 setting_vi');
tellsOfPaths('the other one, too', pathFile().replace(/en: .*/, 'en: Way'), '7 setting_en');
tellsOfPaths('no texts', pathFile().replace(/texts:\n.*\n.*\n/, 'texts: none\n'), '5 setting_texts');
tellsOfPaths('nothing about it', pathFile({ about: 'about: ""' }), '6 setting_about', '7 setting_about');
tellsOfPaths('one course alone', pathFile({ courses: 'courses: [{ course: a }]' }), '8 setting_courses');
tellsOfPaths('no id of a course', pathFile({ courses: 'courses: [{ course: A }, { course: b }]' }), '8 setting_course');
tellsOfPaths(
  'a course twice',
  pathFile({ courses: 'courses: [{ course: a }, { course: a }]' }),
  '8 path_course_repeated',
);
tellsOfPaths(
  'advice that names a later course',
  pathFile({ courses: 'courses: [{ course: a, after: [b] }, { course: b }]' }),
  '8 path_after_unknown',
);
tellsOfPaths(
  'advice that is no list',
  pathFile({ courses: 'courses: [{ course: a }, { course: b, after: a }]' }),
  '8 setting_after',
);

t.test('all faults are told at once', async (t) => {
  const folder = await courseFolder(t, {
    ...settings('level: basic', 'level: easy'),
    ...lesson('[a](b.md)'),
    'en/course.md': 'x',
  });
  t.strictSame(await faultsIn(folder), [
    'course.yaml:4 setting_level',
    'en/course.md:1 front_matter_missing',
    'vi/first.md:2 link_unknown',
  ]);
});

t.test('every fault that has a sentence has been told above', (t) => {
  // Words for texts, what only a database knows, and what only a zip can have.
  const isWord = (key: string) =>
    /^(?:callout|quiz_title|glossary_(?:title|back|all)$|provider_unknown|path_course_unknown)/.test(key) ||
    /^(?:changed_in_browser|provider_not_own|zip_broken|zip_locked|path_outside|file_name_encoding|file_damaged|file_name_unfit)$/.test(
      key,
    );
  for (const language of languages) {
    const file = new URL(`../../views/locales/package.${language}.json`, import.meta.url);
    const codes = Object.keys(JSON.parse(readFileSync(file, 'utf8'))).filter((key) => !isWord(key));
    t.strictSame([...toldCodes].sort(), codes.sort(), language);
  }
  t.end();
});
