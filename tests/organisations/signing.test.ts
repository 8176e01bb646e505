import sharp from 'sharp';
import t, { type Test } from 'tap';
import { drawSignature } from '../../server/organisations/signatories/signature.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { photoOfSignature, signatory } from './signatories.ts';

const home = '/admin/organisations/hoi/signatories';
const typed = { name: 'Lê Thị  Hồng Gấm', title_vi: 'Giám đốc', title_en: '', signs_from: '1/1/2026', signs_until: '' };

async function siteWithManager(t: Test) {
  const site = await testApp(t);
  const hoi = await organisation(site, 'hoi');
  const manager = await signedIn(site, { roles: ['manager'], branch: hoi });
  const rows = () => site.db.selectFrom('signatories').selectAll().orderBy('signs_from').execute();
  return { ...site, hoi, manager, rows };
}

t.test('Of a photo of a signature the ink stays, on white: no sheet, no shadow, nothing of the camera', async (t) => {
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const drawn = (await drawSignature(await photoOfSignature(format))) ?? Buffer.of();
    const { width, height, exif, hasAlpha, format: kind } = await sharp(drawn).metadata();
    t.match({ exif, hasAlpha, kind }, { exif: undefined, hasAlpha: false, kind: 'png' });
    t.ok(width <= 640 && height <= 160 && width > height, `${width} x ${height}`);
    t.ok(drawn.length < 20_000, `${drawn.length} bytes`);
    t.equal(drawn.includes('bí mật'), false);
    const { data } = await sharp(drawn).greyscale().raw().toBuffer({ resolveWithObject: true });
    const share = (is: (grey: number) => boolean) => data.filter(is).length / data.length;
    t.ok(share((grey) => grey > 250) > 0.75, 'most of it is white');
    t.ok(share((grey) => grey < 120) > 0.02, 'and there is ink');
  }
});

t.test('A signature on a transparent ground is on white too', async (t) => {
  const stroke = '<path d="M10 50Q100 0 150 60T290 40" fill="none" stroke="#000" stroke-width="6"/>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100">${stroke}</svg>`;
  const drawn = (await drawSignature(await sharp(Buffer.from(svg)).png().toBuffer())) ?? Buffer.of();
  const { data } = await sharp(drawn).raw().toBuffer({ resolveWithObject: true });
  t.strictSame([...data.subarray(0, 3)], [255, 255, 255]);
});

t.test('What shows no ink, is no such picture, or a bomb, is no signature', async (t) => {
  const blank = (width: number, height: number, background: string) =>
    sharp({ create: { width, height, channels: 3, background } })
      .png({ compressionLevel: 9 })
      .toBuffer();
  const photo = await photoOfSignature();
  for (const bytes of [
    await blank(600, 300, '#fff'),
    await blank(600, 300, '#123'),
    await blank(9000, 9000, '#fff'),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0l9 9" stroke="red"/></svg>'),
    Buffer.from('%PDF-1.7'),
    Buffer.from(''),
    photo.subarray(0, 300),
  ]) {
    t.equal(await drawSignature(bytes), null);
  }
});

t.test('A manager keeps who signs, and the same form sent twice adds one', async (t) => {
  const site = await siteWithManager(t);
  const { manager } = site;
  const page = await manager.get(home);
  t.match(textOf(byRole(page.html, 'main')), 'Chưa có ai ký');
  const id = page.html.querySelector('input[name=id]')?.getAttribute('value') ?? '';
  const file = { field: 'signature', name: 'ky.jpg', bytes: await photoOfSignature() };
  for (const _ of [1, 2]) t.equal((await manager.upload(home, { ...typed, id }, file)).status, 303);
  const [row, ...others] = await site.rows();
  t.match(row, { id, name: 'Lê Thị Hồng Gấm', title_vi: 'Giám đốc', title_en: null, signs_until: null });
  t.equal(others.length, 0);

  const list = await manager.get(home);
  t.match(textOf(byRole(list.html, 'main')), /Lê Thị Hồng Gấm đang ký Giám đốc · từ 01\/01\/2026/);
  const one = await manager.get(byRole(list.html, 'link', 'Lê Thị Hồng Gấm').getAttribute('href') ?? '');
  const picture = await manager.get(byRole(one.html, 'img', 'Chữ ký đang dùng').getAttribute('src') ?? '');
  t.match(picture, { status: 200, headers: { 'content-type': 'image/png', 'cache-control': /private/ } });

  const changed = { ...typed, title_en: 'Director', signs_until: '31/12/2026' };
  t.equal((await manager.upload(one.url, changed, null)).status, 303);
  t.match(await site.rows(), [{ title_en: 'Director', signature_hash: row?.signature_hash }]);
  await manager.upload(one.url, { ...changed, without: 'yes' }, null);
  t.match(await site.rows(), [{ signature_hash: null }]);
  t.equal((await manager.get(`${one.url}/signature`)).status, 404);
  for (const _ of [1, 2]) t.equal((await manager.post(`${one.url}/remove`)).status, 303);
  t.strictSame(await site.rows(), []);
  const deeds = await site.db.selectFrom('audit_events').select(['verb', 'facts']).execute();
  t.strictSame(
    deeds.map(({ verb, facts }) => [verb, facts]),
    Array.from({ length: 4 }, () => ['organisation.signatories_changed', { organisation: 'hoi' }]),
    'of nobody by name',
  );
});

t.test('What will not do is told, what was typed stays, and the file has to be chosen again', async (t) => {
  const site = await siteWithManager(t);
  const told = async (fields: object, bytes: Buffer | string | null = null) => {
    const file = bytes === null ? null : { field: 'signature', name: 'ky.png', bytes };
    const page = await site.manager.upload(home, { ...typed, ...fields }, file);
    t.equal(page.status, 422);
    t.equal(byRole(page.html, 'textbox', 'Chức vụ bằng tiếng Việt').getAttribute('value'), 'Giám đốc');
    return textOf(byRole(page.html, 'alert'));
  };
  t.match(await told({ name: '123' }), 'Bạn ghi họ tên người ký nhé');
  t.match(await told({ name: ' ' }, await photoOfSignature()), /họ tên.*Trình duyệt không giữ ảnh/s);
  t.match(await told({ signs_from: '31/02/2026' }), 'Bạn ghi ngày theo kiểu 31/12/2026 nhé');
  t.match(await told({ signs_until: '31/12/2025' }), 'Ngày cuối không thể trước ngày đầu');
  t.match(await told({}, '<svg/>'), 'Không thấy chữ ký trong ảnh này');
  t.match(await told({}, Buffer.alloc(10_000_001)), 'Ảnh lớn quá 10 MB');
  t.strictSame(await site.rows(), []);

  await signatory(site, site.hoi, { signs_from: '2026-01-01' });
  t.match(await told({}), 'Đã có người khác bắt đầu ký từ ngày này');
  const { id } = await signatory(site, site.hoi, { signs_from: '2026-02-01' });
  const clash = await site.manager.upload(`${home}/${id}`, typed, null);
  t.equal(clash.status, 422);
  t.match(textOf(byRole(clash.html, 'alert')), 'Đã có người khác');
  t.equal((await site.manager.post(home, { name: 'x' })).status, 422, 'a form without a file');
});

t.test('Of several the one who began last signs today', async (t) => {
  const site = await siteWithManager(t);
  await signatory(site, site.hoi, { name: 'Người Trước', signs_from: '2020-01-01' });
  await signatory(site, site.hoi, { name: 'Người Đã Thôi', signs_from: '2021-01-01', signs_until: '2021-12-31' });
  await signatory(site, site.hoi, { name: 'Người Bây Giờ', signs_from: '2022-01-01' });
  await signatory(site, site.hoi, { name: 'Người Sau Này', signs_from: '2090-01-01' });
  const { html } = await site.manager.get(home);
  const signing = allByRole(html, 'listitem').filter((row) => /đang ký/.test(textOf(row)));
  t.strictSame(
    signing.map((row) => textOf(row).split(' đang ký')[0]),
    ['Người Bây Giờ'],
  );
});

t.test('Only managers of the branch see and change it', async (t) => {
  const site = await siteWithManager(t);
  const { id } = await signatory(site, site.hoi);
  const beside = await organisation(site, 'khac');
  const { id: theirs } = await signatory(site, beside);
  const others = [
    await signedIn(site, { roles: ['manager'], branch: beside }),
    await signedIn(site, { roles: ['mentor', 'author', 'reviewer', 'learner'], branch: site.hoi }),
    await signedIn(site),
  ];
  for (const other of others) {
    for (const path of [home, `${home}/${id}`, `${home}/${id}/signature`]) t.equal((await other.get(path)).status, 404);
    t.equal((await other.upload(home, typed, null)).status, 404);
    t.equal((await other.upload(`${home}/${id}`, typed, null)).status, 404);
    t.equal((await other.post(`${home}/${id}/remove`)).status, 404);
  }
  t.match((await client(site.app).get(home)).headers.location, /^\/sign-in/);
  t.equal((await site.manager.get(`${home}/${theirs}`)).status, 404, 'of another organisation');
  await site.manager.post(`${home}/${theirs}/remove`);
  t.equal((await site.rows()).length, 2);
  await site.db.updateTable('organisations').set({ merged_into_id: beside.id }).where('id', '=', site.hoi.id).execute();
  t.equal((await site.manager.get(home)).status, 404, 'and of none that is gone');
});

t.test('Its pages cost at most 4 statements', async (t) => {
  const site = await siteWithManager(t);
  const { id } = await signatory(site, site.hoi);
  for (const path of [home, `${home}/${id}`]) {
    const statements = await statementsOf(site, () => site.manager.get(path));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});
