import t from 'tap';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { type Someone, signedIn } from '../support/people.ts';

const publicUrl = 'https://hoc.example.org';
const site = await testApp(t, { PUBLIC_URL: publicUrl });
await publish(t, site);

t.test('Pasted into a chat, a certificate’s address shows whose it is, for what, and its picture', async (t) => {
  const { code } = await graduate({ full_name: 'Trần "Bé" Lan' });
  const page = await client(site.app).get(`/certificates/${code}`);
  t.equal(property(page, 'og:title'), 'Trần "Bé" Lan · Khoá nhỏ');
  t.match(
    property(page, 'og:description'),
    /^Giấy chứng nhận hoàn thành khoá học · Đom Đóm · Cấp ngày \d\d\/\d\d\/20\d\d$/,
  );
  t.equal(property(page, 'og:url'), `${publicUrl}/v/${code}`);
  t.equal(property(page, 'og:image'), `${publicUrl}/certificates/${code}.png`);
  t.strictSame([property(page, 'og:image:width'), property(page, 'og:image:height')], ['1200', '630']);
});

t.test('A revoked one says so there too, and a child’s has the short name', async (t) => {
  const { code } = await graduate();
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  t.match(property(await client(site.app).get(`/certificates/${code}`), 'og:title'), /^ĐÃ THU HỒI · /);

  const child = await graduate({ full_name: 'Nguyễn Thị Bé An', birth_year: new Date().getFullYear() - 14 });
  for (const reader of [client(site.app), child.person]) {
    const page = await reader.get(`/certificates/${child.code}`);
    t.equal(property(page, 'og:title'), 'An N. T. B. · Khoá nhỏ');
  }
  t.same(linkedIn(await child.person.get(`/certificates/${child.code}`)), [], 'a child puts it nowhere');
});

t.test('Its holder, and nobody else, can put a certificate that holds on LinkedIn', async (t) => {
  const { code, person } = await graduate();
  const [link] = linkedIn(await person.get(`/certificates/${code}`));
  t.ok(link);
  const { origin, pathname, searchParams } = new URL(link ?? '');
  t.equal(origin + pathname, 'https://www.linkedin.com/profile/add');
  t.match(Object.fromEntries(searchParams), {
    startTask: 'CERTIFICATION_NAME',
    name: 'Khoá nhỏ',
    organizationName: 'Đom Đóm',
    issueYear: /^20\d\d$/,
    issueMonth: /^(?:[1-9]|1[0-2])$/,
    certUrl: `${publicUrl}/v/${code}`,
    certId: code,
  });
  t.same(linkedIn(await client(site.app).get(`/certificates/${code}`)), []);
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  t.same(linkedIn(await person.get(`/certificates/${code}`)), []);
});

t.test('Other pages have no preview of a certificate', async (t) => {
  const page = await client(site.app).get('/courses/small');
  byRole(page.html, 'main');
  t.equal(property(page, 'og:title'), undefined);
});

async function graduate(someone: Someone = {}) {
  const person = await learner(site, someone);
  return { person, code: await finish(person) };
}

function property({ html }: Page, name: string): string | undefined {
  return html.querySelector(`meta[property="${name}"]`)?.getAttribute('content');
}

function linkedIn({ html }: Page): string[] {
  return allByRole(html, 'link', 'Thêm vào LinkedIn của tôi').map((link) => link.getAttribute('href') ?? '');
}
