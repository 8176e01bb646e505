import t, { type Test } from 'tap';
import { writeAtom } from '../../server/announcements/feeds/atom.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { announcement, courseId } from './announcements.ts';

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Element[];
}

const unescaped = (text: string) =>
  text.replace(/&(\w+);/g, (_, name: string) => {
    const character = { amp: '&', lt: '<', gt: '>', quot: '"' }[name];
    if (character === undefined) throw new Error(`&${name}; is no entity of XML`);
    return character;
  });

/** Reads just what our feeds may consist of, strictly: whatever else there is, is an error. */
function parseXml(source: string): Element {
  const [declaration = ''] = /^<\?xml version="1\.0" encoding="utf-8"\?>\n/.exec(source) ?? [];
  if (declaration === '') throw new Error('no declaration');
  const tokens = /<(\/?)([\w:]+)((?: [\w:]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  const root: Element = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  tokens.lastIndex = declaration.length;
  while (tokens.lastIndex < source.length) {
    const at = tokens.lastIndex;
    const [found, close, name = '', attributes = '', empty, text] = tokens.exec(source) ?? [];
    const current = open.at(-1);
    if (found === undefined || current === undefined) throw new Error(`no XML: ${source.slice(at, at + 50)}`);
    if (text !== undefined) {
      if (/&(?!\w+;)/.test(text)) throw new Error(`a bare & in ${text}`);
      current.text += unescaped(text);
    } else if (close) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    } else {
      const pairs = [...attributes.matchAll(/ ([\w:]+)="([^"]*)"/g)];
      const element: Element = {
        name,
        attributes: Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, unescaped(value)])),
        text: '',
        children: [],
      };
      current.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (only === undefined || others.length > 0 || open.length !== 1) throw new Error('one element has to hold all');
  return only;
}

const all = ({ children }: Element, name: string) => children.filter((child) => child.name === name);
const one = (element: Element, name: string) => {
  const [found, ...others] = all(element, name);
  if (found === undefined || others.length > 0) throw new Error(`one <${name}> is needed`);
  return found;
};

/** What RFC 4287 asks of every feed and entry. */
function assertAtom(t: Test, feed: Element): void {
  t.equal(feed.name, 'feed');
  t.equal(feed.attributes.xmlns, 'http://www.w3.org/2005/Atom');
  t.ok(one(one(feed, 'author'), 'name').text);
  const ids = [feed, ...all(feed, 'entry')].map((element) => one(element, 'id').text);
  t.equal(new Set(ids).size, ids.length);
  for (const element of [feed, ...all(feed, 'entry')]) {
    t.match(one(element, 'id').text, /^urn:uuid:[0-9a-f-]{36}$/);
    t.ok(one(element, 'title').text);
    t.match(one(element, 'updated').text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    for (const { attributes } of all(element, 'link')) t.match(attributes.href, /^http:\/\/localhost\//);
  }
}

t.test('A feed tells what is public, and only that, as Atom, wherever it is asked from', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const owner = await signedIn(site, { roles: ['owner'] });
  const { id } = await rootOrganisation(site);
  const stranger = client(site.app);
  const empty = await stranger.get('/organisations/domdom/announcements.atom');
  assertAtom(t, parseXml(empty.body));
  t.notOk((await stranger.get('/organisations/domdom')).body.includes('announcements.atom'), 'nothing to follow yet');

  const told = { title: 'Tin <b>mới</b> & "cũ"', words: 'Dòng một ]]>\nDòng hai &amp; \u{1f680}', is_public: true };
  const code = await announcement(site, { organisation_id: id }, owner, told);
  await announcement(site, { organisation_id: id }, owner, { title: 'Chỉ nội bộ' });
  const course = await announcement(site, { course_id: await courseId(site) }, owner, { ...told, daysAgo: 3 });
  const page = await stranger.get('/organisations/domdom/announcements.atom');
  t.equal(page.headers['content-type'], 'application/atom+xml; charset=utf-8');
  const feed = parseXml(page.body);
  assertAtom(t, feed);
  const [entry] = all(feed, 'entry');
  t.equal(all(feed, 'entry').length, 1);
  if (!entry) return;
  t.equal(one(entry, 'title').text, told.title);
  t.equal(one(entry, 'content').text, told.words);
  t.equal(one(entry, 'link').attributes.href, `http://localhost/announcements/${code}`);
  const before = one(entry, 'updated').text;

  const settings = await owner.get(`/announcements/${code}/settings`);
  await owner.submit(settings, { form: '#settings', fields: { title: 'Tin đã sửa' } });
  const [changed] = all(parseXml((await stranger.get('/organisations/domdom/announcements.atom')).body), 'entry');
  t.equal(changed && one(changed, 'id').text, one(entry, 'id').text, 'it stays the same entry');
  t.ok(changed && one(changed, 'updated').text > before);

  const ofCourse = parseXml((await stranger.get('/courses/small/announcements.atom')).body);
  assertAtom(t, ofCourse);
  t.equal(all(ofCourse, 'entry').length, 1);
  const organisation = await stranger.get('/organisations/domdom');
  t.equal(byRole(organisation.html, 'link', /Atom/).getAttribute('href'), '/organisations/domdom/announcements.atom');
  t.match((await stranger.get('/courses/small')).body, '/courses/small/announcements.atom');
  t.match((await stranger.get(`/announcements/${course}`)).body, '&lt;b&gt;mới', 'whoever follows the link reads it');

  await owner.post(`/announcements/${code}/withdrawal`);
  t.notMatch((await stranger.get('/organisations/domdom/announcements.atom')).body, 'Tin đã sửa');
  t.equal((await stranger.get('/organisations/nobody/announcements.atom')).status, 404);
  await site.db.updateTable('courses').set({ audience: 'branch' }).execute();
  t.equal((await stranger.get('/courses/small/announcements.atom')).status, 404);
});

t.test('What no XML may hold is left out', async (t) => {
  const now = new Date();
  const text = writeAtom({
    id: 'x',
    title: 'a\u0000b\u0008c\ufffe\ud800',
    language: 'vi',
    author: 'd',
    page: 'http://localhost/?a=1&b="2"',
    self: 'http://localhost/feed',
    updated: now,
    entries: [],
  });
  const feed = parseXml(text);
  t.equal(one(feed, 'title').text, 'abc\ufffd');
  t.equal(all(feed, 'link')[1]?.attributes.href, 'http://localhost/?a=1&b="2"');
});
