import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import type { Note } from '../../server/moving-in/draft.ts';
import { bringAll } from '../../server/publishing/uploads/bringing.ts';
import { wordOf, wordParagraph, wordPicture, zipOf } from '../moving-in/archives.ts';
import { count, expectedOf, packages, skip } from '../moving-in/packages.ts';
import { testApp } from '../support/app.ts';
import { project } from '../support/child.ts';
import { byRole, textOf } from '../support/html.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

/** What a file became through the page that authors send it by: the report that stays with the draft, and the draft's own faults. */
async function brought(t: Test, name: string, bytes: Buffer) {
  const { app, db } = await testApp(t);
  const author = await signedIn({ app, db }, { roles: ['author'] });
  const { id: organisation } = await rootOrganisation({ db });
  const sent = await author.upload('/publishing/uploads', { id: newId(), organisation, language: '' }, { name, bytes });
  t.equal(sent.status, 303, name);
  await bringAll(app);
  const upload = await author.get(String(sent.headers.location));
  const page = await author.follow(upload);
  const draft = await db.selectFrom('drafts').select(['id', 'report']).executeTakeFirst();
  const outcome = await db.selectFrom('course_uploads').select('outcome').executeTakeFirst();
  const notes = (draft?.report ?? (outcome?.outcome as { notes?: Note[] } | null)?.notes ?? []) as Note[];
  t.match(textOf(byRole(page.html, 'main')), draft ? 'Những gì đã đưa lên' : 'Tệp chưa đưa lên được', name);
  if (draft) {
    const desk = await author.get(`/publishing/${draft.id}`);
    t.match(textOf(byRole(desk.html, 'main')), 'Không thấy lỗi nào', name);
  }
  const files = await db.selectFrom('draft_files').select(['path', 'content']).execute();
  return { notes, isDraft: draft !== undefined, paths: files.map(({ path }) => path), page };
}

const file = (...steps: string[]) => readFileSync(join(packages, ...steps));

/** As authors pack a folder. */
async function packed(folder: string): Promise<Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const name = (entry: (typeof paths)[number]) => join(entry.parentPath, entry.name);
  return zipOf(Object.fromEntries(paths.map((one) => [name(one).slice(folder.length + 1), readFileSync(name(one))])));
}

type Questions = { total: number };

t.test('GIFT, Aiken and Moodle XML come with as many questions as they have', { skip }, async (t) => {
  const moodle = expectedOf<Questions>('moodle-questions');
  const gift = expectedOf<Questions>('gift-fuhrmanator');
  for (const [folder, name, total] of [
    ['gift-fuhrmanator', 'TFTwoFeedback.gift', gift['TFTwoFeedback.gift']?.total],
    ['moodle-questions', 'format_gift_examples.txt', 43],
    ['moodle-questions', 'format_aiken_aiken_errors.txt', 7],
    ['moodle-questions', 'format_xml_multichoice.xml', moodle['format_xml_multichoice.xml']?.total],
    ['moodle-questions', 'type_essay_testquestion.moodle.xml', moodle['type_essay_testquestion.moodle.xml']?.total],
  ] as const) {
    const { notes, isDraft } = await brought(t, name, file(folder, name));
    t.ok(isDraft, name);
    t.equal(count(notes, 'question'), total, name);
  }
});

t.test('Questions of no known kind are refused by name, and leave no draft', { skip }, async (t) => {
  const [name = ''] = Object.keys(expectedOf('moodle-stack-unsupported'));
  const { notes, isDraft } = await brought(t, name, file('moodle-stack-unsupported', name));
  t.notOk(isDraft);
  t.strictSame(
    notes.map(({ code }) => code),
    ['question_type'],
  );
});

t.test('A Moodle backup comes with its activities, in zip and tar.gz', { skip }, async (t) => {
  interface Expected {
    activities: { page?: number; assign?: number; quiz?: number; forum?: number };
    questions: Record<string, number>;
    container: string;
  }
  const all = Object.entries(expectedOf<Expected>('moodle-mbz'));
  const name = 'backup_moodle2_availability_26_format.mbz';
  const expected = all.find(([path]) => path === name)?.[1];
  const { notes, isDraft } = await brought(t, name, file('moodle-mbz', name));
  t.ok(isDraft);
  t.equal(count(notes, 'lesson'), expected?.activities.page);
  t.ok(count(notes, 'quiz') >= (expected?.activities.quiz ?? 0));
  t.equal(
    count(notes, 'question'),
    Object.values(expected?.questions ?? {}).reduce((sum, number) => sum + number, 0),
  );
  t.equal(notes.filter(({ code }) => code === 'activity_kind').length, expected?.activities.forum);
  const zipped = all.find(([, { container }]) => container === 'zip')?.[0] ?? '';
  const other = await brought(t, zipped, file('moodle-mbz', zipped));
  t.ok(
    other.notes.some(({ code }) => code === 'activity_kind'),
    zipped,
  );
});

t.test('A Common Cartridge comes with its questions', { skip }, async (t) => {
  const name = 'all-question-types.imscc';
  const { qti } = expectedOf<{ qti: Record<string, { counts: { item: number } }> }>('common-cartridge')[name] ?? {};
  const [most = 0] = Object.values(qti ?? {})
    .map(({ counts }) => counts.item)
    .sort((one, other) => other - one);
  const { notes, isDraft } = await brought(t, name, file('common-cartridge', name));
  t.ok(isDraft);
  t.equal(count(notes, 'question'), most);
});

t.test(
  'A folder of Markdown that was packed comes with its lessons, quizzes and remote pictures by name',
  { skip },
  async (t) => {
    interface Expected {
      markdownFiles: number;
      lessons: number;
      externalImageRefs: number;
      quizFile: { quizzes: number; questions: number };
    }
    const expected = expectedOf<never>('md-iot-en-1-3') as unknown as Expected;
    const { notes, isDraft } = await brought(t, 'iot.zip', await packed(join(packages, 'md-iot-en-1-3', 'course')));
    t.ok(isDraft);
    const lessons = notes.filter(
      ({ thing, outcome, place }) =>
        thing === 'lesson' && outcome === 'came' && /lessons\/[^/]+\/README\.md$/.test(place),
    );
    t.equal(lessons.length, expected.lessons);
    t.equal(count(notes, 'quiz', 'came'), expected.quizFile.quizzes);
    t.equal(count(notes, 'question', 'came'), expected.quizFile.questions);
    t.ok(notes.some(({ code, values }) => code === 'picture_remote' && /^https?:/.test(String(values.address))));
  },
);

t.test('A Word document comes with its headings and pictures', async (t) => {
  const words =
    wordParagraph('Đèn', 'Heading1') + wordParagraph('Thắp', 'Heading2') + wordParagraph('Châm lửa.') + wordPicture;
  const { notes, paths } = await brought(t, 'den.docx', await wordOf(words));
  t.equal(count(notes, 'lesson', 'came'), 1);
  t.strictSame(paths.sort(), ['course.yaml', 'images/picture-1.png', 'vi/course.md', 'vi/thap.md']);
});

t.test('A course of ours that was packed comes whole, whatever is in it', async (t) => {
  const [name = ''] = readdirSync(join(project, 'courses'), { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? one.name : [],
  );
  const folder = join(project, 'courses', name);
  const { paths, notes } = await brought(t, `${name} (2).zip`, await packed(folder));
  const own = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  t.equal(paths.length, own.length);
  t.match(notes[0], { code: 'came_package', values: { count: own.length } });
});

t.test('Archives of many tools are read or refused in a sentence', { skip }, async (t) => {
  for (const name of Object.keys(expectedOf('zip-tools'))) {
    const { isDraft } = await brought(t, name, file('zip-tools', name));
    t.notOk(isDraft, 'there is no course in them');
  }
});
