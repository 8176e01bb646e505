import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { bringAll } from '../../server/publishing/uploads/bringing.ts';
import { soundCourse } from '../courses/folder.ts';
import { zipOf } from '../moving-in/archives.ts';
import { longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { draft } from './drafts.ts';

type Site = Pick<TestApp, 'app' | 'db'>;
type Reading = <V extends Client>(visitor: V) => V;

/** A draft in every state, as its author and its reviewer see it. */
export async function publishingPages(site: Site, reading: Reading): Promise<Page[]> {
  const author = reading(await signedIn(site, { roles: ['author'], full_name: longName }));
  const reviewer = reading(await signedIn(site, { roles: ['reviewer'], full_name: longName }));
  const pages = await all(author, [
    '/publishing',
    '/publishing/new',
    '/publishing/courses',
    '/publishing?state=in_review',
  ]);
  pages.push(await author.post('/publishing', { title: longName.repeat(3), slug: 'Có dấu' }));

  pages.push(...(await uploadPages(author, site)));

  // What is wrong in every way, with long names.
  const broken = await draft(site, author, {
    slug: 'broken',
    files: { ...soundCourse, 'vi/first.md': `# ${longName}\n\n[x](mat-tich.md)\n`, 'en/first.md': '' },
  });
  const desk = `/publishing/${broken.id}`;
  const text = `${desk}/text?path=vi/first.md`;
  pages.push(...(await all(author, [desk, text, `${text}&beside=en&line=3`, `${desk}/text?path=course.yaml`])));
  pages.push(...(await all(author, [`${desk}/items/first`, `${desk}/review`, `${desk}/settings`])));
  const unread = `// [id:q1]\nHỏng {=a\n\n// [id:q9]\n${longName}{T}\n`;
  await author.post(`${desk}/text`, { path: 'vi/final.gift', content: unread, revision: '1' });
  const quiz = `${desk}/quizzes/final`;
  pages.push(...(await all(author, [quiz, `${quiz}?language=en`, `${quiz}/questions/q1?language=en`])));
  pages.push(await author.post(`${quiz}/questions/q1`, { language: 'en', text_0: '', feedback_0: longName }));
  for (const type of ['choices', 'truefalse', 'number', 'matching', 'ordering', 'cloze', 'essay', 'description'])
    pages.push(await author.get(`${quiz}/new-question?type=${type}`));
  pages.push(await author.get(`${quiz}/new-question?like=q1&language=vi`));
  pages.push(...(await assignmentPages(author, desk)), ...(await bankPages(site, author, desk)));
  const settings = await author.get(`${desk}/settings`);
  pages.push(await author.submit(settings, { form: '#settings', fields: { hours: 'x' } }));
  pages.push(await author.post(`${desk}/text`, { path: 'vi/first.md', content: `# Khác\n\n${'rat-dai'.repeat(40)}` }));
  pages.push(await author.post(`${desk}/text/preview`, { path: 'vi/first.md', content: '# Bài\n\n**Đậm** [x](y.md)' }));
  pages.push(...(await picturePages(author, desk)));
  const sides = `${desk}/items/first/translation`;
  pages.push(await author.get(sides), await author.get(`${desk}/items/final/translation?one=en&other=vi`));
  pages.push(await author.post(sides, { 'one-0-0123456789abcdef': longName, 'other-7-0123456789abcdef': longName }));
  pages.push(
    ...(await all(author, [`${desk}/completion`, `${desk}/items/final/settings`, `${desk}/items/first/settings`])),
  );
  pages.push(await author.post(`${desk}/completion`), await author.post(`${desk}/items/final/settings`, { pass: 'x' }));
  pages.push(await author.get(`${desk}/description?language=vi`));
  pages.push(await author.post(`${desk}/description`, { language: 'vi', title: '', outcomes: longName.repeat(20) }));
  pages.push(await author.get(`${desk}/removed-items`));
  await author.submit(await author.get(desk), { form: `${desk}/items/first/removal` });
  pages.push(await author.get(`${desk}/removed-items`));
  await author.post(`${desk}/removal`);
  pages.push(...(await all(author, [desk, '/publishing?state=discarded'])));

  const files = { ...soundCourse, ...smallCourse } as Record<string, string>;
  const whole = { ...files, 'course.yaml': (files['course.yaml'] ?? '').replace('id: small', 'id: whole') };
  const { id } = await draft(site, author, { slug: 'whole', files: whole });
  const sound = `/publishing/${id}`;
  pages.push(...(await all(author, [sound, `${sound}/review`, `${sound}/items/final?language=en`])));
  await author.submit(await author.get(`${sound}/review`), {
    form: `${sound}/submission`,
    fields: { changes: longName },
  });
  await reviewer.post(`${sound}/comments`, { item: 'first', words: longName, line: '1' });
  pages.push(...(await all(author, [sound, `${sound}/text?path=vi/first.md`])));
  pages.push(
    ...(await all(reviewer, ['/publishing?state=in_review', sound, `${sound}/review`, `${sound}/items/first`])),
  );
  pages.push(await reviewer.post(`${sound}/return`), await reviewer.post(`${sound}/comments`, { item: 'first' }));
  await reviewer.submit(await reviewer.get(`${sound}/review`), { form: `${sound}/publication` });
  pages.push(await reviewer.get(`${sound}/review`));

  await author.post('/publishing/courses/whole/drafts');
  pages.push(...(await all(author, ['/publishing/courses', '/publishing?state=published'])));
  const next = await site.db
    .selectFrom('drafts')
    .select('id')
    .where('slug', '=', 'whole')
    .where('state', '=', 'draft')
    .executeTakeFirstOrThrow();
  const again = await author.get(`/publishing/${next.id}/text?path=vi/first.md`);
  await author.submit(again, { fields: { content: '# Bài đầu\n\nViết lại.' } });
  return [...pages, await author.get(`/publishing/${next.id}/changes`)];
}

/** A bank that is empty, full of long words, and refused; its questions in a quiz. */
async function bankPages(site: Site, author: Client, desk: string): Promise<Page[]> {
  const bank = '/publishing/bank';
  const quiz = `${desk}/quizzes/final/bank`;
  const empty = await all(author, [bank, quiz, `${bank}/gift`]);
  const { code } = await rootOrganisation(site);
  const gift = `// [tag:${longName}] [tag:level:${longName}]\n${longName}?{=${longName} ~Sai}\n\nMấy?{#1}\n`;
  const paste = (words: string) => author.post(`${bank}/gift`, { organisation: code, language: 'vi', gift: words });
  const refused = await paste(`${longName}{=a\n`);
  await paste(gift);
  const list = await author.get(bank);
  const hrefs = list.html.querySelectorAll('.rows a').map((link) => link.getAttribute('href') ?? '');
  const path = hrefs.find((href) => href.includes('/questions/'))?.split('?')[0] ?? '';
  const id = path.split('/').at(-1) ?? '';
  const pages = await all(author, [path, `${bank}/new-question?like=${id}&language=en`, `${bank}/new-question`, quiz]);
  const wrong = await author.post(quiz, { act: 'random', count: longName });
  await author.post(quiz, { act: 'ticked', take: id });
  const late = await author.post(path, { language: 'vi', base: '0', text: longName, text_0: 'a', text_1: 'b' });
  const used = await all(author, [path, `${quiz}?q=${encodeURIComponent(longName)}`]);
  await author.post(`${path}/removal`);
  return [...empty, refused, list, ...pages, wrong, late, ...used, ...(await all(author, [path, `${bank}?state=out`]))];
}

/** An assignment that is new, one of which everything is wrong, and one that can be marked by. */
async function assignmentPages(author: Client, desk: string): Promise<Page[]> {
  const { html } = await author.get(desk);
  const revision = html.querySelector('#new-item [name=revision]')?.getAttribute('value') ?? '';
  const added = await author.post(`${desk}/items`, { title: longName, kind: 'assignment', revision });
  const form = await author.follow(added);
  const path = form.url.split('?')[0] ?? '';
  const wrong = {
    title: '',
    criterion_0: longName,
    points_0_0: 'x',
    level_0_0: longName,
    points_0_1: '1',
    level_0_1: '',
  };
  const sound = { task: longName, criterion_0: longName, level_0_0: longName, level_0_1: longName, level_0_2: 'Chưa' };
  const pages = [form, await author.post(path, { language: 'vi', ...wrong }), await author.get(`${path}?language=en`)];
  await author.submit(form, { fields: sound });
  return [...pages, ...(await all(author, [path, `${path}?language=en`, path.replace('assignments', 'items')]))];
}

/** Files that become drafts, and files that do not, for every reason there is. */
async function uploadPages(author: Client, site: Site): Promise<Page[]> {
  const form = await author.get('/publishing/uploads');
  const { id: organisation } = await rootOrganisation(site);
  const bring = (name: string, bytes: string | Buffer) =>
    author.upload('/publishing/uploads', { id: newId(), organisation, language: '' }, { name, bytes });
  const gift = `::${longName}::${longName}?{=Một ~Hai}\n\n::Số::Mấy?{#3}\n`;
  const lacking = zipOf({ ...soundCourse, [`images/a/${longName}/b`]: 'x' });
  const own = zipOf(soundCourse);
  const sent = [
    await bring('', ''),
    await bring(`${longName.repeat(3)}.gift`, gift),
    await bring('chu.txt', longName),
    await bring('stack.xml', '<quiz><question type="stack"><name><text>Số</text></name></question></quiz>'),
    await bring('lacking.zip', await lacking),
    await bring('small.zip', await own),
    await bring('small.zip', await own),
  ];
  await bringAll(site.app);
  const pages: Page[] = [form];
  for (const page of sent)
    pages.push(page.status === 422 ? page : await author.follow(await author.get(String(page.headers.location))));
  const report = pages[2]?.url ?? '';
  pages.push(await author.get(`${report}?part=came`), await author.get('/publishing/uploads'));
  const open = pages[6]?.url.split('/')[2] ?? '';
  await author.post(`/publishing/${open}/removal`);
  return pages;
}

/** Pictures that no text shows, that one does, and a heavy one; none at all. */
async function picturePages(author: Client, desk: string): Promise<Page[]> {
  const pages = await all(author, [`${desk}/pictures`, `${desk}/picture/new`, `${desk}/picture/new?text=vi/first.md`]);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6"/></svg>';
  const noise = Buffer.from(Array.from({ length: 900 * 900 * 3 }, (_, at) => (at * 2654435761) >>> 24));
  const heavy = await sharp(noise, { raw: { width: 900, height: 900, channels: 3 } })
    .jpeg()
    .toBuffer();
  const add = async (bytes: string | Buffer, fields: Record<string, string>) =>
    author.follow(await author.upload(`${desk}/pictures`, fields, { name: 'a', bytes }));
  const words = { words_vi: longName, words_en: longName };
  pages.push(await add(svg, { text: 'vi/first.md', words_vi: 'Khung' }), await add('x', words), await add(svg, {}));
  pages.push(await add(heavy, words));
  await author.submit(pages[3] as Page, { form: '#placement' });
  pages.push(await author.get(pages[3]?.url ?? ''), await author.get(`${desk}/pictures`));
  const saving = { 'save-data': 'on' };
  return [...pages, await author.get(pages[3]?.url ?? '', saving), await author.get(`${desk}/pictures`, saving)];
}

async function all(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}
