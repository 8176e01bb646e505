import { parseXml, XmlElement } from '@rgrove/parse-xml';
import t, { type Test } from 'tap';
import { fromBufferPromise } from 'yauzl';
import { element, elements, everyElement } from '../../server/moving-in/xml.ts';
import { drawMissingBooks } from '../../server/moving-out/books.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20"><rect width="40" height="20"/></svg>';
const lesson = (language: string, words: string) => `# ${words}

![${words} & "x"](../images/dot.svg)

| a | b |
|---|--:|
| 1 | ${words} |

> [!TIP]
> Nhớ <lấy> & làm.

> [!CHECK] Một hay hai?
> ---
> Một.

Xem [bài sau](second.md), [bài kiểm tra](final.gift), [web](https://example.org/?a=1&b=2), [khoá](course.md).
Từ ${language === 'vi' ? 'băng thông' : 'bandwidth'}.
`;
const illustrated = {
  'images/dot.svg': svg,
  'vi/first.md': lesson('vi', 'Bài đầu'),
  'en/first.md': lesson('en', 'First lesson'),
  'vi/glossary.yaml': '- { term: băng thông, meaning: "Rộng < hẹp." }\n',
  'en/glossary.yaml': '- { term: bandwidth, meaning: Width. }\n',
};

t.test('A book is an EPUB 3 whose every page is valid, and every place it names is in it', async (t) => {
  const site = await testApp(t);
  await publish(t, site, illustrated);
  const reader = await learner(site);
  for (const language of ['vi', 'en']) {
    const { order, files } = await unzipped(await bookOf(site, reader, language));
    t.strictSame(order[0], { name: 'mimetype', method: 0, start: 30 + 'mimetype'.length });
    t.equal(files.get('mimetype')?.toString(), 'application/epub+zip');
    t.match(files.get('META-INF/container.xml')?.toString(), 'full-path="book/package.opf"');
    const opf = rootOf(files.get('book/package.opf'));
    const items = elements(element(opf, 'manifest')).map(({ attributes }) => attributes);
    const listed = items.map(({ href }) => `book/${href}`);
    const there = [...files.keys()].filter((path) => path.startsWith('book/') && path !== 'book/package.opf');
    t.strictSame(listed.sort(), there.sort(), 'the manifest lists what there is');
    t.equal(new Set(items.map(({ id }) => id)).size, items.length);
    t.ok(items.every(({ id }) => /^[A-Za-z][\w.-]*$/.test(id ?? '')));
    t.equal(items.filter(({ properties }) => properties === 'nav').length, 1);
    const spine = elements(element(opf, 'spine')).map(({ attributes }) => attributes.idref);
    t.strictSame(
      spine.map((idref) => items.find(({ id }) => id === idref)?.href),
      ['about', 'lesson-first', 'lesson-second', 'quiz-practice', 'quiz-final', 'glossary'].map(
        (one) => `${one}.xhtml`,
      ),
    );
    const metadata = elements(element(opf, 'metadata'));
    for (const name of ['dc:identifier', 'dc:title', 'dc:language'])
      t.equal(metadata.filter((one) => one.name === name && one.text !== '').length, 1, name);
    const modified = metadata.find(({ attributes }) => attributes.property === 'dcterms:modified')?.text;
    t.match(modified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    t.equal(opf.attributes['unique-identifier'], 'id');
    assertPlaces(t, files);

    const pages = [...files].filter(([path]) => path.endsWith('.xhtml'));
    // What EPUB adds to XHTML is not known to the checker.
    const plain = (content: Buffer) => content.toString().replace(/ epub:type="toc"| xmlns:epub="[^"]*"/g, '');
    await assertValidHtml(t, new Map(pages.map(([path, content]) => [path, plain(content)])), 'xhtml');
  }
});

t.test('Lessons, pictures, self-checks and words are in it, and nothing of what quizzes ask', async (t) => {
  const site = await testApp(t);
  await publish(t, site, illustrated);
  const { files } = await unzipped(await bookOf(site, await learner(site), 'vi'));
  const page = (name: string) => files.get(`book/${name}.xhtml`)?.toString() ?? '';
  const first = page('lesson-first');
  t.match(first, /<img [^>]*alt="Bài đầu &amp; &quot;x&quot;"[^>]*src="pictures\/[0-9a-f]{32}\.png"/);
  t.match(first, '<details><summary>');
  t.match(first, 'href="lesson-second.xhtml"');
  t.match(first, 'href="quiz-final.xhtml"');
  t.match(first, 'href="https://example.org/?a=1&amp;b=2"');
  t.match(first, 'href="about.xhtml"');
  t.match(first, 'href="glossary.xhtml"');
  t.match(page('glossary'), '<dd>Rộng &lt; hẹp.</dd>');
  t.match(page('quiz-final'), /href="http[^"]*\/courses\/small\/quizzes\/final"/);
  const all = [...files.values()].map((content) => content.toString()).join('');
  t.notMatch(all, /Phản hồi-|Một cộng một|Thăng Long|gâu gâu/);
});

t.test('Whoever reads the course whole fetches the book of their version, nobody else finds it', async (t) => {
  const site = await testApp(t);
  await publish(t, site, illustrated);
  await publish(t, site, {}, 'other');
  const early = await learner(site);
  const path = '/courses/small/offline.epub';
  t.equal((await early.get(path)).status, 200);
  t.equal((await (await signedIn(site, { roles: ['mentor'] })).get(path)).status, 200);
  t.equal((await (await learner(site, { slug: 'other' })).get(path)).status, 404);
  t.match((await client(site.app).get(path)).headers.location, /^\/sign-in/);
  for (const other of ['?in=km', '?in=../vi']) t.equal((await early.get(path + other)).status, 404);
  t.equal((await early.get('/courses/none/offline.epub')).status, 404);

  await publish(t, site, { ...illustrated, 'vi/second.md': '# Bài hai\n\nLời mới.\n' });
  const textOf = async (reader: SignedIn) =>
    (await unzipped(await bookOf(site, reader, 'vi'))).files.get('book/lesson-second.xhtml')?.toString();
  t.notMatch(await textOf(early), 'Lời mới.');
  t.match(await textOf(await learner(site)), 'Lời mới.');
});

t.test('A book is drawn once and kept; what the store has lost is drawn again, the same', async (t) => {
  const site = await testApp(t);
  await publish(t, site, illustrated);
  const reader = await learner(site);
  const link = async () => byRole((await reader.get('/courses/small')).html, 'link', /EPUB/).text;
  t.notMatch(await link(), 'kB');
  const stores = { db: site.db, files: site.app.files };
  t.equal(await drawMissingBooks(stores, site.app.config.publicUrl), 2);
  t.equal(await drawMissingBooks(stores, site.app.config.publicUrl), 0);
  t.match(await link(), /\d+\u00a0kB/);
  const book = await bookOf(site, reader, 'vi');
  const rows = await site.db.selectFrom('version_books').selectAll().orderBy('language').execute();
  t.strictSame(
    rows.map(({ language }) => language),
    ['en', 'vi'],
  );
  for (const { hash } of rows) await site.app.files.remove(hash);
  const again = await Promise.all([bookOf(site, reader, 'vi'), bookOf(site, reader, 'vi'), bookOf(site, reader, 'vi')]);
  for (const one of again) t.ok(one.equals(book));
  t.strictSame(await site.db.selectFrom('version_books').selectAll().orderBy('language').execute(), rows);
});

t.test('The course page with its links costs at most four statements, a kept book as well', async (t) => {
  const site = await testApp(t);
  await organisation(site, 'elsewhere');
  await publish(t, site, illustrated);
  const author = await signedIn(site, { roles: ['author'] });
  await author.get('/courses/small/offline.epub');
  for (const path of ['/courses/small', '/courses/small/offline.epub']) {
    const statements = await statementsOf(site, () => author.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
});

async function bookOf({ app }: TestApp, { cookies }: SignedIn, language: string): Promise<Buffer> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { rawPayload } = await app.inject({ url: `/courses/small/offline.epub?in=${language}`, headers: { cookie } });
  return rawPayload;
}

async function unzipped(book: Buffer) {
  const zip = await fromBufferPromise(book, { lazyEntries: true });
  const files = new Map<string, Buffer>();
  const order = [];
  for await (const entry of zip.eachEntry()) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    order.push({ name: entry.fileName, method: entry.compressionMethod, start: fileDataStart });
    const pieces = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece);
    files.set(entry.fileName, Buffer.concat(pieces));
  }
  return { order, files };
}

function rootOf(content: Buffer | undefined): XmlElement {
  const { root } = parseXml(content?.toString() ?? '');
  if (root instanceof XmlElement) return root;
  throw new Error('no element');
}

/** Each page is well-formed, its ids are its own, and what it links to is there. */
function assertPlaces(t: Test, files: Map<string, Buffer>): void {
  const ids = new Map<string, Set<string>>();
  const pages = [...files]
    .filter(([path]) => path.endsWith('.xhtml'))
    .map(([path, content]) => ({ path, root: rootOf(content) }));
  for (const { path, root } of pages)
    ids.set(path, new Set(Array.from(allOf(root)).flatMap(({ attributes }) => attributes.id ?? [])));
  for (const { path, root } of pages) {
    for (const { attributes } of allOf(root)) {
      const address = attributes.href ?? attributes.src;
      if (address === undefined || /^[a-z]+:/.test(address)) continue;
      const [file = '', place] = address.split('#');
      const target = file === '' ? path : `book/${file}`;
      t.ok(files.has(target), `${path} leads to ${address}`);
      if (place !== undefined) t.ok(ids.get(target)?.has(place), `${path} leads to ${address}`);
    }
  }
}

function* allOf(root: XmlElement): Generator<XmlElement> {
  for (const name of ['a', 'img', 'link', 'h1', 'h2', 'h3', 'div']) yield* everyElement(root, name);
}
