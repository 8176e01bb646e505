import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { codeFrom, freeCode } from '../../server/organisations/managing/code.ts';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithManager(t: Test) {
  const site = await testApp(t);
  await ensureProvinces(site.db);
  const hoi = await organisation(site, 'hoi', { name: 'Hội Phụ nữ' });
  return { ...site, hoi, manager: await signedIn(site, { full_name: 'Trần Bình', roles: ['manager'], branch: hoi }) };
}

async function find({ db }: TestApp, code: string) {
  return db.selectFrom('organisations').selectAll().where('code', '=', code).executeTakeFirst();
}

t.test('A code comes from the name: small letters without accents, room left for a number', async (t) => {
  t.equal(codeFrom('Hội Phụ nữ xã Đồng Văn'), 'hoi_phu_nu_xa_dong_van');
  t.equal(codeFrom('  THPT  Nguyễn-Huệ (2)  '), 'thpt_nguyen_hue_2');
  t.equal(codeFrom('!!!'), 'don_vi');
  t.equal(codeFrom('ខ្មែរ'), 'don_vi');
  t.ok(codeFrom('một hai ba bốn năm sáu bảy tám chín mười').length <= 34);
  t.match(codeFrom('x'.repeat(100)), /^x{34}$/);
  t.equal(freeCode('hoi', new Set(['hoi', 'hoi_2'])), 'hoi_3');
});

t.test('A manager adds a branch: named, placed by an old name, with a code of its own', async (t) => {
  const site = await siteWithManager(t);
  const page = await site.manager.get('/admin/organisations/new?parent=hoi');
  const fields = { name: 'Hội Phụ nữ xã Đồng Văn', kind: 'association', place: 'tỉnh Hà Giang' };
  const done = await site.manager.submit(page, { fields });
  t.match(done.headers, { location: '/admin/organisations/hoi_phu_nu_xa_dong_van' });
  t.match(mainOf(await site.manager.follow(done)), /Hội Phụ nữ xã Đồng Văn Tỉnh Tuyên Quang/);
  t.match(await find(site, 'hoi_phu_nu_xa_dong_van'), { path: 'domdom.hoi.hoi_phu_nu_xa_dong_van', place_code: '08' });
  const { location } = done.headers;
  t.match((await site.manager.submit(page, { fields })).headers, { location }, 'sent twice, it is made once');
  const another = await site.manager.submit(await site.manager.get('/admin/organisations/new?parent=hoi'), { fields });
  t.match(another.headers, { location: '/admin/organisations/hoi_phu_nu_xa_dong_van_2' }, 'another of that name');
});

t.test('Bad input keeps what was typed and says what to do', async (t) => {
  const site = await siteWithManager(t);
  const page = await site.manager.get('/admin/organisations/new?parent=hoi');
  for (const [fields, words] of [
    [{ name: '' }, 'Bạn viết tên tổ chức'],
    [{ name: '123' }, 'Bạn viết tên tổ chức'],
    [{ name: 'Hội', kind: 'army' }, 'Bạn chọn một loại'],
    [{ name: 'Hội', code: 'Mã số!' }, 'Mã chỉ gồm chữ thường'],
    [{ name: 'Hội', code: 'hoi' }, 'Mã này đã có tổ chức dùng'],
    [{ name: 'Hội', place: 'Atlantis' }, 'Danh sách địa danh chưa có nơi này'],
  ] as const) {
    const answer = await site.manager.submit(page, { fields });
    t.equal(answer.status, 422, words);
    t.match(mainOf(answer), words);
    t.equal(answer.html.querySelector('#name')?.getAttribute('value'), fields.name);
  }
  const { total } = await site.db
    .selectFrom('organisations')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  t.equal(total, 2);
});

t.test('Where several places have a name, one is chosen', async (t) => {
  const site = await siteWithManager(t);
  const page = await site.manager.get('/admin/organisations/hoi/settings');
  const asked = await site.manager.submit(page, {
    form: '/admin/organisations/hoi/settings',
    fields: { place: 'Quảng' },
  });
  t.equal(asked.status, 422);
  const value = byRole(asked.html, 'radio', 'Quảng Ngãi').getAttribute('value') ?? '';
  byRole(asked.html, 'radio', 'Thành phố Đà Nẵng (trước đây là Quảng Nam)');
  await site.manager.submit(asked, { form: '/admin/organisations/hoi/settings', fields: { place_code: value } });
  t.match(await find(site, 'hoi'), { place_code: '51' });
});

t.test('What settings say stands on the public page, as text', async (t) => {
  const site = await siteWithManager(t);
  const settings = '/admin/organisations/hoi/settings';
  const fields = {
    name: 'Hội <b>Phụ nữ</b>',
    about: 'Dòng một\nDòng hai',
    phone: '0912 345 678',
    email: 'Hoi@Example.org',
    website: 'hoi.example.org',
    place: 'Huế',
  };
  await site.manager.submit(await site.manager.get(settings), { form: settings, fields });
  const page = await client(site.app).get('/organisations/hoi');
  t.match(mainOf(page), /Hội <b>Phụ nữ<\/b> Thành phố Huế .*Dòng một Dòng hai.*0912 345 678.*hoi@example.org/);
  t.equal(byRole(page.html, 'link', '0912').getAttribute('href'), 'tel:+84912345678');
  t.equal(byRole(page.html, 'link', /^hoi\.example\.org$/).getAttribute('href'), 'https://hoi.example.org');
  const again = await site.manager.get(settings);
  t.equal((await site.manager.submit(again, { form: settings })).status, 303, 'as it stands it can be saved again');
  t.match(await find(site, 'hoi'), { place_code: '46', name: fields.name });
  const bad = await site.manager.submit(again, { form: settings, fields: { website: 'javascript:alert(1)' } });
  t.match(mainOf(bad), 'Địa chỉ web chưa đúng');
});

t.test('A manager sees the tree from their own branch down, and others see nothing', async (t) => {
  const site = await siteWithManager(t);
  const tinh = await organisation(site, 'tinh', { below: site.hoi, name: 'Hội tỉnh' });
  await organisation(site, 'xa', { below: tinh, name: 'Hội xã' });
  await organisation(site, 'khac', { name: 'Hội khác' });
  const list = await site.manager.get('/admin/organisations');
  t.match(mainOf(list), /3 tổ chức Hội Phụ nữ .*Hội tỉnh .*Hội xã .*Đom Đóm › Hội Phụ nữ › Hội tỉnh/);
  t.notMatch(mainOf(list), 'Hội khác');
  t.match(mainOf(await site.manager.get('/admin/organisations?q=hoi+xa')), '1 tổ chức');
  t.match(mainOf(await site.manager.get('/admin/organisations?q=zzz')), 'Không tìm thấy tổ chức nào');
  const overview = await site.manager.get('/admin/organisations/tinh');
  t.equal(byRole(overview.html, 'link', /^Hội xã$/).getAttribute('href'), '/admin/organisations/xa');
  for (const code of ['khac', 'domdom', 'nobody', 'HOI']) {
    t.equal((await site.manager.get(`/admin/organisations/${code}`)).status, 404, code);
  }
  t.equal(
    (await site.manager.post('/admin/organisations', { parent: 'khac', name: 'Lén', kind: 'school' })).status,
    404,
  );
});

t.test('Every change is in the audit, with ids and codes only', async (t) => {
  const site = await siteWithManager(t);
  await site.manager.post('/admin/organisations', { parent: 'hoi', name: 'Chi hội', kind: 'school' });
  const settings = '/admin/organisations/hoi/settings';
  await site.manager.post(settings, { name: 'Tên khác', kind: 'school' });
  await site.manager.post(settings, { name: 'Tên khác', kind: 'school' });
  const events = await site.db
    .selectFrom('audit_events')
    .select(['verb', 'facts', 'actor_id'])
    .where('actor_id', 'is not', null)
    .orderBy('id')
    .execute();
  t.strictSame(events, [
    { verb: 'organisation.created', facts: { organisation: 'chi_hoi', parent: 'hoi' }, actor_id: site.manager.id },
    { verb: 'organisation.described', facts: { organisation: 'hoi' }, actor_id: site.manager.id },
  ]);
});

t.test('With 10,000 organisations each page costs at most four statements', async (t) => {
  const site = await siteWithManager(t);
  await sql`
    insert into organisations (id, code, parent_id, path, kind, name)
      select gen_random_uuid(), 'xa_' || n, ${site.hoi.id}, ('domdom.hoi.xa_' || n)::ltree, 'association', 'Hội xã số ' || n
      from generate_series(1, 10000) n
  `.execute(site.db);
  await sql`analyze`.execute(site.db);
  const paths = [
    '/admin',
    '/admin/organisations',
    '/admin/organisations?page=150',
    '/admin/organisations?q=so+9999',
    '/admin/organisations/hoi',
    '/admin/organisations/hoi/coverage',
    '/admin/organisations/hoi/coverage?by=place',
    '/admin/organisations/xa_77/moves?q=so+12',
    '/admin/organisations/hoi/roles',
    '/organisations/hoi',
  ];
  for (const path of paths) {
    const statements = await statementsOf(site, async () => t.equal((await site.manager.get(path)).status, 200, path));
    t.ok(statements.length <= 4, `${path}: ${statements.length} statements`);
  }
  const list = await site.manager.get('/admin/organisations?page=2');
  t.match(mainOf(list), '10.001 tổ chức');
  t.equal(allByRole(list.html, 'link', 'Hội xã số').length, 50);
});
