import { join } from 'node:path';
import t from 'tap';
import { readBackupQuestions } from '../../server/moving-in/backup-questions.ts';
import type { Draft, Note } from '../../server/moving-in/draft.ts';
import { readEmbedded } from '../../server/moving-in/embedded-answers.ts';
import { readMoodleXml } from '../../server/moving-in/moodle-xml.ts';
import { readItem } from '../../server/moving-in/qti-item.ts';
import { readXml } from '../../server/moving-in/xml.ts';
import { qtiItem } from '../../server/moving-out/qti.ts';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { blankSign, type Question } from '../../server/quizzes/question.ts';
import { count, move, packages, skip, textOf } from './packages.ts';

const asked = ({ items }: Draft): Question[] =>
  items.flatMap((item) => (item.kind === 'quiz' ? item.questions.map(({ question }) => question) : []));
const codes = (notes: Note[]) => notes.map(({ code }) => code);

t.test("Moodle's ordering questions come line by line, old ones too", { skip }, async (t) => {
  for (const file of ['type_ordering_testimport.moodle.xml', 'type_ordering_testoldquestion.moodle.xml']) {
    const moved = await move(t, join(packages, 'moodle-questions', file));
    t.equal(count(moved.notes, 'question', 'came'), 1);
    const [gift = ''] = [...(moved.files ?? [])].flatMap(([path, content]) =>
      path.endsWith('.gift') ? [String(content)] : [],
    );
    t.match(gift, /none\nModular\nObject\nOriented\nDynamic\nLearning\nEnvironment\n/);
    t.match(gift, /####.*Modular Object Oriented/);
  }
});

t.test(
  "Moodle's text with every kind of blank is left out by name, for some are answered by ticks",
  { skip },
  async (t) => {
    const { notes } = await move(t, join(packages, 'moodle-questions/format_multianswer_multianswer-all-types.xml'));
    t.match(
      notes.filter(({ outcome }) => outcome === 'left_out'),
      [{ code: 'cloze_unreadable', values: { type: 'cloze' } }],
    );
  },
);

t.test('Embedded answers are read as Moodle reads them', async (t) => {
  const read = (text: string) => readEmbedded(text);
  t.match(
    read(
      `<p>Asterix {1:MULTICHOICE_S:200 B.C.#too early~=50 B.C.#Correct~%50%x &amp;amp; y} {:SAC:=H\\}2\\#O#R&#38;D~b} {2:NM:=1\\~2}</p>`,
    ),
    {
      ...{ hasCase: true, text: `<p>Asterix ${blankSign} ${blankSign} ${blankSign}</p>` },
      blanks: [
        {
          ...{ kind: 'select', share: 1 },
          answers: [
            { text: '200 B.C.', weight: 0, feedback: 'too early' },
            { text: '50 B.C.', weight: 100, feedback: 'Correct' },
            { text: 'x & y', weight: 50, feedback: null },
          ],
        },
        {
          kind: 'short',
          answers: [
            { text: 'H}2#O', weight: 100, feedback: 'R&D' },
            { text: 'b', weight: 0 },
          ],
        },
        { kind: 'number', share: 2 },
      ],
    },
  );
  for (const none of ['', 'words {#1}', '{1:SA:=x', '{1:FOO:=x}', '{1:MR:=x~=y}', `{1:SA:${'{1:SA:'.repeat(50_000)}`])
    t.equal(read(none), null);
});

t.test('A backup keeps the blanks of a text as questions of their own', async (t) => {
  const part = (id: number, type: string, answers: string, more = '') =>
    `<question id="${id}"><parent>9</parent><name>x</name><questiontext>{1:…}</questiontext><questiontextformat>1</questiontextformat><defaultmark>${id === 10 ? 2 : 1}</defaultmark><qtype>${type}</qtype><plugin_qtype_${type}_question><answers>${answers}</answers>${more}</plugin_qtype_${type}_question></question>`;
  const answer = (id: number, text: string, fraction: string, feedback = '') =>
    `<answer id="${id}"><answertext>${text}</answertext><answerformat>1</answerformat><fraction>${fraction}</fraction><feedback>${feedback}</feedback><feedbackformat>1</feedbackformat></answer>`;
  const bank = (
    sequence: string,
    text: string,
  ) => `<question_categories><question_category id="1"><name>Kho</name><contextid>3</contextid><questions>
    <question id="9"><parent>0</parent><name>Sông</name><questiontext>${text}</questiontext><questiontextformat>1</questiontextformat><qtype>multianswer</qtype><plugin_qtype_multianswer_question><answers></answers><multianswer id="1"><question>9</question><sequence>${sequence}</sequence></multianswer></plugin_qtype_multianswer_question></question>
    ${part(10, 'shortanswer', answer(1, 'Hồng', '1.0', '&lt;b&gt;Đúng&lt;/b&gt;') + answer(2, 'Cái', '0.5'))}
    ${part(11, 'multichoice', answer(3, '&lt;p&gt;Hà Nội&lt;/p&gt;', '1.0') + answer(4, 'Huế', '0.0'), '<multichoice id="1"><single>1</single></multichoice>')}
    ${part(12, 'multichoice', answer(5, 'a', '0.5') + answer(6, 'b', '0.5'), '<multichoice id="2"><single>0</single></multichoice>')}
    <question id="13"><parent>0</parent><name>Xếp</name><questiontext>Xếp.</questiontext><questiontextformat>1</questiontextformat><qtype>ordering</qtype><plugin_qtype_ordering_question><answers>${answer(8, 'hai', '2.0')}${answer(7, 'một', '1.0')}</answers><ordering id="1"><selecttype>1</selecttype><gradingtype>4</gradingtype></ordering></plugin_qtype_ordering_question></question>
    </questions></question_category></question_categories>`;
  const read = (sequence: string, text: string) => {
    const notes: Note[] = [];
    const questions = readBackupQuestions(
      readXml(Buffer.from(bank(sequence, text)), 'questions.xml'),
      notes,
      (words) => words,
    );
    return { notes, questions: questions.flatMap((one) => one.questions.map(({ question }) => question)) };
  };
  const { notes, questions } = read('10,11', 'Sông {#1} qua {#2}.');
  t.match(questions, [
    {
      ...{ type: 'cloze', text: `Sông ${blankSign} qua ${blankSign}.` },
      blanks: [
        {
          ...{ kind: 'short', share: 2 },
          answers: [
            { text: 'Hồng', weight: 100, feedback: '<b>Đúng</b>' },
            { text: 'Cái', weight: 50 },
          ],
        },
        {
          kind: 'select',
          share: 1,
          answers: [
            { text: 'Hà Nội', weight: 100 },
            { text: 'Huế', weight: 0 },
          ],
        },
      ],
    },
    { type: 'ordering', items: [{ text: 'một' }, { text: 'hai' }] },
  ]);
  t.same(codes(notes), ['ordering_all', 'ordering_marks']);
  for (const [sequence, text] of [
    ['10,12', 'A {#1} {#2}'],
    ['10', 'A'],
    ['10,99', 'A {#1} {#2}'],
    ['9', 'A {#1}'],
    ['', 'A'],
  ] as const) {
    const broken = read(sequence, text);
    t.equal(broken.questions.length, 1, text);
    t.ok(codes(broken.notes).includes('cloze_unreadable'), 'named, not lost');
  }
});

t.test('Through Moodle XML nothing of an ordering goes but what is told', async (t) => {
  const xml = (inner: string) =>
    `<quiz><question type="ordering"><name><text>Xếp</text></name><questiontext format="html"><text>Xếp.</text></questiontext>${inner}<answer fraction="2.0" format="html"><text>hai</text></answer><answer fraction="1.0" format="html"><text>một</text><feedback format="html"><text>Ừ.</text></feedback></answer></question></quiz>`;
  const draft = readMoodleXml(
    Buffer.from(xml('<selecttype>RANDOM</selecttype><gradingtype>ALL_OR_NOTHING</gradingtype>')),
    'q.xml',
  );
  t.match(asked(draft), [{ type: 'ordering', items: [{ text: 'một' }, { text: 'hai' }] }]);
  t.same(codes(draft.notes), ['feedback_dropped', 'ordering_all', 'ordering_marks']);
});

t.test(
  'In the file that Canvas reads blanks are all picked or all typed, and an order is pairs with numbers',
  async (t) => {
    const through = (gift: string) => {
      const [question] = readGift(`[html]${gift}`).questions;
      if (!question) throw new Error(gift);
      const item = qtiItem(question, 'q', false, { true: 'Đúng', false: 'Sai' });
      t.equal(qtiItem(question, 'q', true, { true: 'Đúng', false: 'Sai' }), null, 'the profile has no word for it');
      const notes: Note[] = [];
      const came =
        item && readItem(readXml(Buffer.from(item.xml), 'q.xml'), 1, 'q.xml', (html) => html, notes)?.question;
      return { losses: item?.losses ?? null, came };
    };
    const picked = through('Sông {2:MC:=Hồng~Đà} qua {1:MC:Huế~=Hà Nội}.');
    t.same(picked.losses, []);
    t.match(picked.came, {
      ...{ type: 'cloze', text: `Sông ${blankSign} qua ${blankSign}.` },
      blanks: [
        {
          kind: 'select',
          answers: [
            { text: 'Hồng', weight: 100 },
            { text: 'Đà', weight: 0 },
          ],
        },
        {
          kind: 'select',
          answers: [
            { text: 'Huế', weight: 0 },
            { text: 'Hà Nội', weight: 100 },
          ],
        },
      ],
    });
    const typed = through('Sông {1:SA:=Hồng~=5\\\\* sao~%50%Cái#Gần.} dài.');
    t.same(typed.losses, ['out_weights', 'out_gaps']);
    t.match(typed.came, {
      blanks: [{ kind: 'short', share: 1, answers: [{ text: 'Hồng', weight: 100 }, { text: '5\\* sao' }] }],
    });
    t.equal(through('{1:SA:=a} {1:MC:=b~c} x').losses, null);
    t.equal(through('{1:SA:=a*} x').losses, null);
    t.equal(through('{1:NM:=2} x').losses, null);
    const order = through('Xếp.{>2 ALL\nmột\nhai\n}');
    t.same(order.losses, ['out_ordering']);
    t.match(order.came, {
      type: 'matching',
      pairs: [
        { prompt: 'một', match: '1' },
        { prompt: 'hai', match: '2' },
      ],
    });
  },
);

t.test('A cartridge of Canvas brings its lists in a text', { skip }, async (t) => {
  const moved = await move(t, join(packages, 'common-cartridge/all-question-types.imscc'));
  const gifts = [...(moved.files ?? [])]
    .filter(([path]) => path.endsWith('.gift'))
    .map(([path]) => textOf(moved, path));
  t.match(gifts.join('\n'), /Roses are \{1:MULTICHOICE:=RED~BLACK\}, violets are \{1:MULTICHOICE:SILVER~=BLUE\}/);
});
