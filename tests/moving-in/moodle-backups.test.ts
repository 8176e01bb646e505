import { join } from 'node:path';
import t from 'tap';
import { readBytes } from '../../server/moving-in/reading.ts';
import { png, tarGzOf, zipOf } from './archives.ts';
import { count, expectedOf, move, moveDraft, packages, skip, textOf } from './packages.ts';

interface Expected {
  activities: Record<string, number>;
  questions: Record<string, number>;
}

t.test('every activity and question of a backup comes or is named, in zip and tar.gz', { skip }, async (t) => {
  for (const [file, expected] of Object.entries(expectedOf<Expected>('moodle-mbz'))) {
    const { notes } = await move(t, join(packages, 'moodle-mbz', file));
    const types = notes
      .filter(({ thing, outcome }) => thing === 'question' && outcome !== 'changed')
      .map(({ values }) => values.type);
    const counts = Object.groupBy(types, String);
    t.strictSame(
      Object.fromEntries(Object.entries(counts).map(([type, list = []]) => [type, list.length])),
      expected.questions,
      file,
    );
    const { page = 0, assign = 0, quiz = 0, ...others } = expected.activities;
    t.equal(count(notes, 'lesson'), page, file);
    t.equal(count(notes, 'assignment'), assign, file);
    t.ok(count(notes, 'quiz') >= quiz, file);
    const unknown = notes.filter(({ code }) => code === 'activity_kind').map(({ values }) => String(values.kind));
    t.strictSame(
      unknown.sort(),
      Object.entries(others)
        .flatMap(([kind, number]) => Array(number).fill(kind))
        .sort(),
      file,
    );
    t.notOk(
      notes.some(({ place }) => /(?:users|gradebook|grades|grade_history)\.xml/.test(place)),
      file,
    );
  }
});

const file = (context: number, name: string, hash: string, more = '') =>
  `<file id="1"><contenthash>${hash}</contenthash><contextid>${context}</contextid><component>mod_page</component><filearea>content</filearea><filepath>/</filepath><filename>${name}</filename>${more}</file>`;

/** A course of a section with a page, a label, a book, an address, a file and a quiz. */
const backup = {
  'moodle_backup.xml': `<moodle_backup><information><original_course_fullname>Đèn dầu</original_course_fullname><contents>
    <activities>${['page', 'label', 'book', 'url', 'quiz']
      .map(
        (kind, index) =>
          `<activity><moduleid>${index + 1}</moduleid><sectionid>9</sectionid><modulename>${kind}</modulename><title>${kind} đầu tiên</title><directory>activities/${kind}_${index + 1}</directory></activity>`,
      )
      .join('')}</activities>
    <sections><section><sectionid>9</sectionid><title>Phần một</title><directory>sections/section_9</directory></section></sections>
    </contents></information></moodle_backup>`,
  'course/course.xml':
    '<course id="1" contextid="5"><summary>Học về đèn.</summary><summaryformat>1</summaryformat><lang>vi</lang></course>',
  'sections/section_9/section.xml':
    '<section id="9"><number>1</number><name>Phần một</name><summary>&lt;p&gt;Mở đầu.&lt;/p&gt;</summary><summaryformat>1</summaryformat><sequence>2,1,3,4,5</sequence></section>',
  'activities/page_1/page.xml':
    '<activity id="1" moduleid="1" modulename="page" contextid="31"><page id="1"><name>p</name><content>&lt;p&gt;Hình: &lt;img src="@@PLUGINFILE@@/dot.png" alt="Một chấm"&gt; &lt;a href="$@BOOKVIEWBYID*3@$"&gt;sách&lt;/a&gt; &lt;a href="$@PAGEVIEWBYID*1@$"&gt;đây&lt;/a&gt;&lt;/p&gt;</content><contentformat>1</contentformat></page></activity>',
  'activities/label_2/label.xml':
    '<activity id="2" contextid="32"><label id="2"><intro>&lt;p&gt;Nhãn.&lt;/p&gt;</intro><introformat>1</introformat></label></activity>',
  'activities/book_3/book.xml':
    '<activity id="3" contextid="33"><book id="3"><chapters><chapter id="1"><title>Chương một</title><content>&lt;p&gt;Một.&lt;/p&gt;</content><contentformat>1</contentformat></chapter><chapter id="2"><title>Chương hai</title><content>Hai.</content><contentformat>1</contentformat></chapter></chapters></book></activity>',
  'activities/url_4/url.xml':
    '<activity id="4" contextid="34"><url id="4"><intro></intro><externalurl>https://example.org/</externalurl></url></activity>',
  'activities/quiz_5/quiz.xml':
    '<activity id="5" contextid="35"><quiz id="5"><intro></intro><question_instances><question_instance id="1"><questionid>7</questionid></question_instance></question_instances><attempts><attempt id="1"><userid>77</userid></attempt></attempts></quiz></activity>',
  'questions.xml': `<question_categories><question_category id="1"><name>Kho</name><contextid>35</contextid><questions><question id="7"><parent>0</parent><name>Số</name><questiontext>&lt;p&gt;Hai cộng hai?&lt;/p&gt;</questiontext><questiontextformat>1</questiontextformat><qtype>numerical</qtype><plugin_qtype_numerical_question><answers><answer id="3"><answertext>4</answertext><fraction>1.0</fraction><feedback></feedback></answer></answers><numerical_records><numerical_record id="1"><answer>3</answer><tolerance>0.5</tolerance></numerical_record></numerical_records></plugin_qtype_numerical_question><question_hints><question_hint id="1"><hint>&lt;p&gt;Đếm ngón tay.&lt;/p&gt;</hint><hintformat>1</hintformat></question_hint><question_hint id="2"><hint></hint><hintformat>1</hintformat></question_hint></question_hints></question></questions></question_category></question_categories>`,
  'files.xml': `<files>${file(31, 'dot.png', 'abcd')}${file(31, 'paper.pdf', 'ef01')}<file id="2"><contenthash>9999</contenthash><contextid>31</contextid><component>assignsubmission_file</component><filearea>submission_files</filearea><filepath>/</filepath><filename>secret.pdf</filename></file></files>`,
  'files/ab/abcd': png,
  'files/ef/ef01': 'pdf',
  'files/99/9999': 'handed in',
  'users.xml': '<users><user id="77"><username>somebody</username></user></users>',
  'gradebook.xml': '<gradebook>',
};

t.test('a course comes in order with its pictures and links; people and what they did do not', async (t) => {
  for (const archive of [await zipOf(backup), await tarGzOf(backup)]) {
    const moved = await moveDraft(t, await readBytes(archive, 'course.mbz'));
    t.equal(moved.language, 'vi');
    const keys = Array.from(textOf(moved, 'course.yaml').matchAll(/- key: (\S+)/g), ([, key]) => key);
    t.strictSame(keys, [
      'phan-mot',
      'label-dau-tien',
      'page-dau-tien',
      'chuong-mot',
      'chuong-hai',
      'url-dau-tien',
      'quiz-dau-tien',
    ]);
    t.match(textOf(moved, 'vi/page-dau-tien.md'), '![Một chấm](../images/dot.png) sách [đây](page-dau-tien.md)');
    t.match(textOf(moved, 'vi/url-dau-tien.md'), '[url đầu tiên](https://example.org/)');
    t.match(textOf(moved, 'vi/quiz-dau-tien.gift'), '=%100%3.5..4.5');
    t.match(textOf(moved, 'vi/quiz-dau-tien.gift'), '// [hint:Đếm ngón tay.]\n');
    t.ok(moved.notes.some(({ code, values }) => code === 'hints_without_words' && values.count === 1));
    t.match(textOf(moved, 'vi/course.md'), 'Học về đèn.');
    const all = [...(moved.files?.values() ?? [])].join('\n') + JSON.stringify(moved.notes);
    t.notMatch(all, /somebody|secret|handed in/);
    t.ok(moved.notes.some(({ code, values }) => code === 'file' && values.name === 'paper.pdf'));
  }
});
