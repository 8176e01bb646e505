import t from 'tap';
import { extractText, getDocumentProxy } from 'unpdf';
import { readCode } from '../../server/certificates/code.ts';
import { exampleCode } from '../../server/certificates/previews/example.ts';
import { signatory } from '../organisations/signatories.ts';
import { withSignOff } from '../sign-offs/signing.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
await publish(t, site, withSignOff, 'signed');
const root = await rootOrganisation(site);
const partner = await organisation(site, 'hoi');
const owner = await signedIn(site, { roles: ['manager'], branch: root });
const home = '/admin/organisations/domdom/certificate-preview';

async function pdf(path: string): Promise<string> {
  const { rawPayload } = await site.app.inject({ url: path, cookies: Object.fromEntries(owner.cookies) });
  const { text } = await extractText(new Uint8Array(rawPayload), { mergePages: true });
  return text.replace(/\s+/g, ' ').normalize('NFC');
}

t.test('A manager sees the certificate of a course as it would be issued now, marked as an example', async (t) => {
  await signatory(site, root);
  const page = await owner.get(home);
  t.strictSame(allByRole(page.html, 'option').map(textOf), ['Khoá nhỏ', 'Khoá nhỏ']);
  const chosen = await owner.submit(page, { fields: { course: 'small' } });
  t.match(byRole(chosen.html, 'img', /^Ảnh mẫu/).getAttribute('src'), `${home}/small.png`);
  const link = byRole(chosen.html, 'link', 'Mở bản PDF để in').getAttribute('href') ?? '';
  const text = await pdf(link);
  for (const words of [
    'Nguyễn Thị Ánh Nguyệt',
    'BẢN MẪU · EXAMPLE',
    'Bản mẫu, không cấp cho ai, không có giá trị',
    'Khoá nhỏ',
    'kết quả 92 %',
    'Lê Thị Hồng Gấm',
  ]) {
    t.match(text, words);
  }
  t.notMatch(text, 'Người đánh giá');
  t.match(await pdf(`${home}/signed.pdf`), 'Người đánh giá: Trần Văn Bình');
  t.match(await owner.get(`${home}/small.png`), { status: 200, headers: { 'content-type': 'image/png' } });
});

t.test('Its code is nobody’s: whoever checks it is told that it is mistyped', async (t) => {
  t.strictSame(readCode(exampleCode), { fault: 'check' });
  const { rawPayload } = await site.app.inject({
    url: `${home}/small.pdf`,
    cookies: Object.fromEntries(owner.cookies),
  });
  const document = await getDocumentProxy(new Uint8Array(rawPayload));
  const [link] = await (await document.getPage(1)).getAnnotations();
  t.equal(link.url, `https://hoc.example.org/v/${exampleCode}`);
  t.equal((await client(site.app).get(`/certificates/${exampleCode}`)).status, 404);
});

t.test('Nothing is written, and it costs at most 4 statements', async (t) => {
  for (const path of [home, `${home}/small.pdf`, `${home}/small.png`]) {
    const statements = await statementsOf(site, () => owner.get(path));
    t.ok(statements.length <= 4, statements.join('\n'));
    t.strictSame(
      statements.filter((one) => !/^\s*select/i.test(one)),
      [],
    );
  }
});

t.test('It is for managers of the organisation, and of its own courses', async (t) => {
  const theirs = await signedIn(site, { roles: ['manager'], branch: partner });
  const learner = await signedIn(site, { roles: ['learner', 'mentor', 'author'] });
  for (const path of [home, `${home}?course=small`, `${home}/small.pdf`, `${home}/small.png`]) {
    for (const other of [theirs, learner, await signedIn(site)]) t.equal((await other.get(path)).status, 404);
    t.match((await client(site.app).get(path)).headers.location, /^\/sign-in/);
  }
  const own = '/admin/organisations/hoi/certificate-preview';
  t.match(textOf(byRole((await theirs.get(own)).html, 'main')), 'Tổ chức này chưa cấp khoá học nào');
  for (const path of [`${own}?course=small`, `${own}/small.pdf`, `${own}/small.svg`, `${own}/.pdf`]) {
    t.equal((await theirs.get(path)).status, 404, path);
  }
  t.equal((await owner.get(`${home}?course=nothing`)).status, 404);
  t.equal((await owner.get(`${home}/small.exe`)).status, 404);
});
