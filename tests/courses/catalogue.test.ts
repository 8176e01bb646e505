import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { listCatalogue } from '../../server/courses/queries.ts';
import { searchForm } from '../../server/platform/text.ts';
import { insertCourses } from '../budgets/site.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import type { Files } from './folder.ts';

interface Sketch {
  title?: string;
  summary?: string;
  english?: string;
  yaml?: [from: string, to: string];
}

/** A course of its own among others, with this title. */
function sketch({ title = 'Khoá nhỏ', summary = 'Tóm tắt.', english = 'Course', yaml = ['', ''] }: Sketch): Files {
  const texts = (heading: string) => `---\ntitle: ${JSON.stringify(heading)}\nsummary: ${JSON.stringify(summary)}
outcomes: [Làm được một việc.]\n---\n\nChào bạn.\n`;
  return {
    'course.yaml': courseYaml().replace(...yaml),
    'vi/course.md': texts(title),
    'en/course.md': texts(english),
  };
}

async function siteWith(t: Test, courses: Record<string, Sketch>): Promise<TestApp & { visitor: Client }> {
  const site = await testApp(t);
  for (const [name, course] of Object.entries(courses)) await publish(t, site, sketch(course), name);
  return { ...site, visitor: client(site.app) };
}

/** Titles on the page, in order. */
function titles({ html }: Page): string[] {
  return html.querySelectorAll('#results h3').map(textOf);
}

const search = async (visitor: Client, q: string) => titles(await visitor.get(`/courses?q=${encodeURIComponent(q)}`));

t.test('Typed without accents, all that spells so is found; with accents, what has them comes first', async (t) => {
  const { visitor } = await siteWith(t, {
    net: { title: 'An toàn trên mạng' },
    film: { title: 'Màng nhà kính' },
    trip: { title: 'Chợ số ở Đà Nẵng' },
  });
  t.strictSame(await search(visitor, 'mang'), ['Màng nhà kính', 'An toàn trên mạng'], 'the newest first');
  t.strictSame(await search(visitor, 'mạng'), ['An toàn trên mạng', 'Màng nhà kính']);
  t.strictSame(await search(visitor, 'MẠNG'), ['An toàn trên mạng', 'Màng nhà kính']);
  t.strictSame(await search(visitor, 'mạng'.normalize('NFD')), ['An toàn trên mạng', 'Màng nhà kính']);
  for (const q of ['Da Nang', 'da nang', 'Đà Nẵng', 'đà nẵng', 'ĐÀ  NẴNG', 'nang da']) {
    t.strictSame(await search(visitor, q), ['Chợ số ở Đà Nẵng'], q);
  }
});

t.test('A title that has the words comes before a course that only speaks of them', async (t) => {
  const { visitor } = await siteWith(t, {
    title: { title: 'Bảng tính cho mọi người' },
    speaks: { title: 'Khoá khác', summary: 'Cũng nói về bảng tính.' },
  });
  t.strictSame(await search(visitor, 'bang tinh'), ['Bảng tính cho mọi người', 'Khoá khác']);
});

t.test('The old and the new place of a tone mark find the same', async (t) => {
  const { visitor } = await siteWith(t, { old: { title: 'Vì hòa bình' }, now: { title: 'Sống hoà thuận' } });
  for (const q of ['hòa', 'hoà', 'hoa']) t.equal((await search(visitor, q)).length, 2, q);
  t.strictSame(await search(visitor, 'hòa bình'), await search(visitor, 'hoà bình'));
});

t.test('Signs that a database reads as commands are only signs', async (t) => {
  const { visitor } = await siteWith(t, {
    percent: { title: 'Giảm 100% phí' },
    line: { title: 'Tên tep_moi' },
    quote: { title: `Chữ "nháy" và 'nháy' \\ gạch` },
  });
  const found: Record<string, string[]> = {
    '100%': ['Giảm 100% phí'],
    '%': ['Giảm 100% phí'],
    '％': ['Giảm 100% phí'],
    _: ['Tên tep_moi'],
    p_m: ['Tên tep_moi'],
    '\\': [`Chữ "nháy" và 'nháy' \\ gạch`],
    '\\ g': [`Chữ "nháy" và 'nháy' \\ gạch`],
    "'": [`Chữ "nháy" và 'nháy' \\ gạch`],
    '"nhay"': [`Chữ "nháy" và 'nháy' \\ gạch`],
    '%%': [],
    '1%0': [],
    'te%moi': [],
    "' or '1'='1": [],
    '\\%': [],
    '{count}': [],
  };
  for (const [q, expected] of Object.entries(found)) t.strictSame(await search(visitor, q), expected, q);
});

t.test('Part of a word is enough, and any language of the course, and what its lessons are called', async (t) => {
  const { visitor } = await siteWith(t, { a: { title: 'Mật khẩu', english: 'Passwords' }, b: { title: 'Khác' } });
  for (const q of ['mat', 'hẩu', 'passw', 'Words']) t.strictSame(await search(visitor, q), ['Mật khẩu'], q);
  t.equal((await search(visitor, 'second lesson')).length, 2, 'the English title of a lesson, on a Vietnamese page');
});

t.test('What was searched stays in the field, as typed, and goes along with the filters', async (t) => {
  const { visitor } = await siteWith(t, { a: { title: 'Mật khẩu' } });
  const page = await visitor.get('/courses?q=%3Cb%3E%22m%E1%BA%ADt&topic=internet');
  t.equal(page.html.querySelector('input[type=search]')?.getAttribute('value'), '<b>"mật');
  t.equal(page.html.querySelector('#search input[name=topic]')?.getAttribute('value'), 'internet');
  t.match(byRole(page.html, 'link', 'Dữ liệu').getAttribute('href'), /^\/courses\?q=%3Cb%3E%22m%E1%BA%ADt&topic=data$/);
  const again = await visitor.submit(page, { form: '#search', fields: { q: 'khẩu' } });
  t.strictSame(titles(again), ['Mật khẩu']);
  t.match(again.url, 'topic=internet');
});

t.test('Filters are links that say which is chosen, and combine', async (t) => {
  const { visitor } = await siteWith(t, {
    one: { title: 'Một' },
    two: { title: 'Hai', yaml: ['topic: internet', 'topic: data'] },
    three: { title: 'Ba', yaml: ['level: basic', 'level: advanced'] },
  });
  const start = await visitor.get('/courses');
  const data = await visitor.get(byRole(start.html, 'link', 'Dữ liệu').getAttribute('href') ?? '');
  t.strictSame(titles(data), ['Hai']);
  t.equal(byRole(data.html, 'link', 'Dữ liệu').getAttribute('aria-current'), 'true');
  t.strictSame(titles(await visitor.get('/courses?level=advanced')), ['Ba']);
  t.strictSame(titles(await visitor.get('/courses?level=advanced&topic=data')), []);
  t.equal(titles(await visitor.get('/courses?language=en')).length, 3);
});

t.test('A filter that does not exist filters nothing', async (t) => {
  const { visitor } = await siteWith(t, { one: { title: 'Một' }, two: { title: 'Hai' } });
  for (const query of [
    'topic=cooking',
    'level=',
    'level=BASIC',
    'sort=random',
    'topic=data%27--',
    `language=${'x'.repeat(50)}`,
    'unknown=1',
    'topic[]=data',
    `q=${'+'.repeat(50)}`,
  ]) {
    t.strictSame(titles(await visitor.get(`/courses?${query}`)), ['Hai', 'Một'], query);
  }
  t.strictSame(
    titles(await visitor.get('/courses?topic=internet&topic=data')),
    ['Hai', 'Một'],
    'the first of two counts',
  );
});

t.test('A search as long as a book is cut, not refused', async (t) => {
  const { visitor } = await siteWith(t, { one: { title: 'Một' } });
  const page = await visitor.get(`/courses?q=${'mot+'.repeat(2000)}`);
  t.strictSame([page.status, titles(page)], [200, ['Một']]);
});

t.test('Courses are sorted as asked: by the Vietnamese alphabet, by length, else the newest first', async (t) => {
  const { visitor } = await siteWith(t, {
    a: { title: 'Đo lường', yaml: ['hours: 1.5', 'hours: 3'] },
    b: { title: 'Dữ liệu', yaml: ['hours: 1.5', 'hours: 0.5'] },
    c: { title: 'Ăn sạch' },
    d: { title: 'Em bé' },
    e: { title: 'An toàn' },
  });
  const sorted = async (sort: string) => titles(await visitor.get(`/courses?sort=${sort}`));
  t.strictSame(await sorted('title'), ['An toàn', 'Ăn sạch', 'Dữ liệu', 'Đo lường', 'Em bé']);
  t.strictSame((await sorted('short')).at(0), 'Dữ liệu');
  t.strictSame((await sorted('short')).at(-1), 'Đo lường');
  t.strictSame(await sorted('newest'), ['An toàn', 'Em bé', 'Ăn sạch', 'Dữ liệu', 'Đo lường']);
});

t.test('Many courses come in pages, whose addresses keep what was asked', async (t) => {
  const site = await siteWith(t, { one: { title: 'Một' } });
  await insertCourses(site, 60);
  const { visitor } = site;
  const first = await visitor.get('/courses?topic=internet&sort=title');
  t.equal(titles(first).length, 24);
  const next = first.html.querySelector('a[rel=next]')?.getAttribute('href') ?? '';
  t.match(next, /^\/courses\?topic=internet&sort=title&page=2$/);
  const second = await visitor.get(next);
  t.strictSame(
    titles(second).filter((title) => titles(first).includes(title)),
    [],
  );
  t.equal(byRole(second.html, 'link', 'Trang 2').getAttribute('aria-current'), 'page');
  t.equal(titles(await visitor.get('/courses?page=3')).length, 13);
  t.equal((await visitor.get('/courses?page=3')).html.querySelector('a[rel=next]'), null);
  t.match(
    byRole(second.html, 'link', 'Dữ liệu').getAttribute('href'),
    /^\/courses\?sort=title&topic=data$/,
    'page 1 of it',
  );
});

t.test('A page number that is none is the first; past the last one is led back to it', async (t) => {
  const site = await siteWith(t, { one: { title: 'Một' } });
  await insertCourses(site, 30);
  const { visitor } = site;
  const first = titles(await visitor.get('/courses'));
  for (const page of ['-1', '0', '1.5', 'x', '', '1e9', '99999999999999999999', '1&page=2']) {
    t.strictSame(titles(await visitor.get(`/courses?page=${page}`)), first, page);
  }
  for (const page of ['3', '99999']) {
    const beyond = await visitor.get(`/courses?page=${page}&topic=internet`);
    t.match(beyond, { status: 303, headers: { location: '/courses?topic=internet' } });
  }
});

t.test('Where nothing fits, the page says so and what to do', async (t) => {
  const { visitor } = await siteWith(t, {});
  t.match(textOf(byRole((await visitor.get('/courses')).html, 'main')), 'Chưa có khoá học nào');
  const page = await visitor.get('/courses?q=qwerty');
  t.equal(page.status, 200);
  t.match(textOf(byRole(page.html, 'main')), 'Không tìm thấy khoá học nào cho “qwerty”');
  t.equal(byRole(page.html, 'link', 'Xem tất cả khoá học').getAttribute('href'), '/courses');
});

t.test('A card says what a course costs in time and data, its languages, level and provider', async (t) => {
  const { visitor } = await siteWith(t, { one: { title: 'Một' } });
  const card = textOf(byRole((await visitor.get('/courses')).html, 'main'));
  for (const words of ['1,5 giờ', '2 bài', /tải \d+ kB/, 'Cơ bản', 'Tiếng Việt, Tiếng Anh', 'Đom Đóm', 'Tóm tắt.']) {
    t.match(card, words);
  }
});

t.test('A course that lacks the reader’s language is shown in its own, and says so to a screen reader', async (t) => {
  const site = await testApp(t);
  const onlyVietnamese = Object.fromEntries(
    ['course.md', 'first.md', 'second.md', 'practice.gift', 'final.gift'].map((name) => [`en/${name}`, null]),
  );
  const yaml = courseYaml().replace('[vi, en]', '[vi]');
  await publish(t, site, { ...sketch({ title: 'Một' }), ...onlyVietnamese, 'course.yaml': yaml }, 'one');
  await publish(t, site, sketch({ title: 'Hai', english: 'Two' }), 'two');
  const page = await client(site.app).get('/courses?lang=en&sort=title');
  t.strictSame(
    page.html.querySelectorAll('#results h3').map((title) => [textOf(title), title.getAttribute('lang')]),
    [
      ['Một', 'vi'],
      ['Two', 'en'],
    ],
  );
  t.equal(page.html.querySelector('html')?.getAttribute('lang'), 'en');
  t.strictSame(titles(await client(site.app).get('/courses?language=en')), ['Hai']);
});

t.test('A course may have languages that the interface does not', async (t) => {
  const site = await testApp(t);
  const khmer = Object.fromEntries(['first.md', 'second.md'].map((name) => [`km/${name}`, '# មេរៀន\n\nសួស្តី។\n']));
  const files = sketch({ yaml: ['[vi, en]', '[vi, km]'] });
  const quizzes = { 'en/course.md': null, 'en/first.md': null, 'en/second.md': null };
  const gift = '// [id:q1]\n::1::[markdown]1 + 1?{TRUE}\n';
  const tests = { 'vi/final.gift': gift, 'km/final.gift': gift, 'vi/practice.gift': gift, 'km/practice.gift': gift };
  const gone = { 'en/final.gift': null, 'en/practice.gift': null };
  await publish(t, site, {
    ...files,
    'km/course.md': files['vi/course.md'] ?? '',
    ...khmer,
    ...quizzes,
    ...tests,
    ...gone,
  });
  const visitor = client(site.app);
  t.match(textOf(byRole((await visitor.get('/courses?language=km')).html, 'main')), 'Tiếng Việt, Tiếng Khmer');
  t.match(textOf(byRole((await visitor.get('/courses/small?lang=en')).html, 'main')), 'Vietnamese, Khmer');
});

t.test('What htmx asks for is the part of the page that changes', async (t) => {
  const { visitor } = await siteWith(t, { one: { title: 'Một' } });
  const page = await visitor.get('/courses?q=mot');
  const part = await visitor.get('/courses?q=mot', { 'hx-request': 'true', 'hx-request-type': 'partial' });
  t.equal(part.body.trim(), page.html.getElementById('results')?.outerHTML);
  t.match(page.headers.vary, /hx-request-type/);
});

t.test('A course that is not for everyone is not in the catalogue', async (t) => {
  const site = await siteWith(t, { one: { title: 'Nội bộ' }, two: { title: 'Hai' } });
  await site.db.updateTable('courses').set({ audience: 'organisations' }).where('slug', '=', 'one').execute();
  t.strictSame(titles(await site.visitor.get('/courses')), ['Hai']);
  t.strictSame(await search(site.visitor, 'noi bo'), []);
});

t.test('Among ten thousand courses a search costs one statement and goes by the index', async (t) => {
  const site = await siteWith(t, { one: { title: 'An toàn trên mạng' } });
  await tenThousandMore(site);
  const { db, visitor } = site;
  t.strictSame(await search(visitor, 'toàn mạng'), ['An toàn trên mạng']);
  t.match(textOf(byRole((await visitor.get('/courses')).html, 'main')), '10.001 khoá học');
  t.equal(titles(await visitor.get('/courses?page=417')).length, 17);

  const paths = [
    '/courses',
    '/courses?q=mang',
    '/courses?topic=data&page=5',
    '/courses?q=khoa+77&sort=title&language=vi',
  ];
  const lan = await signedIn(site);
  for (const path of paths) {
    // Where nothing was asked for, the paths stand above the courses.
    const own = path === '/courses' ? 2 : 1;
    t.equal((await statementsOf(site, () => visitor.get(path))).length, own, path);
    t.equal((await statementsOf(site, () => lan.get(path))).length, own + 1, `${path}, signed in`);
  }
  await db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx);
    const before = await indexScans(trx);
    await listCatalogue(trx, 'vi', { q: 'mạng', topic: '', level: '', language: '', sort: 'newest', page: 1 });
    t.equal((await indexScans(trx)) - before, 1);
  });
});

/** Counts from transactions before may still stand in it. */
async function indexScans(db: TestApp['db']): Promise<number> {
  const { rows } = await sql<{ scans: number }>`
    select pg_stat_get_xact_numscans('course_listings_folded_words'::regclass) as scans`.execute(db);
  return rows[0]?.scans ?? 0;
}

async function tenThousandMore({ db }: TestApp): Promise<void> {
  const words = (language: string) => sql`
    insert into course_listings (course_id, language, version_id, original, title, summary, topic, level, hours, lesson_count,
      bytes, languages, provider_name, published_at, words)
    select courses.id, ${language}, version_id, ${language === 'vi'}, title, title,
      (array['internet', 'data', 'iot'])[1 + number % 3], 'basic', 1 + number % 5, 6, 100000, '{vi,en}', 'Đom Đóm',
      now() - number * interval '1 minute', ${searchForm('Khoá học số')} || ' ' || number
    from (select id, row_number() over (order by slug) as number, 'Khoá học số ' || slug as title, current_version_id as version_id
      from courses where slug like 'many-%') as courses`;
  await db.transaction().execute(async (trx) => {
    await sql`set constraints all deferred`.execute(trx);
    await sql`
      insert into courses (id, slug, owner_organisation_id, current_version_id)
      select gen_random_uuid(), 'many-' || number, organisations.id, gen_random_uuid()
      from generate_series(1, 10000) as number, organisations`.execute(trx);
    await sql`
      insert into course_versions (id, course_id, number, provider_id, topic, level, hours, licence, languages, source_hash)
      select current_version_id, courses.id, 1, owner_organisation_id, 'internet', 'basic', 1, 'CC-BY-4.0', '{vi,en}', ''
      from courses where slug like 'many-%'`.execute(trx);
    for (const language of ['vi', 'en']) await words(language).execute(trx);
  });
  await sql`analyze courses, course_listings`.execute(db);
}
