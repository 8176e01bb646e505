import fc from 'fast-check';
import t from 'tap';
import { isSameOrigin, ownPath } from '../../server/platform/same-origin.ts';

const site = new URL('https://learn.example.org');
const village = new URL('http://192.168.1.5:3000');

t.test('A browser that says Sec-Fetch-Site is believed, whatever else it says', async (t) => {
  const own = { origin: 'https://learn.example.org', referer: 'https://learn.example.org/courses' };
  t.equal(isSameOrigin({ 'sec-fetch-site': 'same-origin' }, site), true);
  for (const told of ['cross-site', 'same-site', 'none', '', 'same-origin, cross-site', 'Same-Origin']) {
    t.equal(isSameOrigin({ 'sec-fetch-site': told, ...own }, site), false, `“${told}”`);
  }
});

t.test('An older browser proves by Origin that the form is ours', async (t) => {
  t.equal(isSameOrigin({ origin: 'https://learn.example.org' }, site), true);
  t.equal(isSameOrigin({ origin: 'https://learn.example.org:443' }, site), true, 'the usual port may be written out');
  t.equal(isSameOrigin({ origin: 'http://192.168.1.5:3000' }, village), true, 'on plain http too');
  const others = [
    'https://evil.example',
    'http://learn.example.org',
    'https://learn.example.org:8443',
    'https://learn.example.org.evil.example',
    'https://evil.example/https://learn.example.org',
    'https://learn.example.org@evil.example',
    'https://sub.learn.example.org',
    'null',
    '',
    'about:blank',
    'not an address',
  ];
  for (const origin of others) t.equal(isSameOrigin({ origin }, site), false, `“${origin}”`);
});

t.test('A strange Origin is not made good by a Referer of ours', async (t) => {
  const referer = 'https://learn.example.org/sign-in';
  t.equal(isSameOrigin({ origin: 'https://evil.example', referer }, site), false);
  t.equal(isSameOrigin({ origin: 'null', referer }, site), false);
});

t.test('The Referer alone, which is all that text browsers send, is enough', async (t) => {
  // As w3m 0.5 and links 2.29 send it, and lynx 2.9 where it is told to: the page that the form stands on, whole.
  t.equal(isSameOrigin({ referer: 'http://192.168.1.5:3000/sign-up?next=/courses/welcome' }, village), true);
  t.equal(isSameOrigin({ referer: 'http://192.168.1.5:8080/sign-up' }, village), false, 'another port');
  t.equal(isSameOrigin({ referer: 'http://192.168.1.50:3000/sign-up' }, village), false, 'a neighbour');
  t.equal(isSameOrigin({ referer: 'https://evil.example/?http://192.168.1.5:3000/' }, village), false);
  t.equal(isSameOrigin({ referer: '/sign-up' }, village), false, 'a path says nothing about who sends it');
});

t.test('Lynx, which as it comes says nothing on pages with a query, is believed; what it says is judged', async (t) => {
  const lynx = { 'user-agent': 'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8' };
  t.equal(isSameOrigin(lynx, village), true);
  t.equal(isSameOrigin({ ...lynx, referer: 'http://evil.example/' }, village), false);
  t.equal(isSameOrigin({ ...lynx, origin: 'null' }, village), false);
  t.equal(isSameOrigin({ 'user-agent': 'Mozilla/5.0 Lynx/2.9' }, village), false);
});

t.test('Whoever says nothing about where the form stands is refused', async (t) => {
  t.equal(isSameOrigin({}, site), false);
  t.equal(isSameOrigin({ host: 'learn.example.org' }, site), false);
});

t.test('A way back is a path of this site, with its query', async (t) => {
  const ways = {
    '/': '/',
    '/courses/welcome': '/courses/welcome',
    '/courses?q=m%E1%BA%A1ng&page=2': '/courses?q=m%E1%BA%A1ng&page=2',
    '/courses?q=mạng': '/courses?q=m%E1%BA%A1ng',
    '/courses?next=https://evil.example': '/courses?next=https://evil.example',
    '/courses#top': '/courses',
    'https://learn.example.org/account': '/account',
    'https://learn.example.org/': '/',
    '/a/../account': '/account',
  };
  for (const [address, path] of Object.entries(ways)) t.equal(ownPath(address, site), path, address);
});

t.test('What leads to another site, or may be read so, is no way back', async (t) => {
  const others = [
    undefined,
    '',
    'courses',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    ' /courses',
    '/.//evil.example',
    '/..//evil.example',
    '/courses/..//evil.example',
    '/%2e//evil.example',
    'https://evil.example',
    'HTTPS://LEARN.EXAMPLE.ORG/',
    'https:evil.example',
    'https:/evil.example',
    'https://learn.example.org',
    'https://learn.example.org.evil.example/',
    'https://learn.example.org@evil.example/',
    'https://learn.example.org//evil.example',
    'https://learn.example.org/\\evil.example',
    'http://learn.example.org/',
    'https://learn.example.org:8443/',
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b.example',
  ];
  for (const address of others) t.equal(ownPath(address, site), null, JSON.stringify(address));
});

t.test('Law: a browser that follows a way back stays on this site', async () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    '\t',
    '\n',
    ' ',
    '@',
    ':',
    '?',
    '#',
    'a',
    'https:',
    'evil.example',
  );
  const hostile = fc.array(pieces, { maxLength: 8 }).map((some) => some.join(''));
  const addresses = fc.oneof(
    hostile,
    hostile.map((rest) => `/${rest}`),
    hostile.map((rest) => `https://learn.example.org/${rest}`),
    fc.webUrl(),
    fc.string(),
  );
  fc.assert(
    fc.property(addresses, (address) => {
      const path = ownPath(address, site);
      if (path === null) return;
      for (const page of ['https://learn.example.org/', 'https://learn.example.org/courses/x?y=1']) {
        if (new URL(path, page).origin !== site.origin) throw new Error(`${JSON.stringify(address)} leads to ${path}`);
      }
      if (ownPath(path, site) !== path) throw new Error(`${path} is not kept as it is`);
    }),
    { numRuns: 2000 },
  );
});
