import sharp from 'sharp';
import t, { type Test } from 'tap';
import { drawLogo } from '../../server/organisations/logos/logo.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff', width = 600, height = 300) =>
  sharp({ create: { width, height, channels: 3, background: '#1c2c57' } })
    .withExif({ IFD0: { Copyright: 'bí mật', GPSInfo: 'x' } })
    .toFormat(format)
    .toBuffer();
const path = '/admin/organisations/hoi/logo';

async function siteWithManager(t: Test) {
  const site = await testApp(t);
  const hoi = await organisation(site, 'hoi');
  return { ...site, manager: await signedIn(site, { roles: ['manager'], branch: hoi }) };
}

t.test('A logo is drawn anew: small, of a kind that every phone shows, without what the camera wrote', async (t) => {
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const source = await picture(format);
    const logo = await drawLogo(source);
    const { width, height, exif, format: drawn } = await sharp(logo?.content).metadata();
    t.strictSame([width, height, exif], [240, 120, undefined], format);
    t.ok(['png', 'jpeg'].includes(drawn));
    t.equal(logo?.content.includes('bí mật'), false);
  }
});

t.test('What is no such picture, or a bomb, is no logo', async (t) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  for (const bytes of [
    Buffer.from(svg),
    Buffer.from('GIF89a'),
    Buffer.from(''),
    await picture('gif'),
    await picture('tiff'),
  ]) {
    t.equal(await drawLogo(bytes), null);
  }
  t.equal(await drawLogo(await picture('png', 8000, 8000)), null, 'too many pixels');
  t.equal(await drawLogo((await picture('png')).subarray(0, 200)), null, 'torn off');
});

t.test('A manager uploads a logo, everybody sees it, and it can be removed', async (t) => {
  const site = await siteWithManager(t);
  const bytes = await picture('png');
  t.equal((await site.manager.upload(path, {}, { field: 'logo', name: 'logo.png', bytes })).status, 303);
  const page = await client(site.app).get('/organisations/hoi');
  const source = byRole(page.html, 'img', 'Biểu trưng').getAttribute('src') ?? '';
  const image = await client(site.app).get(source);
  t.match(image, { status: 200, headers: { 'content-type': /^image\/(png|jpeg)$/, 'cache-control': /immutable/ } });
  t.equal((await client(site.app).get(source.replace('/hoi/', '/domdom/'))).status, 404, 'of no other organisation');
  const saving = client(site.app, { headers: { 'save-data': 'on' } });
  t.equal((await saving.get('/organisations/hoi')).html.querySelectorAll('main img').length, 0, 'unless data is saved');
  await site.manager.post(`${path}/remove`);
  t.equal((await client(site.app).get('/organisations/hoi')).html.querySelectorAll('main img').length, 0);
});

t.test('A file that will not do is told, and nothing changes', async (t) => {
  const site = await siteWithManager(t);
  const told = async (file: Parameters<typeof site.manager.upload>[2]) =>
    textOf((await site.manager.follow(await site.manager.upload(path, {}, file))).html);
  t.match(await told(null), 'Bạn hãy chọn một ảnh trước');
  t.match(await told({ field: 'logo', name: 'a.svg', type: 'image/png', bytes: '<svg/>' }), 'Không đọc được ảnh này');
  t.match(await told({ field: 'logo', name: 'a.png', bytes: Buffer.alloc(5_000_001) }), 'Ảnh lớn quá 5 MB');
  t.equal((await site.manager.post(path, { logo: 'x' })).status, 303, 'a form without a file');
  const elsewhere = await site.manager.upload('/admin/organisations/hoi/settings', { name: 'X' }, null);
  t.equal(elsewhere.status, 400, 'no other page takes files');
});
