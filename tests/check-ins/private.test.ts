import fc from 'fast-check';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { insertCheckIn, withdrawCheckIn } from '../../server/check-ins/queries.ts';
import { gatherRows } from '../../server/my-data/queries.ts';
import { cohort, joiner, memberOf, mentor } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';

/** All that somebody finds by links, three of each kind, whatever it is. */
async function everythingFor(person: Client, ...from: string[]) {
  const found = [...from];
  const kinds = new Map<string, number>();
  const reached: { url: string; body: string }[] = [];
  for (const url of found) {
    const kind = (url.split('?')[0] ?? '').replace(/[\w-]{12,}|\d+/g, '*');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if ((kinds.get(kind) ?? 0) > 3) continue;
    const page = await person.get(url);
    reached.push({ url, body: page.body });
    for (const link of page.html.querySelectorAll('a[href^="/"]')) {
      const href = (link.getAttribute('href') ?? '').replace(/#.*/, '');
      if (!found.includes(href)) found.push(href);
    }
  }
  return reached;
}

/** Each writes a new entry, or corrects or withdraws the newest. */
const deed = fc.record({
  kind: fc.constantFrom('new', 'new', 'correction', 'withdrawal'),
  sharing: fc.constantFrom('private', 'shared'),
  hasNote: fc.boolean(),
  hasStep: fc.boolean(),
  day: fc.integer({ min: 10, max: 28 }),
} as const);

t.test('Whatever a mentor does, no word that is for mentors alone comes to the learner', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await joiner(site, group);
  const { id: member = '' } = (await memberOf(site, group, lan)) ?? {};
  const mentee = { id: member, person_id: lan.id };
  await lan.post('/account/calendar', { id: '' });
  const account = await lan.get('/account/calendar');
  const [calendar = '/'] = /\/calendars\/[\w.-]+/.exec(account.body) ?? [];
  const paths = ['/', '/learning', '/check-ins', '/check-ins?page=2', `/cohorts/${group.id}`, '/messages', '/account'];
  paths.push('/account/data', `/cohorts/${group.id}/members/${member}/messages`, calendar);

  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 6 }), async (deeds) => {
      let shown: string | null = null;
      let newest = { id: newId(), revision: -1 };
      let isWithdrawn = true;
      for (const [index, { kind, sharing, hasNote, hasStep, day }] of deeds.entries()) {
        const isNew: boolean = kind === 'new' || isWithdrawn;
        newest = isNew ? { id: newId(), revision: 0 } : { ...newest, revision: newest.revision + 1 };
        const words = `${sharing === 'private' ? 'kín' : 'mở'}-${newId()}-${index}`;
        isWithdrawn = kind === 'withdrawal' && !isNew;
        const fields = { met_on: `2026-01-${day}`, channel: 'call', sharing } as const;
        const note = hasNote || !hasStep ? { note: words } : {};
        const step = hasStep ? { next_step: `việc-${newId()}` } : {};
        await db.transaction().execute(async (trx) => {
          if (!isWithdrawn) return insertCheckIn(trx, group, mentee, newest, { ...fields, ...note, ...step }, hoa);
          const before = { ...newest, revision: newest.revision - 1 };
          return withdrawCheckIn(trx, group, mentee, { ...fields, ...before, is_private: true }, `kín-${words}`, hoa);
        });
        shown = isWithdrawn ? null : 'note' in note && sharing === 'shared' ? words : null;
      }
      const pages = await Promise.all(paths.map(async (path) => (await lan.get(path)).body));
      const copy = JSON.stringify(await gatherRows(db, lan.id));
      const mails = JSON.stringify(await db.selectFrom('mails').selectAll().execute());
      for (const body of [...pages, copy, mails]) t.notOk(body.includes('kín-'), 'nothing private');
      if (shown !== null)
        t.ok(
          pages.some((body) => body.includes(shown ?? '')),
          'what is shared comes',
        );
      t.equal(copy.includes('"is_private":true'), await hasPrivate(), 'the copy says that there is more');
    }),
    { numRuns: 8 },
  );

  const reached = await everythingFor(lan, '/', calendar);
  t.ok(reached.length > 40, 'as far as links lead, files and feeds too');
  for (const { url, body } of reached) t.notOk(body.includes('kín-'), `nothing private at ${url}`);

  async function hasPrivate(): Promise<boolean> {
    return (await db.selectFrom('check_ins').where('is_private', '=', true).select('entry_id').execute()).length > 0;
  }
});
