import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readSheet, typedSheet } from '../../server/publishing/questions/reading.ts';
import { type Sheet, sheetOf } from '../../server/publishing/questions/sheet.ts';
import {
  isSameQuestion,
  withoutQuestion,
  withQuestion,
  withQuestionAdded,
  withQuestionMoved,
  withTitle,
} from '../../server/quizzes/gift-edit.ts';
import { readGift, readGiftPlaces } from '../../server/quizzes/gift-read.ts';
import { writeGift } from '../../server/quizzes/gift-write.ts';
import type { Question } from '../../server/quizzes/question.ts';
import { question as anyQuestion, questions as anyQuestions } from '../quizzes/generated-questions.ts';

/** What a browser sends of a form: line breaks as CR LF, all under names of fields. */
function sent(sheet: Sheet): Record<string, string> {
  const { rows, hints, blanks, type: _, ...own } = sheet;
  const named = rows.flatMap((row, index) => Object.entries(row).map(([name, value]) => [`${name}_${index}`, value]));
  const opened = hints.map((hint, index) => [`hint_${index}`, hint]);
  const kinds = blanks.flatMap((blank, index) =>
    Object.entries(blank).map(([name, value]) => [`${name}_${index}`, value]),
  );
  const fields = [...Object.entries(own), ...named, ...opened, ...kinds];
  return Object.fromEntries(fields.map(([name, value]) => [name, String(value).replaceAll('\n', '\r\n')]));
}

function readBack(question: Question, change: Record<string, string> = {}): Question {
  const body = { ...sent(sheetOf(question, 'vi')), ...change };
  const reading = readSheet(typedSheet(question.type, body), question, question.key, 'vi');
  assert.ok('question' in reading, JSON.stringify(reading));
  return reading.question;
}

t.test('Whatever a reader gives comes out of its form as it was', async () => {
  fc.assert(
    fc.property(anyQuestion, (question) => {
      assert.deepEqual(readBack(question), question);
    }),
  );
});

t.test('Who changes one field changes nothing else, formats and odd weights included', async () => {
  fc.assert(
    fc.property(anyQuestion, (question) => {
      assert.deepEqual(readBack(question, { title: 'Tên mới' }), { ...question, title: 'Tên mới' });
      const tagged = readBack(question, { lesson: 'bai', tags: 'a\r\nb' });
      assert.deepEqual({ ...tagged, tags: [] }, { ...question, tags: [] });
      assert.deepEqual([...tagged.tags].sort(), ['a', 'b', 'lesson:bai']);
    }),
  );
});

/** A file as people leave it: remarks, odd spacing, categories, and what nobody can read. */
const clutter = fc.constantFrom('\n', '\n\n', '// Lan: xem lại\n\n', '\n$CATEGORY: a/b\n\n', '\n \t\n', 'Hỏng } \n\n');
const file = fc
  .tuple(anyQuestions, fc.array(clutter, { minLength: 5, maxLength: 5 }))
  .map(([questions, around]) =>
    questions.map((question, index) => `${around[index]}${writeGift([question])}`).join('\n'),
  );

t.test(
  'One question is written anew, added, moved or taken out, and the others stay as they were to the last byte',
  async () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(), anyQuestion, (source, one, other, added) => {
        const { questions } = readGift(source);
        const pieces = piecesOf(source);
        if (questions.length === 0) return;
        const [at, to] = [one % pieces.length, other % pieces.length];
        const target = pieces[at]?.question;
        if (target) {
          const changed = withQuestion(source, at, { ...target, title: 'Mới' });
          assert.ok(changed !== null);
          assertSame(piecesOf(changed).toSpliced(at, 1), pieces.toSpliced(at, 1));
          assert.equal(withQuestion(source, at, target), source, 'what is the same is not written');
        }
        const fresh = { ...added, key: 'của riêng', tags: [] };
        const grown = withQuestionAdded(source, to, fresh);
        assert.ok(grown !== null);
        assertSame(piecesOf(grown).toSpliced(to, 1), pieces);
        const moved = withQuestionMoved(source, at, to);
        assert.ok(moved !== null);
        assertSame(piecesOf(moved).toSpliced(to, 1), pieces.toSpliced(at, 1));
        const shrunk = withoutQuestion(source, at);
        assert.ok(shrunk !== null);
        assertSame(piecesOf(shrunk), pieces.toSpliced(at, 1));
      }),
    );
  },
);

type Piece = { text: string; question?: Question };

function piecesOf(source: string): Piece[] {
  const lines = source.split('\n');
  return readGiftPlaces(source).places.map(({ from, to, question }) => ({
    text: lines.slice(from - 1, to).join('\n'),
    ...(question && { question }),
  }));
}

function assertSame(some: Piece[], others: Piece[]): void {
  assert.deepEqual(
    some.map(({ text }) => text),
    others.map(({ text }) => text),
  );
}

t.test(
  'What an author noted stays beside the question, and marks are written anew only where they change',
  async (t) => {
    const source = `$CATEGORY: Cuối\n\n//  [id:q1]   hỏi Lan [tag:x]\n::Một::a{\n// ~chưa chắc\n=b ~c}\n::Hai::d{T}\n`;
    const [first] = readGift(source).questions;
    assert.ok(first);
    const retitled = withQuestion(source, 0, { ...first, title: 'Khác' }) ?? '';
    t.match(retitled, '$CATEGORY: Cuối\n\n//  [id:q1]   hỏi Lan [tag:x]\n// ~chưa chắc\n::Khác::');
    t.match(retitled, '\n\n::Hai::d{T}\n', 'where a blank line was forgotten there is one');
    const retagged = withQuestion(source, 0, { ...first, tags: ['lesson:mot'] }) ?? '';
    t.match(retagged, '// [id:q1] [tag:lesson:mot]\n//     hỏi Lan \n// ~chưa chắc\n');
    t.ok(isSameQuestion(readGift(retagged).questions[0] ?? first, { ...first, tags: ['lesson:mot'] }));
  },
);

t.test('A quiz is called anew in the last part of its first category', async (t) => {
  t.equal(
    withTitle('$CATEGORY: $course$/top/Cũ\n\nQ{T}\n', '$CATEGORY: Mới\n\n'),
    '$CATEGORY: $course$/top/Mới\n\nQ{T}\n',
  );
  t.equal(withTitle('$CATEGORY: Cũ\n$CATEGORY: x', '$CATEGORY: Mới'), '$CATEGORY: Mới\n$CATEGORY: x');
  t.equal(withTitle('Q{T}\n', '$CATEGORY: Mới\n\n'), '$CATEGORY: Mới\n\nQ{T}\n');
  t.equal(withTitle('', '$CATEGORY: Mới\n\n'), '$CATEGORY: Mới\n');
});

t.test('A blank brings its spaces along, and right ones share the points', async (t) => {
  const [blank] = readGift('[markdown]Đom đóm phát ra {=ánh sáng ~âm thanh} trong đêm.').questions;
  assert.ok(blank);
  t.match(readBack(blank, { text: 'Nó phát ra', after: 'ban đêm' }), { text: 'Nó phát ra ', after: ' ban đêm' });
  t.match(readBack(blank, { after: '.' }), { text: 'Đom đóm phát ra ', after: '.' });
  t.match(readBack(blank, { after: '' }), { text: 'Đom đóm phát ra', after: null });
  const [many] = readGift('[markdown]Q{~%50%a ~%50%b ~c}').questions;
  assert.ok(many);
  const weights = (question: Question) => 'options' in question && question.options.map(({ weight }) => weight);
  t.same(weights(readBack(many, { weight_2: 'share' })), [33.33333, 33.33333, 33.33333]);
  t.same(weights(readBack(many, { text_2: 'd' })), [50, 50, 0]);
  t.same(weights(readBack(many, { gone_1: 'yes' })), [100, 0]);
});

t.test('What no question can say is told at its field', async (t) => {
  const errorsOf = (type: Question['type'], body: Record<string, string>) => {
    const reading = readSheet(typedSheet(type, body), null, 'q', 'vi');
    return 'errors' in reading ? Object.keys(reading.errors) : [];
  };
  t.same(errorsOf('choice', { text: 'x', text_0: 'a' }), ['rows']);
  t.same(errorsOf('choice', { text_0: 'a', text_1: '', feedback_1: 'b', text_2: 'c', weight_2: '101' }), [
    'text_1',
    'weight_2',
  ]);
  t.same(errorsOf('truefalse', { text: 'x' }), ['correct']);
  t.same(errorsOf('number', { text_0: '1.234' }), ['text_0'], 'a thousand, or a little more than one');
  t.same(errorsOf('number', { text_0: '3', other_0: '2' }), ['other_0']);
  t.same(errorsOf('matching', { text_0: 'a', other_0: '' }), ['other_0']);
  t.same(errorsOf('essay', { text: 'Kể chuyện' }), []);
  const range = readSheet(typedSheet('number', { text: 'x', text_0: '2,5', other_0: '3' }), null, 'q', 'vi');
  t.match(range, { question: { answers: [{ min: 2.5, max: 3, weight: 100 }], format: 'markdown' } });
});
