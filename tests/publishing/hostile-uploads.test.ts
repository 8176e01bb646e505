import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { most } from '../../server/moving-in/limits.ts';
import { soundCourse } from '../courses/folder.ts';
import { tarGzOf, wordOf, wordParagraph, zipNamed, zipOf } from '../moving-in/archives.ts';
import { testApp } from '../support/app.ts';
import { startChild, temporaryFolder } from '../support/child.ts';
import { parse, textOf } from '../support/html.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

/** The process itself, what it unpacks, and room to breathe. */
const mostMegabytes = 1_000;

const heavy = Buffer.alloc(most.fileBytes - 1);
const files = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.md`, '']));
const bomb = '<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>';
const sound = await zipOf(soundCourse);
/** Says that it is 30,000 pixels wide and as high. */
const hugePng = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from('0000753000007530080200000000000000', 'hex'),
]);

/** What is sent, and what its page says. */
const hostile: [name: string, bytes: () => Promise<Buffer> | Buffer, words: RegExp][] = [
  ['bomb.zip', () => zipOf(Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`${at}.md`, heavy]))), /400 MB/],
  ['own-bomb.zip', () => zipOf({ ...soundCourse, 'images/a.png': heavy }), /images\/a\.png.*5\.?000/],
  ['out.zip', () => zipNamed('../out.md', '# Out\n'), /trỏ ra ngoài|ra ngoài/],
  [
    'own-out.zip',
    async () => renamed(await zipOf({ ...soundCourse, 'xxx/x.md': 'x' }), 'xxx/x.md', '../../xx'),
    /\.\.\/\.\.\/xx/,
  ],
  ['links.tgz', () => tarGzOf({}, { 'c.md': '/etc/passwd' }), /Tệp chưa đưa lên được/],
  [
    'code-page.zip',
    async () =>
      inCodePage(
        renamed(await zipOf({ ...soundCourse, 'vi/zzzz.md': 'x' }), 'vi/zzzz.md', 'vi/\u008a\u0081\u00ff\u00fe.md'),
      ),
    /bảng mã cũ/,
  ],
  ['many.zip', () => zipOf({ ...soundCourse, ...files(10_001) }), /10\.?000/],
  ['many.tgz', () => tarGzOf(files(most.entries + 1)), /20\.?000/],
  [
    'random.bin',
    () => Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919 + 13) % 256)),
    /Tệp chưa đưa lên được/,
  ],
  ['cut.zip', () => sound.subarray(0, sound.length - 40), /hỏng|cụt/],
  ['cut.mbz', async () => (await tarGzOf({ 'moodle_backup.xml': '<moodle_backup>' })).subarray(0, 60), /hỏng|cụt/],
  ['bomb.xml', () => Buffer.from(bomb), /thực thể|entit/i],
  ['bomb.docx', () => zipOf({ 'word/document.xml': bomb }), /thực thể|entit/i],
  ['deep.xml', () => Buffer.from(`<quiz>${'<a>'.repeat(100_000)}`), /lồng/],
  ['deep.zip', () => zipOf({ 'a.md': `${'> '.repeat(20_000)}x\n` }), /lồng nhau quá sâu/],
  ['locked.zip', () => locked(sound), /mật khẩu|hỏng/],
  ['huge-picture.zip', () => zipOf({ ...soundCourse, 'images/a.png': hugePng }), /Có 1 chỗ cần sửa.*Cả gói đã vào/],
  ['den.docx', async () => wordOf(wordParagraph('Đèn', 'Heading1') + wordParagraph('Sáng.')), /Những gì đã đưa lên/],
];

/** A zip that nobody writes so: with another name of the same length. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** Says of each entry that it is encrypted. */
function locked(zip: Buffer): Buffer {
  return flagged(zip, (flags) => flags | 1);
}

/** Says of no entry that its name is UTF-8. */
function inCodePage(zip: Buffer): Buffer {
  return flagged(zip, (flags) => flags & ~0x800);
}

function flagged(zip: Buffer, change: (flags: number) => number): Buffer {
  const copy = Buffer.from(zip);
  const heads = [
    ['PK\u0003\u0004', 6],
    ['PK\u0001\u0002', 8],
  ] as const;
  for (const [head, flags] of heads) {
    for (let at = copy.indexOf(head, 0, 'latin1'); at !== -1; at = copy.indexOf(head, at + 4, 'latin1'))
      copy.writeUInt16LE(change(copy.readUInt16LE(at + flags)), at + flags);
  }
  return copy;
}

t.test('Hostile files are refused in a sentence, and the server neither grows without bound nor stops', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const root = await rootOrganisation(site);
  const { url, memory } = await server(t, site.url);
  const cookie = [...author.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'accept-language': 'vi' };
  for (const [name, bytes, words] of hostile) {
    const body = new FormData();
    for (const [field, value] of [
      ['id', newId()],
      ['organisation', root.id],
      ['language', ''],
    ] as const)
      body.append(field, value);
    body.append('file', new Blob([new Uint8Array(await bytes())]), name);
    let page = await fetch(`${url}/publishing/uploads`, { method: 'POST', headers, body });
    while (page.headers.has('refresh')) {
      await page.text();
      await delay(50);
      page = await fetch(page.url, { headers });
    }
    t.match([page.status, textOf(parse(await page.text())).replaceAll('\u00a0', ' ')], [200, words], name);
  }
  t.equal((await fetch(`${url}/publishing`, { headers })).status, 200);
  t.ok((await memory()) < mostMegabytes, `${await memory()} MB`);
  const drafts = await site.db.selectFrom('drafts').select('slug').orderBy('slug').execute();
  t.strictSame(
    drafts.map(({ slug }) => slug),
    ['den', 'small'],
  );
  for (const table of ['course_upload_parts'] as const)
    t.strictSame(await site.db.selectFrom(table).selectAll().execute(), []);
});

async function server(t: Test, database: string) {
  const dataDir = await temporaryFolder(t);
  const command = [process.execPath, '--max-old-space-size=300', 'tests/publishing/upload-server.ts'];
  const env = { TEST_DATABASE: database, DATA_DIR: dataDir, PUBLIC_URL: 'http://localhost', LOG_LEVEL: 'silent' };
  const child = startChild(t, command, { env });
  const [, url = ''] = await child.untilSays(/^listens: (\S+)/m);
  return {
    url,
    /** The most that it ever had, in MB. */
    async memory() {
      const status = await readFile(join('/proc', String(child.pid), 'status'), 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.POSITIVE_INFINITY) / 1000;
    },
  };
}

t.test('A file that breaks off half-way leaves nothing', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const root = await rootOrganisation(site);
  const address = await site.app.listen({ host: '127.0.0.1', port: 0 });
  const cookie = [...author.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const field = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('id', newId())}${field('organisation', root.id)}--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n`;
  const sending = request(`${address}/publishing/uploads`, {
    method: 'POST',
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': 50_000_000,
    },
  });
  const closed = new Promise((resolve) => sending.once('close', resolve));
  // It is we who end it.
  sending.on('error', () => undefined);
  sending.write(head);
  sending.write(Buffer.alloc(9_000_000, 'x'));
  const kept = async (count: (found: number) => boolean) => {
    for (;;) {
      const found = (await site.db.selectFrom('files').select('hash').execute()).length;
      if (count(found)) return found;
      await delay(20);
    }
  };
  t.ok(await kept((found) => found >= 2), 'it had come half-way');
  sending.destroy();
  await closed;
  t.equal(await kept((found) => found === 0), 0);
  t.strictSame(await site.db.selectFrom('course_uploads').selectAll().execute(), []);
  t.strictSame(await site.db.selectFrom('drafts').selectAll().execute(), []);
});
