import { join } from 'node:path';
import t from 'tap';
import { type Draft, MovingFault, type Note } from '../../server/moving-in/draft.ts';
import { readBytes } from '../../server/moving-in/reading.ts';
import { count, expectedOf, move, moveDraft, packages, skip, textOf } from './packages.ts';

interface Expected {
  total?: number;
  questionsByType?: Record<string, number>;
}

for (const folder of ['gift-fuhrmanator', 'moodle-questions', 'moodle-stack-unsupported']) {
  t.test(`every question of ${folder} comes or is named`, { skip }, async (t) => {
    for (const [file, { total, questionsByType }] of Object.entries(expectedOf<Expected>(folder))) {
      if (total === undefined) continue;
      const { notes } = await move(t, join(packages, folder, file));
      t.equal(count(notes, 'question'), total, file);
      if (folder !== 'gift-fuhrmanator') t.strictSame(typesOf(notes), questionsByType, file);
    }
  });
}

t.test('questions of no known type are all left out by name, and no folder is made', { skip }, async (t) => {
  for (const file of Object.keys(expectedOf('moodle-stack-unsupported'))) {
    const { files, notes } = await move(t, join(packages, 'moodle-stack-unsupported', file));
    t.equal(files, null);
    t.strictSame(
      notes.map(({ code, values }) => [code, values.type]),
      [['question_type', 'stack']],
      file,
    );
  }
});

t.test("Moodle's examples of GIFT and Aiken come as Moodle reads them", { skip }, async (t) => {
  const folder = join(packages, 'moodle-questions');
  const gift = await move(t, join(folder, 'format_gift_examples.txt'));
  t.equal(count(gift.notes, 'question', 'came'), 43);
  t.strictSame(typesOf(gift.notes), { choice: 16, choices: 2, truefalse: 5, short: 9, number: 8, matching: 3 });
  const aiken = await move(t, join(folder, 'format_aiken_aiken_errors.txt'));
  t.equal(count(aiken.notes, 'question', 'came'), 3);
  const lost = aiken.notes.filter(({ outcome }) => outcome === 'left_out').map(({ place }) => place.split(':')[1]);
  t.strictSame(lost, ['3', '5', '7', '18']);
  t.match(textOf(aiken, 'en/format-aiken-aiken-errors.gift'), /=Correct\n/);
  const old = await move(t, join(folder, 'format_gift_questions_encoding_windows-1252.gift.txt'));
  t.equal(count(old.notes, 'question'), 3);
  for (const file of ['format_multianswer_broken_multianswer_2.txt', 'format_multianswer_broken_multianswer_4.txt'])
    await t.rejects(move(t, join(folder, file)), { code: 'format_unknown' }, file);
});

t.test('an essay comes as one, with its notes for markers', async (t) => {
  const gift = await moveDraft(
    t,
    await read('::Kể chuyện::[html]<p>Kể một chuyện vui ở lớp.</p>{####Ba câu là đủ.}\n'),
  );
  t.match(textOf(gift, 'course.yaml'), /kind: quiz/);
  t.match(textOf(gift, 'vi/q.gift'), /Kể một chuyện vui ở lớp\.\{####Ba câu là đủ\.\}/);
  const essay = (inner: string) =>
    `<quiz><question type="essay"><name><text>Kể chuyện</text></name><questiontext format="html"><text>Kể một chuyện vui ở lớp.</text></questiontext>${inner}</question></quiz>`;
  const general = '<generalfeedback format="html"><text>Cảm ơn bạn.</text></generalfeedback>';
  const notes = '<graderinfo format="html"><text><![CDATA[<p>Tìm <b>ba</b> ý.</p>]]></text></graderinfo>';
  const xml = await moveDraft(t, await read(essay(`${general}<responseformat>editor</responseformat>${notes}`)));
  t.match(textOf(xml, 'vi/q-xml.gift'), '{####Tìm **ba** ý.}');
  t.notMatch(textOf(xml, 'vi/q-xml.gift'), 'Cảm ơn');
  t.strictSame(
    xml.notes.filter(({ thing }) => thing === 'question').map(({ outcome, code }) => `${outcome} ${code}`),
    ['came came_question', 'changed feedback_dropped'],
  );
});

t.test('what is answered with a file comes as an assignment, with a rubric to be written anew', async (t) => {
  const source = '<questiontext format="html"><text>Kể một chuyện vui ở lớp.</text></questiontext>';
  const upload = `<quiz><question type="essay"><name><text>Kể chuyện</text></name>${source}<responseformat>noinline</responseformat></question></quiz>`;
  const moved = await moveDraft(t, await read(upload));
  t.match(textOf(moved, 'course.yaml'), /kind: assignment/);
  t.match(textOf(moved, 'vi/ke-chuyen.md'), /rubric:[\s\S]*# Kể chuyện\n\nKể một chuyện vui ở lớp\./);
  t.ok(moved.notes.some(({ code }) => code === 'rubric_made_up'));
});

t.test('HTML becomes Markdown; remote pictures become links, and are named', async (t) => {
  const moved = await moveDraft(
    t,
    await read(`<quiz><question type="truefalse"><name><text>Sky</text></name><questiontext format="html"><text><![CDATA[
      <h2>Look</h2><p>Is the <b>sky</b> blue? <img src="https://example.org/sky.png" alt="The sky"></p>
      <p><img src="file:///etc/passwd" alt="No"> <a href="javascript:alert(1)">here</a> [x](y) # not a heading</p>]]></text></questiontext>
      <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>`),
  );
  const gift = textOf(moved, 'en/q-xml.gift');
  t.match(gift, '**Look**');
  t.match(gift, /\[The sky\]\(https\\:\/\/example\.org\/sky\.png\)/);
  t.notMatch(gift, /passwd|javascript/);
  t.strictSame(
    moved.notes.filter(({ thing }) => thing === 'picture' || thing === 'link').map(({ code }) => code),
    ['picture_remote', 'link_lost', 'picture_missing'],
  );
});

t.test('XML with entities of its own, too deep or broken is refused by line', async (t) => {
  const bomb = `<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>`;
  const foreign = `<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay"><name><text>&x;</text></name></question></quiz>`;
  await t.rejects(read(bomb), { code: 'xml_entities' });
  await t.rejects(read(foreign), { code: 'xml_entities' });
  await t.rejects(read('<quiz>\n<question>&x;</question></quiz>'), { code: 'xml_broken', values: { line: 2 } });
  await t.rejects(read('<quiz>\n<question type="essay">'), { code: 'xml_broken' });
  await t.rejects(read(`<quiz>${'<a>'.repeat(100_000)}`), { code: 'xml_too_deep' });
  await t.rejects(readBytes(Buffer.from('Only words.'), 'words.txt'), MovingFault);
});

async function read(source: string): Promise<Draft> {
  return readBytes(Buffer.from(source), source.startsWith('<') ? 'q xml' : 'q.gift');
}

function typesOf(notes: Note[]): Record<string, number> {
  const own = notes.filter(({ thing, outcome }) => thing === 'question' && outcome !== 'changed');
  const counts = Object.groupBy(own, ({ values }) => String(values.type));
  return Object.fromEntries(Object.entries(counts).map(([type, list = []]) => [type, list.length]));
}

t.test('Hints come in their order, and those without words are named', async (t) => {
  const hint = (html: string) => `<hint format="html"><text><![CDATA[${html}]]></text><shownumcorrect/></hint>`;
  const source = `<quiz><question type="truefalse"><name><text>Đom đóm</text></name>
    <questiontext format="html"><text><![CDATA[<p>Đom đóm phát sáng.</p>]]></text></questiontext>
    <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>
    ${hint('<p>Ra đồng <b>ban đêm</b>.</p>')}${hint('')}${hint('<p><br></p>')}${hint('<p>Nhìn bụng nó.</p>')}
  </question></quiz>`;
  const moved = await moveDraft(t, await read(source));
  const [path = ''] = [...(moved.files ?? new Map()).keys()].filter((one) => one.endsWith('.gift'));
  t.match(textOf(moved, path), '// [hint:Ra đồng **ban đêm**.]\n// [hint:Nhìn bụng nó.]\n');
  const told = moved.notes.filter(({ code }) => code.startsWith('hints'));
  t.strictSame(told.map(({ code, values }) => [code, values.count]).sort(), [
    ['hints', 2],
    ['hints_without_words', 2],
  ]);
});
