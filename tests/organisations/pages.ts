import { invitationTo } from '../invitations/invitations.ts';
import { joinCode, waitAt } from '../joining/joining.ts';
import { endlessName, longName } from '../routes/full-course.ts';
import type { TestApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { signatory } from './signatories.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** Every page that managers, joiners and the invited meet, with names as long as they get. */
export async function organisationPages(
  site: Site,
  reading: <V extends Client>(visitor: V) => V,
  owner: SignedIn,
  stranger: Client,
): Promise<Page[]> {
  const hoi = await organisation(site, 'hoi', { name: 'Hội Liên hiệp Phụ nữ các dân tộc thiểu số vùng cao phía Bắc' });
  const chi = await organisation(site, 'chi_hoi', { below: hoi, name: endlessName });
  await organisation(site, 'khac', { below: hoi });
  const manager = reading(await signedIn(site, { full_name: longName, roles: ['manager'], branch: hoi }));
  const mentor = reading(await signedIn(site, { full_name: endlessName, roles: ['mentor', 'learner'], branch: hoi }));
  const joiner = reading(await signedIn(site));
  await waitAt(site, joiner, hoi);
  await waitAt(site, await signedIn(site, { full_name: endlessName }), chi);
  const [{ code }, { code: open }] = [await joinCode(site, hoi), await joinCode(site, chi, { isOpen: true })];
  const { token } = await invitationTo(site, hoi, manager);
  await invitationTo(site, hoi, manager, { withdrawn: true });
  const home = '/admin/organisations/hoi';

  const pages = await all(manager, [
    ...['/admin', '/admin/organisations', '/admin/organisations?q=zzz', home, `${home}/settings`, `${home}/roles`],
    ...[`${home}/coverage`, `${home}/coverage?by=place`, `${home}/coverage?date=2020-01-01`, `${home}/moves`],
    ...[`${home}/invitations`, `${home}/join-codes`, `${home}/requests`, `/admin/organisations/new?parent=hoi`],
    ...['moves', 'merger', 'moves?to=khac', 'merger?to=khac', 'closing'].map(
      (deed) => `/admin/organisations/chi_hoi/${deed}`,
    ),
    ...['', '&by=place', '&by=place&in=08', '&by=month', '&date=2020-01-01', '&date=x'].map(
      (query) => `/admin/results?branch=hoi${query}`,
    ),
    `/invitations/${token}`,
  ]);
  await signatory(site, hoi, { name: 'Nguyễn '.repeat(14).trim() });
  const signing = await manager.get(`${home}/signatories`);
  const one = signing.html.querySelector('main .rows a')?.getAttribute('href') ?? '';
  pages.push(signing, ...(await all(manager, [one, `${home}/certificate-preview`])));
  pages.push(await manager.upload(`${home}/signatories`, { name: '1' }, { field: 'signature', name: 'x', bytes: 'x' }));
  pages.push(await manager.upload(one, { name: '' }, null));
  pages.push(...(await all(owner, ['/admin/organisations/domdom/certificate-preview'])));
  pages.push(await manager.post('/admin/organisations', { parent: 'hoi', place: 'Quảng', name: 'x' }));
  pages.push(await manager.post(`${home}/settings`, { website: 'x' }), await manager.post(`${home}/roles`));
  pages.push(await manager.post(`${home}/invitations`, { role: 'author' }), await manager.post(`${home}/invitations`));
  pages.push(await manager.post('/admin/organisations/chi_hoi/merger', { to: 'khac' }));
  pages.push(
    ...(await all(joiner, ['/account/organisations', `/join/${code}`, `/join/${open}`, `/invitations/${token}`])),
  );
  pages.push(
    ...(await all(mentor, ['/account/organisations', `/join/${code}`, `${home}/requests`, `/invitations/${token}`])),
  );
  pages.push(
    ...(await all(stranger, ['/organisations/hoi', '/join', '/join?code=1', '/join/12345678', `/join/${code}`])),
  );
  pages.push(...(await all(stranger, [`/invitations/${token}`, '/invitations/x'])));
  await manager.post('/admin/organisations/khac/closing');
  pages.push(...(await all(manager, ['/admin/organisations/khac', '/admin/organisations/khac/closing'])));
  return [...pages, ...(await ofPlaces(owner))];
}

async function ofPlaces(owner: SignedIn): Promise<Page[]> {
  const imports = '/admin/places/imports';
  const bytes = 'code,name,kind,parent\n08,Tuyên Quang,province,\n00001,Na Hang,commune,08\nx,Sai,commune,08\n';
  const uploaded = await owner.follow(await owner.upload(imports, {}, { name: 'places.csv', bytes }));
  const pages = [uploaded, await owner.upload(imports, {}, null)];
  await owner.submit(uploaded);
  pages.push(
    ...(await all(owner, ['/admin/places', '/admin/places?in=08', '/admin/places?q=na+hang', '/admin/places?q=zzz'])),
  );
  pages.push(await owner.get(uploaded.url));
  return pages;
}

async function all(visitor: Client, paths: string[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of paths) pages.push(await visitor.get(path));
  return pages;
}
