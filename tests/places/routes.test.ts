import t, { type Test } from 'tap';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { searchPlaces } from '../../server/places/queries.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const imports = '/admin/places/imports';

async function siteWithOwner(t: Test) {
  const site = await testApp(t);
  await ensureProvinces(site.db);
  return { ...site, owner: await signedIn(site, { roles: ['owner'] }) };
}

t.test('The first start brings the 34 provinces in, once, also when two start at once', async (t) => {
  const site = await testApp(t);
  await Promise.all([ensureProvinces(site.db), ensureProvinces(site.db)]);
  await ensureProvinces(site.db);
  const codes = await site.db.selectFrom('places').select('code').execute();
  t.equal(codes.length, 34);
});

t.test('Old names find the new place, with accents or without', async (t) => {
  const { db } = await siteWithOwner(t);
  for (const [typed, code, known_as] of [
    ['Hà Giang', '08', 'Hà Giang'],
    ['ha giang', '08', 'Hà Giang'],
    ['Tỉnh Đắk Nông', '68', 'Đắk Nông'],
    ['Bà Rịa - Vũng Tàu', '79', 'Bà Rịa - Vũng Tàu'],
    ['thua thien hue', '46', 'Thừa Thiên Huế'],
    ['Hoà Bình', '25', 'Hòa Bình'],
    ['TP.HCM', null, null],
    ['Hồ Chí Minh', '79', null],
    ['08', '08', null],
  ] as const) {
    const [first] = await searchPlaces(db, typed);
    t.equal(first?.code ?? null, code, typed);
    if (code !== null) t.equal(first?.known_as, known_as);
  }
  t.strictSame(await searchPlaces(db, '%'), [], 'no pattern');
  t.strictSame(await searchPlaces(db, ''), []);
});

t.test('Communes come by CSV: looked at first, then imported, then found within their province', async (t) => {
  const site = await siteWithOwner(t);
  const bytes = '\ufeffMã;Tên;Cấp;Mã tỉnh\r\n4;Sông Hiến;Phường;4\r\n00008;Hà Giang 1;Phường;8\r\nxx;Lỗi;Xã;8\r\n';
  const uploaded = await site.owner.upload(imports, {}, { name: 'xa.csv', bytes });
  const page = await site.owner.follow(uploaded);
  t.match(mainOf(page), /Nơi mới ?2 Nơi thay đổi ?0 Giữ nguyên ?0 Dòng có lỗi ?1.*Dòng 4 “xx” không phải là mã/);
  t.strictSame(await searchPlaces(site.db, 'Sông Hiến'), [], 'nothing has changed yet');
  const done = await site.owner.submit(page);
  t.equal((await site.owner.submit(page)).status, 303, 'sent twice');
  t.match(textOf((await site.owner.follow(done)).html), 'Đã nhập địa danh');
  t.match(await searchPlaces(site.db, 'song hien, cao bang'), [{ code: '00004', parent_name: 'Cao Bằng' }]);
  t.strictSame(await searchPlaces(site.db, 'Sông Hiến, Huế'), []);
  t.match(mainOf(await site.owner.get('/admin/places?in=04')), /Tỉnh Cao Bằng.*1 nơi Phường Sông Hiến 00004/);
  const statements = await statementsOf(site, () => site.owner.get('/admin/places?in=04'));
  t.ok(statements.length <= 4);
});

t.test('A rename keeps the old name, a merger leads on, and organisations go along', async (t) => {
  const site = await siteWithOwner(t);
  const apply = async (bytes: string) => {
    const page = await site.owner.follow(await site.owner.upload(imports, {}, { name: 'a.csv', bytes }));
    await site.owner.submit(page);
  };
  await apply('code,name,kind,parent\n00001,Đông,commune,08\n00002,Tây,commune,08\n00003,Nam,commune,08');
  const hoi = await organisation(site, 'hoi');
  await site.db.updateTable('organisations').set({ place_code: '00002' }).where('id', '=', hoi.id).execute();
  await apply('code,name,kind,parent,merged_codes,valid_from\n00001,Đông Mới,ward,08,00002,1/1/2026');
  await apply('code,name,kind,parent,merged_codes\n00003,Nam,commune,08,00001');
  for (const typed of ['Đông', 'Tây', 'Nam', 'Đông Mới']) {
    t.match(await searchPlaces(site.db, typed), [{ code: '00003', name: 'Nam' }], typed);
  }
  const { place_code } = await site.db
    .selectFrom('organisations')
    .select('place_code')
    .where('id', '=', hoi.id)
    .executeTakeFirstOrThrow();
  t.equal(place_code, '00003');
  const count = await site.db.selectFrom('places').select('code').where('parent_code', '=', '08').execute();
  t.equal(count.length, 3, 'nothing is deleted');
});

t.test('A file that cannot be read is told why', async (t) => {
  const { owner } = await siteWithOwner(t);
  for (const [bytes, words] of [
    ['', 'Tệp không có dòng chữ nào'],
    [Buffer.from([0x4d, 0xe3, 0x0a]), 'không phải tệp CSV dạng chữ Unicode'],
    ['code,name\n"mở,1\n', 'có dấu ngoặc kép mở mà không đóng'],
    ['tên gọi,số\nA,1\n', 'thiếu cột: code, name'],
    [Buffer.alloc(4_000_001, 'a'), 'Tệp lớn quá 4 MB'],
    [`code,name\n${'1,a\n'.repeat(20_001)}`, 'hơn 20.000 dòng'],
  ] as const) {
    const page = await owner.upload(imports, {}, { name: 'a.csv', bytes });
    t.equal(page.status, 422, words);
    t.match(mainOf(page), words);
  }
  t.match(mainOf(await owner.upload(imports, {}, null)), 'Bạn hãy chọn một tệp CSV');
});
