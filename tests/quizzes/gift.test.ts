import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { withQuestion } from '../../server/quizzes/gift-edit.ts';
import { decodeText, readGift } from '../../server/quizzes/gift-read.ts';
import { writeGift } from '../../server/quizzes/gift-write.ts';
import type { Question, QuestionOf } from '../../server/quizzes/question.ts';
import { questionFaults } from '../../server/quizzes/question-faults.ts';
import { questions as anyQuestions, filledText } from './generated-questions.ts';

function read(source: string): Question {
  const { questions, faults } = readGift(source);
  assert.deepEqual(faults, []);
  assert.equal(questions.length, 1);
  return questions[0] as Question;
}

function readAs<Type extends Question['type']>(type: Type, source: string): QuestionOf<Type> {
  const question = read(source);
  assert.equal(question.type, type);
  return question as QuestionOf<Type>;
}

function faultsOf(source: string) {
  return readGift(source).faults.map(({ line, code }) => `${line} ${code}`);
}

t.test('one option is picked where one is marked with =', async (t) => {
  t.same(readAs('choice', "Who's buried in Grant's tomb?{~Grant ~Jefferson =no one}"), {
    key: null,
    title: null,
    format: 'moodle',
    text: "Who's buried in Grant's tomb?",
    generalFeedback: null,
    tags: [],
    line: 1,
    type: 'choice',
    after: null,
    options: [
      { text: 'Grant', weight: 0, feedback: null },
      { text: 'Jefferson', weight: 0, feedback: null },
      { text: 'no one', weight: 100, feedback: null },
    ],
  });
});

t.test('several options are picked where weights stand in the place of =', async (t) => {
  const { options } = readAs('choices', 'Q{~%33.33333%a ~%66,66667%b ~c ~%-100%d#no}');
  t.same(
    options.map(({ weight }) => weight),
    [33.33333, 66.66667, 0, -100],
  );
  t.equal(options[3]?.feedback, 'no');
});

t.test('a per cent sign that is no weight belongs to the text', async (t) => {
  t.same(
    readAs('choice', 'Q{=% of people ~%abc%x ~5%}').options.map(({ text }) => text),
    ['% of people', '%abc%x', '5%'],
  );
});

t.test('true and false are read in all four spellings, the first feedback being for the wrong answer', async (t) => {
  t.same(
    ['T', 'TRUE', 'F', 'FALSE', 'true', ' f '].map((word) => readAs('truefalse', `Q{${word}}`).correct),
    [true, true, false, false, true, false],
  );
  t.same(readAs('truefalse', 'Q{F#not so#quite so####in general}').feedback, { wrong: 'not so', right: 'quite so' });
  t.same(readAs('truefalse', 'Q{T##quite so}').feedback, { wrong: null, right: 'quite so' });
  t.equal(read('Q{T#not so#quite so####in general}').generalFeedback, 'in general');
});

t.test('a short answer has weights, feedback and wildcards', async (t) => {
  const { answers, generalFeedback } = readAs(
    'short',
    'Animal?{\n=Frog#Good!\n=%50%Cat#Really?\n=%0%*#Wrong\n####All\n}',
  );
  t.same(answers, [
    { text: 'Frog', weight: 100, feedback: 'Good!' },
    { text: 'Cat', weight: 50, feedback: 'Really?' },
    { text: '*', weight: 0, feedback: 'Wrong' },
  ]);
  t.equal(generalFeedback, 'All');
  t.same(
    readAs('short', '1 + 2 \\= {3}').answers.map(({ text }) => text),
    ['3'],
    'as in Moodle the = may be left out',
  );
});

t.test('numbers have a tolerance, a range, or several values', async (t) => {
  const ranges = (source: string) => readAs('number', source).answers.map(({ min, max, weight }) => [min, max, weight]);
  t.same(ranges('Q{#3}'), [[3, 3, 100]]);
  t.same(ranges('Q{#3:2}'), [[1, 5, 100]]);
  t.same(ranges('Q{#1..5}'), [[1, 5, 100]]);
  t.same(ranges('Q{#-2.72..-2.71}'), [[-2.72, -2.71, 100]]);
  t.same(ranges('Q{# 1e3 : .5 }'), [[999.5, 1000.5, 100]]);
  t.same(ranges('Q{#\n=1822:0\n=%50%1822:2\n}'), [
    [1822, 1822, 100],
    [1820, 1824, 50],
  ]);
});

t.test('a tolerance is reckoned in decimals: its ends are what one would type', async (t) => {
  t.same(readAs('number', 'Q{#1.1005:0.0005}').answers[0]?.min, 1.1);
  t.same(readAs('number', 'Q{#0.3:0.1}').answers[0]?.min, 0.2);
  t.ok(Object.is(readAs('number', 'Q{#-0}').answers[0]?.min, 0), 'there is one zero');
  t.ok(Object.is(readAs('number', 'Q{#=%-0%1}').answers[0]?.weight, 0));
});

t.test('a number question may say something to every other number', async (t) => {
  const [right, other] = readAs('number', 'Q{#=5#yes ~#no}').answers;
  t.hasStrict(right, { min: 5, max: 5, weight: 100, feedback: 'yes' });
  t.hasStrict(other, { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, weight: 0, feedback: 'no' });
  t.hasStrict(readAs('number', 'Q{#=5 =%0%*#no}').answers[1], { min: -Number.MAX_VALUE, weight: 0, feedback: 'no' });
});

t.test('matching has pairs, and distractors where a prompt is empty', async (t) => {
  const question = readAs('matching', 'Q{=Canada->Ottawa =Italy -> Rome = -> Oslo =C# -> a language####All}');
  t.same(question.pairs, [
    { prompt: 'Canada', match: 'Ottawa' },
    { prompt: 'Italy', match: 'Rome' },
    { prompt: 'C#', match: 'a language' },
  ]);
  t.same(question.distractors, ['Oslo']);
});

t.test('an arrow in an option, in a feedback, or after a weight makes no pair', async (t) => {
  t.equal(read('Q{~a -> b =c -> d}').type, 'choice');
  t.equal(read('Q{=go#then a -> b =stay}').type, 'short');
  t.equal(read('Q{=%100%a -> b}').type, 'short');
  t.equal(read('Q{a -> b}').type, 'short', 'there is no pair without =');
  t.equal(read('Q{=C# -> x =F# -> y}').type, 'matching');
});

t.test('empty braces are an essay, no braces a description', async (t) => {
  t.equal(read('Tell.{}').type, 'essay');
  t.hasStrict(read('Tell.{ ####Thank you }'), { type: 'essay', generalFeedback: 'Thank you' });
  t.equal(read('Now read this.').type, 'description');
});

t.test('text after the braces stands after a blank, with the spaces around it', async (t) => {
  t.hasStrict(readAs('choice', 'Grant is {~buried =entombed} in\n a tomb.'), {
    text: 'Grant is ',
    after: ' in a tomb.',
  });
  t.hasStrict(readAs('short', 'Two plus two equals {=four =4}.'), { text: 'Two plus two equals ', after: '.' });
  t.hasStrict(readAs('short', '{=Asia} is large.'), { text: '', after: ' is large.' });
  t.hasStrict(readAs('short', '::T::[html] {=Asia}.'), { text: '', after: '.' });
  t.hasStrict(readAs('number', 'Pi is {#3}.'), { text: 'Pi is _____.' }, 'other types show the blank as a line');
});

t.test('a title stands between double colons', async (t) => {
  t.hasStrict(read('::Thanksgiving\nDate::[html]<p>When?</p>{}'), {
    title: 'Thanksgiving Date',
    format: 'html',
    text: '<p>When?</p>',
  });
  t.hasStrict(read('::Title\\:::Text'), { title: 'Title:', text: 'Text' });
  t.hasStrict(read('::::Text'), { title: null, text: 'Text' });
});

t.test('a backslash takes the meaning from the characters of GIFT, and from no other', async (t) => {
  t.equal(read('\\~ \\= \\# \\{ \\} \\: \\\\ \\* \\( a\\nb').text, '~ = # { } : \\ \\* \\( a\nb');
  t.equal(read('C\\:\\\\new\\\\\\\\').text, 'C:\\new\\\\', 'an escaped backslash escapes nothing');
});

t.test('line breaks of the source are layout, except in Markdown and HTML', async (t) => {
  t.equal(read('one  \n   two\\nthree{T}').text, 'one two\nthree');
  t.equal(read('[markdown]list  \n- a\n    - b{T}').text, 'list  \n- a\n    - b');
  t.equal(read('[html]<pre>\n    x();\n</pre>{T}').text, '<pre>\n    x();\n</pre>');
});

t.test('a text that names another format than its question keeps it', async (t) => {
  const question = readAs(
    'choices',
    '[html]<p>Q</p>{~%50%a#[html]<b>no</b> ~%50%[plain]b < c#[moodle]d####[markdown]*e*}',
  );
  t.same(question.formats, { 'options.1.text': 'plain', 'options.1.feedback': 'moodle', generalFeedback: 'markdown' });
  t.same(
    question.options.map(({ text, feedback }) => [text, feedback]),
    [
      ['a', '<b>no</b>'],
      ['b < c', 'd'],
    ],
  );
});

t.test('a format that is named before nothing is none', async (t) => {
  t.notOk('formats' in read('Q{=a#[html] ~b}'));
});

t.test('comments are left out, inside a question too, and give it id and tags', async (t) => {
  const question = read(
    '// [id:q\\]01] a { brace\n// [tag:lesson:passwords] [tag:x]\nQ{\n  // ~no\n  ~a\n  //}\n  =b}\n// end',
  );
  t.hasStrict(question, { key: 'q]01', tags: ['lesson:passwords', 'x'], line: 3 });
  t.equal((question as QuestionOf<'choice'>).options.length, 2);
});

t.test('a category is told and belongs to no question', async (t) => {
  const { categories, questions } = readGift('$CATEGORY: $course$/top/Unit 1: Topic\nQ{T}\n\n$CATEGORY: b');
  t.same(categories, ['$course$/top/Unit 1: Topic', 'b']);
  t.equal(questions.length, 1);
});

t.test('byte order mark, CRLF and CR end lines as LF does', async (t) => {
  for (const end of ['\r\n', '\r']) {
    const { questions } = readGift(`\ufeff// [id:a]${end}A{T}${end}${end}B{F}${end}`);
    t.same(
      questions.map(({ key, text, line }) => [key, text, line]),
      [
        ['a', 'A', 2],
        [null, 'B', 4],
      ],
    );
  }
});

t.test('blank lines between the braces do not end the question', async (t) => {
  const { questions, faults } = readGift('[markdown]A{\n\n=x#one\n\ntwo\n\n// note {\n\n~y\n\n}\n\nB{T}');
  t.same(faults, []);
  t.hasStrict(questions, [
    { text: 'A', options: [{ text: 'x', feedback: 'one\n\ntwo' }, { text: 'y' }] },
    { text: 'B' },
  ]);
});

t.test('a title on a new line begins a new question where the blank line was forgotten', async (t) => {
  const { questions } = readGift('// [id:a]\n::A::a{T}\n// [id:b]\n::B::b{F}\n::C::c{T}');
  t.same(
    questions.map(({ key, title }) => [key, title]),
    [
      ['a', 'A'],
      ['b', 'B'],
      [null, 'C'],
    ],
  );
});

t.test('control characters never come through, and broken characters are told', async (t) => {
  t.equal(read('a\0b\u0007\u0085{T}').text, 'a b');
  t.same(faultsOf('Fine{T}\n\nQ{=a\n~\ufffd}\n\n\ud800{T}'), ['4 gift_broken_character', '6 gift_broken_character']);
});

t.test('texts come out in NFC', async (t) => {
  const question = readAs('short', '::Tiếng::Hoà bình{=đường}'.normalize('NFD'));
  t.same(
    [question.title, question.text, question.answers[0]?.text],
    ['Tiếng', 'Hoà bình', 'đường'].map((s) => s.normalize('NFC')),
  );
});

t.test('a forgotten closing brace costs one question, not the rest of the file', async (t) => {
  for (const next of ['::B::b{T}', '$CATEGORY: x\n\nB{T}', 'B\n{T}', '// [id:b]\nB{T}']) {
    const { questions, faults } = readGift(`First\n\n::A::a\n{=x\n~y\n\n${next}\n\nLast{F}`);
    t.hasStrict(faults, [{ line: 4, code: 'gift_no_closing_brace' }], next);
    t.equal(questions.length, 3, next);
  }
});

t.test('a title or a category ends the search for a closing brace', async (t) => {
  t.same(faultsOf('A{=x\n\n::B::b}\n\nC{T}'), ['1 gift_no_closing_brace', '3 gift_no_opening_brace']);
  t.same(faultsOf('A{=x\n\n$CATEGORY: x\n\nb}'), ['1 gift_no_closing_brace', '5 gift_no_opening_brace']);
});

t.test('what cannot be read is told by line, each question once', async (t) => {
  t.same(faultsOf('Fine{T}\n\nno brace}'), ['3 gift_no_opening_brace']);
  t.same(faultsOf('Q{=a\n~b{c}}'), ['2 gift_brace_in_answers']);
  t.same(faultsOf('Q{T}\nR{F}'), ['2 gift_second_answers']);
  t.same(faultsOf('::Title Q{T}'), ['1 gift_title_open']);
  t.same(faultsOf('Q{>2 ALL SHOW\n\n}'), ['1 gift_empty_answer']);
  t.same(faultsOf('Q{1:MULTIRESPONSE:=a~b}'), ['1 gift_unknown_type']);
  t.same(faultsOf('Q{\nstray\n~a =b}'), ['2 gift_text_before_answers']);
  t.same(faultsOf('Q{\n~a\n~#feedback\n=b}'), ['3 gift_empty_answer']);
  t.same(faultsOf(`Q{${'~a'.repeat(101)}}`), ['1 gift_too_many_answers']);
  t.same(faultsOf('Q{~%101%a ~%-1%b}'), ['1 gift_weight']);
  t.same(faultsOf('Q{#}'), ['1 gift_no_number']);
  t.same(faultsOf('Q{=a -> b\n=c}'), ['2 gift_no_arrow']);
  t.same(faultsOf('Q{=a -> b\n=c -> }'), ['2 gift_no_match']);
});

t.test('a number that leaves room for doubt is refused: nobody guesses a key', async (t) => {
  for (const spec of ['abc', '1,5', '1 000', '3:-1', '5..1', '1..2..3', '1:2:3', '1e999', '=5 =', '--1', '0x10']) {
    t.same(faultsOf(`Q{#${spec}}`), ['1 gift_number'], spec);
  }
});

t.test('an id that is used twice is told, and the first question keeps it', async (t) => {
  const { questions, faults } = readGift('// [id:a]\nA{T}\n\n// [id:a]\nB{T}');
  t.same(
    questions.map(({ text }) => text),
    ['A'],
  );
  t.same(faults, [{ line: 5, code: 'gift_same_id', values: { id: 'a', earlier: 2 } }]);
});

t.test('nothing that can be typed stops the reader, and every fault is on a line of the file', async () => {
  const awkward = fc.array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '~',
        '=',
        '#',
        '####',
        '::',
        '\n',
        '\n\n',
        '\\',
        '->',
        '%50%',
        '//[id:a]',
        '$CATEGORY:',
        '..',
        '*',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        awkward.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (source) => {
        const lines = source.split(/\r\n?|\n/).length;
        const { questions, faults } = readGift(source);
        for (const { line } of [...questions, ...faults]) assert.ok(line >= 1 && line <= lines);
        for (const { text } of questions) assert.equal(text, text.normalize('NFC').toWellFormed());
      },
    ),
    { numRuns: 2000 },
  );
});

t.test('a megabyte of hostile characters is read all the same, without going over it again and again', async (t) => {
  const units = [
    '{',
    '}',
    '~',
    '=',
    '#',
    ':',
    '\\',
    ' ',
    '\n',
    '[',
    '%',
    '[tag:',
    '{\n\n',
    '{\n\n::',
    '}\n\n',
    '{~ ',
    '// [id:',
  ];
  for (const unit of units) {
    for (const start of ['', '::x::[markdown]Q{~%']) {
      const { questions, faults } = readGift(start + unit.repeat(1_000_000 / unit.length));
      t.ok(questions.length <= 1 && faults.length <= 101, `${start}${unit}`);
    }
  }
});

t.test('after a hundred faults the reader stops', async (t) => {
  const { questions, faults } = readGift(`${'}\n\n'.repeat(200)}Q{T}`);
  t.equal(questions.length, 0);
  t.equal(faults.length, 101);
  t.hasStrict(faults.at(-1), { line: 201, code: 'gift_too_many_faults' });
});

t.test('what is written is read back as it was', async () => {
  fc.assert(
    fc.property(anyQuestions, (questions) => {
      const { questions: again, faults } = readGift(writeGift(questions));
      assert.deepEqual(faults, []);
      assert.deepEqual(again.map(withoutLine), questions.map(withoutLine));
    }),
    { numRuns: 2000 },
  );
});

t.test('writing what was read changes nothing more', async () => {
  fc.assert(
    fc.property(filledText, fc.array(filledText), (text, others) => {
      const written = writeGift(readGift([text, ...others].join('\n\n')).questions);
      assert.equal(writeGift(readGift(written).questions), written);
    }),
  );
});

t.test('the written form is the one that Moodle users know', async (t) => {
  const source = [
    '// [id:q01] [tag:lesson:passwords]',
    '::Short title::[markdown]Pick **one**\\:{',
    '\t=right#Yes.',
    '\t~%50%half',
    '\t~wrong#[plain]1 < 2',
    '\t####See the lesson.',
    '} and go on.',
    '',
    '[moodle]Sky is blue{TRUE#Look up.}',
    '',
    '[moodle]Pi{#',
    '\t=%100%3..3.5',
    '\t~#No.',
    '}',
    '',
    '[moodle]Match{',
    '\t=a -> b',
    '\t= -> c',
    '}',
    '',
  ].join('\n');
  t.equal(writeGift(readGift(source).questions), source);
});

t.test('Hints stand in comments, each in a line, in any format, and are read in their order', async (t) => {
  const source = [
    '// [id:q01]',
    '// [hint:Nhìn **hai** chữ đầu [xem\\]: ~ = { } \\\\]',
    '// [hint:[html\\]<b>Dòng một</b>\\nDòng hai] ghi chú của tôi',
    '[markdown]Câu?{TRUE}',
    '',
  ].join('\n');
  const question = read(source);
  t.same(question.hints, ['Nhìn **hai** chữ đầu [xem]: ~ = { } \\', '<b>Dòng một</b>\nDòng hai']);
  t.same(question.formats, { 'hints.1': 'html' });
  t.equal(writeGift([question]), source.replace(' ghi chú của tôi', ''));
  t.notOk('hints' in read('[markdown]Câu?{TRUE}'));
  const { formats: _, ...plain } = question;
  t.equal(
    withQuestion(source, 0, { ...plain, hints: ['Mới'] }),
    '// [id:q01]\n// [hint:Mới]\n//  ghi chú của tôi\n[markdown]Câu?{TRUE}\n',
    'what its author noted stays',
  );
});

t.test('A hint that would vanish without a word is told', async (t) => {
  t.same(faultsOf('// [hint:Nhìn kỹ\n[markdown]Câu?{TRUE}'), ['2 gift_hint_open']);
  t.same(faultsOf('// [hint:a\ufffd]\nCâu?{TRUE}'), ['2 gift_broken_character']);
  const codes = (source: string) => questionFaults(read(source)).map(({ code }) => code);
  t.same(codes('// [hint:]\nCâu?{TRUE}'), ['question_hint_empty']);
  t.same(codes('// [hint:a]\nMột đoạn dẫn.'), ['question_hint_unasked']);
  t.same(codes('// [hint:a]\nCâu?{}'), []);
});

t.test('text is decoded as UTF-8, as UTF-16 with its mark, else as windows-1252', async (t) => {
  const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
  t.equal(decodeText(bytes('Đà Nẵng', 'utf8')), 'Đà Nẵng');
  t.equal(decodeText(bytes('\ufeffĐà Nẵng', 'utf8')), 'Đà Nẵng');
  t.equal(decodeText(bytes('\ufeffĐà Nẵng', 'utf16le')), 'Đà Nẵng');
  t.equal(decodeText(new Uint8Array(Buffer.from('\ufeffĐà Nẵng', 'utf16le').swap16())), 'Đà Nẵng');
  t.equal(decodeText(new Uint8Array([0x61, 0xf6, 0x80])), 'aö€');
  t.equal(decodeText(new Uint8Array([...bytes('Đà Nẵng', 'utf8'), 0xff])), 'Đà Nẵng\ufffd', 'one broken byte is one');
  t.equal(decodeText(new Uint8Array()), '');
});

function withoutLine({ line, ...question }: Question) {
  return question;
}

// Files of other projects, beside this one where it is developed.
const packages = new URL('../../../shared/data/packages/', import.meta.url);
const skip = existsSync(packages) ? false : 'the packages of other projects are not here';

t.test('the questions of the GIFT grammar project are read as that project expects', { skip }, async (t) => {
  const folder = new URL('gift-fuhrmanator/', packages);
  const files = readdirSync(folder).filter((name) => name.endsWith('.gift'));
  t.equal(files.length, 26);
  for (const file of files) {
    const { questions, categories, faults } = readGift(decodeText(readFileSync(new URL(file, folder))));
    const expected: Expected[] = JSON.parse(readFileSync(new URL(file.replace('.gift', '.json'), folder), 'utf8'));
    t.same(faults, [], file);
    t.same(
      categories,
      expected.filter(({ type }) => type === 'Category').map(({ title }) => title),
      file,
    );
    t.same(questions.map(asExpected), expected.filter(({ type }) => type !== 'Category').map(corrected(file)), file);
  }
});

t.test("Moodle's own examples are read to the last", { skip }, async (t) => {
  const source = readFileSync(new URL('moodle-questions/format_gift_examples.txt', packages));
  const { questions, faults } = readGift(decodeText(source));
  const counts = Object.groupBy(questions, ({ type }) => (type === 'choices' ? 'choice' : type));
  t.same(faults, []);
  t.same(Object.fromEntries(Object.entries(counts).map(([type, list]) => [type, list.length])), {
    choice: 18,
    truefalse: 5,
    short: 9,
    number: 8,
    matching: 3,
  });
  t.same(writeAndRead(questions), questions.map(withoutLine));
});

t.test('a file of an older Moodle in windows-1252 has its letters', { skip }, async (t) => {
  const file = new URL('moodle-questions/format_gift_questions_encoding_windows-1252.gift.txt', packages);
  const { questions, categories, faults } = readGift(decodeText(readFileSync(file)));
  t.same(faults, []);
  t.same(categories, ['$course$/top/Default for LTTEST']);
  t.same(
    questions.map(({ type }) => type),
    ['essay', 'essay', 'matching'],
  );
  t.equal((questions[2] as QuestionOf<'matching'>).pairs[0]?.prompt, '<p>aödf<br></p>');
});

t.test('an ordering question, which is an extension of Moodle, is read as Moodle writes it', { skip }, async (t) => {
  const file = new URL('moodle-questions/type_ordering_testexport.gift.txt', packages);
  const { questions, faults } = readGift(decodeText(readFileSync(file)));
  t.strictSame(faults, []);
  const items = ['Modular', 'Object', 'Oriented', 'Dynamic', 'Learning', 'Environment'];
  t.match(questions, [
    { key: 'myid', type: 'ordering', text: 'Put these words in order.', items: items.map((text) => ({ text })) },
  ]);
});

function writeAndRead(questions: Question[]) {
  return readGift(writeGift(questions)).questions.map(withoutLine);
}

interface ExpectedText {
  format: string;
  text: string;
}

interface Expected {
  type: string;
  title: string | null;
  [name: string]: unknown;
}

/** Our question in the terms of the expected parse. */
function asExpected(question: Question): Expected {
  const rich = (text: string, place?: keyof NonNullable<Question['formats']>): ExpectedText => {
    const format = (place && question.formats?.[place]) ?? question.format;
    return { format, text: folded(text, format) };
  };
  const note = (text: string | null, place: keyof NonNullable<Question['formats']>) =>
    text === null ? null : rich(text, place);
  const after = 'after' in question ? question.after : null;
  const stem = after === null ? question.text : `${question.text}_____${after}`;
  const shared = {
    title: question.title,
    id: question.key,
    tags: question.tags.length > 0 ? question.tags : null,
    stem: rich(stem),
  };
  if (question.type === 'description') return { ...shared, type: 'Description' };
  const common = { ...shared, globalFeedback: note(question.generalFeedback, 'generalFeedback') };
  switch (question.type) {
    case 'choice':
    case 'choices': {
      const choices = question.options.map(({ text, weight, feedback }, index) => ({
        text: rich(text, `options.${index}.text`),
        weight,
        feedback: note(feedback, `options.${index}.feedback`),
      }));
      return { ...common, type: 'MC', choices };
    }
    case 'short': {
      const choices = question.answers.map(({ text, weight, feedback }, index) => ({
        text: rich(text),
        weight,
        feedback: note(feedback, `answers.${index}.feedback`),
      }));
      return { ...common, type: 'Short', choices };
    }
    case 'truefalse': {
      const right = note(question.feedback.right, 'feedback.right');
      const wrong = note(question.feedback.wrong, 'feedback.wrong');
      const [trueFeedback, falseFeedback] = question.correct ? [right, wrong] : [wrong, right];
      return { ...common, type: 'TF', isTrue: question.correct, trueFeedback, falseFeedback };
    }
    case 'number': {
      const choices = question.answers.map(({ min, max, weight, feedback }, index) => ({
        min,
        max,
        weight,
        feedback: note(feedback, `answers.${index}.feedback`),
      }));
      return { ...common, type: 'Numerical', choices };
    }
    case 'matching': {
      const pairs = question.pairs.map(({ prompt, match }, index) => ({
        subquestion: rich(prompt, `pairs.${index}.prompt`),
        subanswer: match,
      }));
      const others = question.distractors.map((subanswer) => ({ subquestion: rich(''), subanswer }));
      return { ...common, type: 'Matching', matchPairs: [...pairs, ...others] };
    }
    case 'essay':
      return { ...common, type: 'Essay' };
    default:
      // Those who made the expected parse know no such question.
      return { ...common, type: question.type };
  }
}

interface ExpectedChoice {
  isCorrect: boolean;
  weight: number | null;
  text: ExpectedText | ExpectedNumber;
  feedback: ExpectedText | null;
}

type ExpectedNumber =
  | { type: 'simple'; number: number }
  | { type: 'range'; number: number; range: number }
  | { type: 'high-low'; numberLow: number; numberHigh: number };

/** The expected parse with weights spelled out, numbers as ranges, and where it departs from Moodle, Moodle's own rule. */
function corrected(file: string) {
  return ({ hasEmbeddedAnswers, ...expected }: Expected, index: number): Expected => {
    const stem = expected.stem as ExpectedText;
    const result = {
      ...expected,
      stem: { ...stem, text: folded(stem.text.replaceAll('_____ .', '_____.'), stem.format) },
    };
    // The first feedback is for the wrong answer, says Moodle's documentation ({T#wrong#right}): here, for "false".
    if (file === 'TFTwoFeedback.gift' && index > 0) {
      return { ...result, trueFeedback: expected.falseFeedback, falseFeedback: expected.trueFeedback };
    }
    if (expected.choices === undefined) return result;
    if (expected.type === 'Numerical') return { ...result, choices: numberChoices(expected.choices as never) };
    const choices = (expected.choices as ExpectedChoice[]).map(({ isCorrect, weight, text, feedback }) => ({
      text: 'format' in text ? { ...text, text: folded(text.text, text.format) } : text,
      weight: weight ?? (isCorrect ? 100 : 0),
      feedback,
    }));
    // An accepted answer is compared with what is typed: a format would mean nothing, and Moodle drops it too.
    return { ...result, choices };
  };
}

function numberChoices(choices: ExpectedNumber | ExpectedChoice[]) {
  if (!Array.isArray(choices)) return [{ ...ends(choices), weight: 100, feedback: null }];
  return choices.map(({ weight, text, feedback }) => ({
    ...ends(text as ExpectedNumber),
    weight: weight ?? 100,
    feedback,
  }));
}

function ends(number: ExpectedNumber) {
  if (number.type === 'high-low') return { min: number.numberLow, max: number.numberHigh };
  const range = number.type === 'range' ? number.range : 0;
  const decimal = (value: number) => Number(value.toFixed(6));
  return { min: decimal(number.number - range), max: decimal(number.number + range) };
}

/** Where line breaks are layout, spaces are not compared one by one. */
function folded(text: string, format: string): string {
  return format === 'moodle' || format === 'plain' ? text.replace(/\s+/g, ' ') : text;
}
