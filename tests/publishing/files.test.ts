import fc from 'fast-check';
import t from 'tap';
import {
  findDraftFile,
  getDraftFile,
  listDraftFiles,
  readDraftFolder,
  removeDraftFiles,
  type Saved,
  saveDraftFile,
  saveDraftFiles,
} from '../../server/publishing/files/queries.ts';
import { getDraft, getOwnDraft } from '../../server/publishing/queries.ts';
import { testApp } from '../support/app.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import '../support/seed.ts';
import { draft } from './drafts.ts';

const path = 'vi/mot.md';

t.test(
  'a draft is there for authors, reviewers and managers at or above its organisation, and for nobody else',
  async (t) => {
    const site = await testApp(t);
    const branch = await organisation(site, 'ours');
    const below = await organisation(site, 'below', { below: branch });
    const author = await signedIn(site, { roles: ['author'], branch });
    const reviewer = await signedIn(site, { roles: ['reviewer'], branch });
    const elsewhere = await signedIn(site, { roles: ['author'], branch: await organisation(site, 'theirs') });
    const learner = await signedIn(site, { roles: ['learner'], branch });
    const { id } = await draft(site, author, { branch: below });
    t.match(await getDraft(site.db, author, id), { may_write: true, may_review: false, wrote: false, state: 'draft' });
    t.match(await getDraft(site.db, reviewer, id), { may_write: false, may_review: true });
    await t.rejects(getOwnDraft(site.db, reviewer, id), /forbidden/);
    for (const stranger of [elsewhere, learner]) await t.rejects(getDraft(site.db, stranger, id), /not found/);
  },
);

t.test('a save that began from an older revision writes nothing, and sent twice is saved once', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const lan = await signedIn(site, { roles: ['author'], full_name: 'Lan' });
  const minh = await signedIn(site, { roles: ['author'], full_name: 'Minh' });
  const made = await draft(site, lan, { files: { [path]: 'một', 'course.yaml': 'format: 1' } });
  const save = (content: string, revision: number, person = lan, editor?: { id: string; isAutomatic: boolean }) =>
    db
      .transaction()
      .execute((trx) => saveDraftFile(trx, made, { path, content, revision, ...(editor && { editor }) }, person));
  const { revision } = await getDraftFile(db, made, path);

  t.same(await save('hai', revision, minh), { outcome: 'saved', revision: revision + 1 });
  t.same(await save('ba', revision), { outcome: 'changed', path });
  t.same(await save('hai', revision, minh), { outcome: 'saved', revision: revision + 1 }, 'the same again is the same');
  t.match(await findDraftFile(db, made, path), { content: 'hai', changed_by_name: 'Minh' });

  await db.transaction().execute((trx) => removeDraftFiles(trx, made, [path], lan));
  t.equal(await findDraftFile(db, made, path), undefined);
  t.same(await save('bốn', revision + 1, minh), { outcome: 'changed', path }, 'what is gone is not changed');
  const again = await save('năm', 0);
  t.match(again, { outcome: 'saved' });
  t.same(await save('sáu', revision + 1, minh), { outcome: 'changed', path }, 'nor is what stands in its place');
  t.same([...(await readDraftFolder(db, site.app.files, made)).source.files.keys()], ['course.yaml', path]);
  t.same(
    (await listDraftFiles(db, made)).map(({ path, bytes }) => [path, bytes]),
    [
      ['course.yaml', 9],
      [path, Buffer.byteLength('năm')],
    ],
  );

  // A page that saves by itself: its button goes on from there, but a late save of its own comes to nothing.
  const page = '019a0000-0000-7000-8000-000000000001';
  const base = again.outcome === 'saved' ? again.revision : 0;
  t.match(await save('bảy', base, lan, { id: page, isAutomatic: true }), { outcome: 'saved' });
  t.match(await save('tám', base, minh, { id: page, isAutomatic: false }), { outcome: 'changed' });
  t.match(await save('tám', base, lan, { id: page, isAutomatic: false }), { outcome: 'saved' });
  t.match(await save('bảy', base, lan, { id: page, isAutomatic: true }), { outcome: 'changed' });

  const both = [
    { path: 'vi/hai.md', content: 'mới', revision: 0 },
    { path, content: 'chín', revision: base },
  ];
  const saved = await db.transaction().execute((trx) => saveDraftFiles(trx, made, both, lan));
  t.match(saved, { outcome: 'changed', path });
  t.equal(await findDraftFile(db, made, 'vi/hai.md'), undefined, 'all or none');
  const huge = { path: 'images/a.png', content: { hash: 'a'.repeat(64), bytes: 200_000_000 }, revision: 0 };
  t.match(await db.transaction().execute((trx) => saveDraftFile(trx, made, huge, lan)), { outcome: 'full' });

  await db.updateTable('drafts').set({ state: 'discarded' }).where('id', '=', made.id).execute();
  t.same(await save('mười', 0), { outcome: 'closed' });
  await t.rejects(
    db.updateTable('draft_files').set({ content: 'x', bytes: 1 }).where('draft_id', '=', made.id).execute(),
    /the draft is not open/,
    'nor does any other way lead there',
  );
});

t.test('whatever several people save, in whatever order, no text that was taken is lost unseen', async (t) => {
  const site = await testApp(t);
  const people = [await signedIn(site), await signedIn(site)];
  const step = fc.record({ who: fc.nat(1), reads: fc.boolean(), text: fc.string({ minLength: 1, maxLength: 3 }) });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const made = await draft(site, people[0] ?? { id: '' }, { slug: `thu-${++number}` });
      const seen = people.map(() => ({ revision: 0, text: '' }));
      let now = '';
      for (const { who, reads, text } of steps) {
        const [person, view] = [people[who], seen[who]];
        if (!person || !view) continue;
        if (reads) {
          const file = await findDraftFile(site.db, made, path);
          seen[who] = { revision: file?.revision ?? 0, text: file?.content ?? '' };
          continue;
        }
        const content = `${number} ${text.replaceAll('\0', '')}`;
        const saved: Saved = await site.db
          .transaction()
          .execute((trx) => saveDraftFile(trx, made, { path, content, revision: view.revision }, person));
        // What is overwritten stood before the eyes of whoever overwrote it.
        if (saved.outcome === 'saved' && content !== now && view.text !== now) return false;
        if (saved.outcome === 'saved') {
          now = content;
          seen[who] = { revision: saved.revision, text: content };
        }
        if ((await findDraftFile(site.db, made, path))?.content !== (now || undefined)) return false;
      }
      return true;
    }),
    { numRuns: 25 },
  );
});
