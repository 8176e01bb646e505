import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { bakePng, bakeSvg } from '../../server/credentials/baking.ts';
import { judge } from '../../server/credentials/judging.ts';
import { signed, type Unsigned } from '../../server/credentials/proof.ts';
import { readCredential } from '../../server/credentials/reading.ts';
import { multikey } from '../../server/keys/multikey.ts';
import { inWords } from './verdicts.ts';

const now = new Date('2026-11-22T09:00:00Z');
const own = generateKeyPairSync('ed25519');
const did = `did:key:${multikey(own.publicKey)}`;
const bare = {
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
  id: 'urn:x:1',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: did, type: ['Profile'], name: 'Trường Nghề' },
  validFrom: '2026-01-01T00:00:00Z',
  credentialSubject: {
    type: ['AchievementSubject'],
    identifier: [{ type: 'IdentityObject', identityType: 'name', identityHash: 'Lê Thị "Lan"', hashed: false }],
    achievement: {
      id: 'urn:x:2',
      type: ['Achievement'],
      name: 'Hàn',
      description: 'Hàn điện',
      criteria: { narrative: 'Thi' },
    },
  },
};

t.test('A credential is sound as JSON and inside pictures, and says what is in it', async (t) => {
  const text = JSON.stringify(await badge());
  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOUMyqsBwACeQFChxlltgAAAABJRU5ErkJggg==',
    'base64',
  );
  for (const bytes of [text, `\ufeff \n${text}\n`, bakePng(pixel, text), bakeSvg('<svg></svg>', text)]) {
    const judgement = await judge(readCredential(Buffer.from(bytes)), now);
    t.match(judgement, {
      outcome: 'sound',
      id: 'urn:x:1',
      facts: { issuer: 'Trường Nghề', issuerId: did, holder: 'Lê Thị "Lan"', title: 'Hàn', isRevocable: false },
    });
  }
});

t.test('Whatever is changed in it is found', async (t) => {
  const credential = await badge({ validUntil: '2030-01-01T00:00:00Z' });
  for (const [before, after] of [
    ['Lê Thị', 'Le Thi'],
    ['Hàn', 'Han'],
    ['urn:x:1', 'urn:x:2'],
    ['2030', '2031'],
    ['"created":"2026', '"created":"2025'],
  ] as const) {
    t.equal(await verdict(JSON.stringify(credential).replace(before, after)), 'refused altered', after);
  }
  t.equal(await verdict({ ...credential, comment: 'x' }), 'refused malformed', 'a word of no vocabulary');
  const proof = credential.proof[0];
  t.equal(await verdict({ ...credential, proof: [] }), 'refused unsigned');
  t.equal(await verdict({ ...credential, proof: [{ ...proof, proofValue: 'z1' }] }), 'refused altered');
  t.equal(
    await verdict({ ...credential, proof: [{ ...proof, proofPurpose: 'authentication' }] }),
    'refused other_signer',
  );
  t.equal(
    await verdict({ ...credential, proof: [{ ...proof, cryptosuite: 'bbs-2023' }] }),
    'unchecked other_signature',
  );
});

t.test('A key that does not go with the issuer’s name signs nothing', async (t) => {
  const other = generateKeyPairSync('ed25519');
  t.equal(
    await verdict(await badge({}, other.privateKey, `did:key:${multikey(other.publicKey)}`)),
    'refused other_signer',
  );
  t.equal(await verdict(await badge({}, other.privateKey)), 'refused altered');
  const beside = `${did}#${multikey(other.publicKey)}`;
  t.equal(await verdict(await badge({}, other.privateKey, beside)), 'refused altered', 'a key beside a did:key');
  const web = { issuer: { ...bare.issuer, id: 'did:web:example.org' } };
  t.equal(await verdict(await badge(web, own.privateKey, 'did:web:example.org#key-1')), 'unchecked key_elsewhere');
});

t.test('It is judged by the day on which it is looked at', async (t) => {
  t.equal(await verdict(await badge({ validFrom: '2026-11-22T09:00:01Z' })), 'refused not_yet');
  t.equal(await verdict(await badge({ validUntil: '2026-11-22T08:59:59Z' })), 'refused expired');
  t.equal(await verdict(await badge({ validUntil: '2026-11-22T09:00:00Z' })), 'sound');
  t.equal(
    await verdict(await badge({ validUntil: '2010-01-01T00:00:00Z' })),
    'refused malformed',
    'it ends before it begins',
  );
  for (const validFrom of ['yesterday', '2026-13-01T00:00:00Z', 7]) {
    t.equal(
      await verdict(await badge({ validFrom } as object).catch(() => ({ ...bare, validFrom }))),
      'refused malformed',
    );
  }
});

t.test('A token is judged by the key it carries', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const token = (header: object, claims: object) => {
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };
  const right = token({ alg: 'ES256', jwk }, { ...bare, iss: did });
  t.equal(await verdict(right), 'sound');
  t.equal(await verdict(bakeSvg('<svg></svg>', right)), 'sound');
  const [head, , tail] = right.split('.');
  const other = Buffer.from(JSON.stringify({ ...bare, id: 'urn:x:3' })).toString('base64url');
  t.equal(await verdict(`${head}.${other}.${tail}`), 'refused altered');
  t.equal(await verdict(token({ alg: 'ES256', jwk }, { ...bare, iss: 'did:web:example.org' })), 'refused other_signer');
  t.equal(await verdict(token({ alg: 'ES256' }, bare)), 'unchecked key_elsewhere');
  for (const alg of ['none', 'HS256', 'toString', '', 7]) {
    t.equal(await verdict(token({ alg, jwk }, bare)), 'unchecked other_signature', String(alg));
  }
  t.equal(await verdict(token({ alg: 'RS256', jwk }, bare)), 'refused malformed', 'a key of another kind');
});

t.test('No vocabulary is fetched, and none may be brought along', async (t) => {
  let asked = 0;
  t.intercept(globalThis, 'fetch', { value: async () => Promise.reject(new Error(String(++asked))) });
  const credential = await badge();
  const contexts = credential['@context'];
  for (const [context, words] of [
    [[...contexts, 'https://example.org/mine'], 'unchecked other_words'],
    [[...contexts, 'http://127.0.0.1:1/mine'], 'unchecked other_words'],
    [[...contexts, { name: 'https://example.org/name' }], 'refused malformed'],
    ['https://example.org/mine', 'refused malformed'],
    [null, 'refused malformed'],
  ] as const) {
    t.equal(await verdict({ ...credential, '@context': context }), words, JSON.stringify(context));
  }
  const inside = { '@context': { '@import': 'https://example.org/mine' }, type: ['Evidence'] };
  t.equal(await verdict({ ...credential, evidence: [inside] }), 'unchecked other_words');
  t.equal(asked, 0);
});

t.test('What would take a life, or all memory, is left after a moment', async (t) => {
  const credential = await badge();
  const p = 'https://example.org/p';
  const each = (count: number, make: (n: number) => object) => Array.from({ length: count }, (_, n) => make(n));
  const knot = each(30, (n) => ({
    '@id': `_:b${n}`,
    type: ['Evidence'],
    [p]: each(20, (m) => ({ '@id': `_:b${m}` })),
  }));
  const nest = (depth: number) => '{"a":'.repeat(depth) + '1'.concat('}'.repeat(depth));
  for (const [what, words] of [
    [{ ...credential, evidence: knot }, 'unchecked too_tangled'],
    [{ ...credential, evidence: each(2_000, () => ({ type: ['Evidence'] })) }, 'unreadable too_large'],
    [{ ...credential, evidence: each(30, () => ({ '@context': credential['@context'] })) }, 'unreadable too_large'],
    [{ ...credential, name: 'x'.repeat(500_000) }, 'unreadable too_large'],
    [nest(30_000), 'unreadable too_large'],
    ['['.repeat(300_000), 'unreadable no_certificate'],
    [`<svg ${'xmlns:a="b" '.repeat(100_000)}>`, 'unreadable empty_picture'],
    [
      `<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0">${'<o:credential '.repeat(100_000)}`,
      'unreadable empty_picture',
    ],
  ] as const) {
    t.equal(await verdict(what), words);
  }
});

t.test('Other files are told apart in plain words', async (t) => {
  for (const [bytes, reason] of [
    ['', 'no_certificate'],
    ['K7D4 MPX9 QRT3 6H', 'no_certificate'],
    ['[]', 'no_certificate'],
    ['null', 'no_certificate'],
    ['{}', 'other_kind'],
    ['{"__proto__":{"type":["VerifiableCredential"]},"type":{"includes":1}}', 'other_kind'],
    ['%PDF-1.7', 'pdf'],
    ['<!doctype html><p>', 'empty_picture'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'empty_picture'],
    [Buffer.from('\xff\xd8\xff\xe0photo', 'latin1'), 'photo'],
    [Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'photo'],
    [Buffer.from([0xc3, 0x28]), 'no_certificate'],
  ] as const) {
    t.equal(await verdict(bytes), `unreadable ${reason}`, String(bytes).slice(0, 20));
  }
});

t.test('Random bytes, and random changes of a credential, never break it', async (t) => {
  const text = Buffer.from(JSON.stringify(await badge()));
  const pixel = bakePng(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0', 'latin1'), text.toString());
  const changed = fc
    .tuple(fc.constantFrom(text, pixel), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([from, at, byte]) => {
      const bytes = Buffer.from(from);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
  const outcomes = ['sound', 'refused', 'unchecked', 'unreadable'];
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    changed,
  );
  await fc.assert(
    fc.asyncProperty(files, async (bytes) => outcomes.includes((await judge(readCredential(bytes), now)).outcome)),
    { numRuns: 150 },
  );
  t.pass('none did');
});

async function badge(changes: object = {}, privateKey: KeyObject = own.privateKey, method = did) {
  const document: Unsigned = { ...bare, ...changes };
  return signed(document, { privateKey, verificationMethod: method }, now);
}

async function verdict(file: object | string | Buffer): Promise<string> {
  const bytes =
    typeof file === 'string' || Buffer.isBuffer(file) ? Buffer.from(file) : Buffer.from(JSON.stringify(file));
  return inWords(await judge(readCredential(bytes), now));
}
