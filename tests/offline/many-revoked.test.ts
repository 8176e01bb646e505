import { randomBytes } from 'node:crypto';
import t from 'tap';
import { v7 } from 'uuid';
import { newCode } from '../../server/certificates/code.ts';
import type { List } from '../../server/offline/checking.ts';
import { listInRoom } from '../../server/offline/listing.ts';
import { isPacked } from '../../server/offline/short-codes.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { finish, learner, publish } from '../support/learners.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
const visitor = client(site.app);

t.test(
  'Lists that fit are whole, the shortest first, the one that a file is for before all; others are rough, and nothing is cut',
  async (t) => {
    const codesOf = (count: number) => Array.from({ length: count }, () => newCode(randomBytes));
    const ended = [
      { issuer: 'small', codes: codesOf(20) },
      { issuer: 'middle', codes: codesOf(800) },
      { issuer: 'large', codes: codesOf(1_000) },
      { issuer: 'vast', codes: codesOf(4_000) },
      { issuer: 'endless', codes: codesOf(20_000) },
    ];
    const issuers = [...ended.map(({ issuer }) => issuer), 'none'].map((code) => ({ code, name: code, keys: [] }));
    const listed = (issuer: string | null) => {
      const written = listInRoom(
        { today: '2026-11-22', issuers, ended },
        { around: 34_000, issuer, site: 'https://x' },
      );
      t.ok(34_000 + written.length <= 40_000, `${issuer}: ${written.length}`);
      const list: List = JSON.parse(written);
      for (const { code, revoked, rough } of list.issuers) {
        const codes = ended.find(({ issuer }) => issuer === code)?.codes ?? [];
        if (revoked !== null) t.ok(codes.every((one) => isPacked(one, revoked, rough)));
      }
      return list.issuers
        .filter(({ revoked }) => revoked !== null)
        .map(({ code, rough }) => (rough === undefined ? code : `${code}, roughly`));
    };
    t.same(listed(null), ['small', 'middle', 'large, roughly', 'none']);
    t.same(listed('large'), ['small', 'large', 'none']);
    t.same(listed('vast'), ['small', 'vast, roughly', 'none'], 'too many to be exact: what is not among them holds');
    t.same(listed('endless'), listed(null), 'too many for any file: it says so, and holds the others');
  },
);

t.test('With 5,000 revoked certificates each file keeps to its size and says whose list it has', async (t) => {
  const code = await finish(await learner(site));
  await visitor.get(`/certificates/${code}.json`);
  const {
    id: _,
    code: __,
    ...one
  } = await site.db.selectFrom('certificates').selectAll().where('code', '=', code).executeTakeFirstOrThrow();
  for (let part = 0; part < 10; part += 1) {
    const rows = Array.from({ length: 500 }, (_, index) => ({
      ...{ ...one, id: v7(), code: newCode(randomBytes), term: 2 + part * 500 + index },
      ...{ printed: JSON.stringify(one.printed), revoked_at: new Date(), revocation_reason: 'Cấp nhầm.' },
    }));
    await site.db.insertInto('certificates').values(rows).execute();
  }
  for (const path of ['/verify.html', '/verify.html?issuer=domdom']) {
    const file = await site.app.inject(path);
    t.equal(file.statusCode, 200);
    t.ok(file.rawPayload.length <= 40_000, `${file.rawPayload.length} bytes`);
    const list: List = JSON.parse(/id="list">([^<]*)</.exec(file.body)?.[1] ?? '');
    t.match(list, { site: 'https://hoc.example.org', issuers: [{ code: 'domdom', revoked: null }] });
  }
  t.equal((await visitor.get('/verify.html?issuer=nobody')).status, 404);
  t.equal((await visitor.get('/verify.html?issuer=domdom&issuer=x')).status, 200);
});
