import { generateKeyPairSync, sign } from 'node:crypto';
import t from 'tap';
import { newCode } from '../../server/certificates/code.ts';
import { check as checkOn, type List, withPurpose } from '../../server/offline/checking.ts';
import { bytesOfDigits, digitsOf } from '../../server/offline/digits.ts';
import { bytesOfFacts, type Facts, keyIdLength } from '../../server/offline/facts.ts';
import { packCodes } from '../../server/offline/short-codes.ts';

const [key, retired, stranger] = [keyPair(), keyPair(), keyPair()];
const list: List = {
  date: '2026-11-22',
  site: 'https://domdom.example.org',
  issuers: [
    { code: 'domdom', name: 'Đom Đóm', keys: [retired.text, key.text], revoked: '' },
    { code: 'other', name: 'Nơi khác', keys: [keyPair().text], revoked: '' },
  ],
};
const check = (text: string, on = list, today = '2026-11-22') => checkOn(text, on, today);
const facts = {
  code: newCode(() => new Uint8Array(40).fill(7)),
  holder: 'Nguyễn Thị Bé An',
  title: 'An toàn mạng cho mọi người',
  issuedOn: '2026-11-20',
  validUntil: null,
  score: 92,
  kind: 'course' as const,
  isTrial: false,
  issuer: 'domdom',
};
const address = `https://domdom.example.org/v/${facts.code}`;

t.test('One that its issuer has signed is valid, by a key of before too, however it was copied', async (t) => {
  for (const pair of [key, retired]) {
    const payload = signed(pair);
    for (const text of [
      `${address}#${payload}`,
      ` https://domdom.example.org/certificates/${facts.code}#${payload}\n`,
      `${address}#${payload.slice(0, 90)}\n${payload.slice(90).toLowerCase()}`,
      payload,
    ]) {
      t.match(check(text, list), { outcome: 'valid', issuer: 'Đom Đóm', facts }, text.slice(0, 60));
    }
  }
});

t.test('Every flipped bit is found', async (t) => {
  const bytes = bytesOfDigits(signed(key)) ?? new Uint8Array();
  t.ok(bytes.length > 120);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = Number(flipped[bit >> 3]) ^ (1 << (bit & 7));
    for (const text of [`${address}#${digitsOf(flipped)}`, digitsOf(flipped)]) {
      const { outcome } = check(text, list);
      if (!['altered', 'unknown_issuer', 'unreadable'].includes(outcome)) t.fail(`bit ${bit}: ${outcome}`);
    }
  }
});

t.test('Every other character, every lost one, and another code before it are found', async (t) => {
  const payload = signed(key);
  for (let at = 0; at < payload.length; at += 1) {
    const other = payload[at] === 'A' ? 'B' : 'A';
    const changed = payload.slice(0, at) + other + payload.slice(at + 1);
    t.not(check(`${address}#${changed}`, list).outcome, 'valid', `character ${at}`);
    t.not(check(`${address}#${payload.slice(0, at) + payload.slice(at + 1)}`, list).outcome, 'valid', `without ${at}`);
  }
  const otherCode = newCode(() => new Uint8Array(40).fill(9));
  t.equal(check(`https://domdom.example.org/v/${otherCode}#${payload}`, list).outcome, 'altered');
  t.equal(check(`https://domdom.example.org/v/${facts.code.slice(1)}#${payload}`, list).outcome, 'altered');
});

t.test('A revoked one is refused, its neighbours in the list are not', async (t) => {
  const others = [11, 12, 13].map((byte) => newCode(() => new Uint8Array(40).fill(byte)));
  t.match(check(signed(key), revoking([...others, facts.code])), { outcome: 'revoked', facts });
  t.equal(check(signed(key), revoking(others)).outcome, 'valid');
  t.equal(check(signed(key), revoking(null)).outcome, 'unlisted', 'a list without room for them');
});

t.test('A rough list says of nobody that they were revoked: what is not in it holds, what is may not', async (t) => {
  const others = [11, 12, 13].map((byte) => newCode(() => new Uint8Array(40).fill(byte)));
  const roughly = (codes: string[]): List => ({
    ...list,
    issuers: list.issuers.map((one) => ({ ...one, revoked: packCodes(codes, 25), rough: 25 })),
  });
  t.match(check(signed(key), roughly([...others, facts.code])), { outcome: 'doubtful', facts });
  t.equal(check(signed(key), roughly(others)).outcome, 'valid');
  const ended = signed(key, { validUntil: '2026-11-22' });
  t.equal(check(ended, roughly([facts.code]), '2026-11-23').outcome, 'expired', 'what is certain is told first');
});

t.test(
  'One past its last day is expired, unless it was revoked; a clock that is behind the list is not believed',
  async (t) => {
    const text = signed(key, { validUntil: '2026-11-22' });
    t.match(check(text), { outcome: 'valid', facts: { ...facts, validUntil: '2026-11-22' } });
    t.match(check(text, list, '2026-11-23'), { outcome: 'expired', issuer: 'Đom Đóm' });
    t.equal(check(text, revoking([facts.code]), '2026-11-23').outcome, 'revoked');
    t.equal(check(text, revoking(null), '2026-11-23').outcome, 'expired');
    t.equal(check(text, { ...list, date: '2026-12-01' }, '1970-01-01').outcome, 'expired');
    t.equal(check(signed(key), list, '2199-01-01').outcome, 'valid', 'one without a last day');
    const bytes = bytesOfDigits(text) ?? new Uint8Array();
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = Number(flipped[bit >> 3]) ^ (1 << (bit & 7));
      if (['valid', 'expired'].includes(check(digitsOf(flipped)).outcome)) t.fail(`bit ${bit}`);
    }
  },
);

t.test('A trial copy is said to be one', async (t) => {
  t.match(check(signed(key, { isTrial: true }), list), { outcome: 'trial', facts: { ...facts, isTrial: true } });
});

t.test('An issuer that the list does not have is told apart from a forgery', async (t) => {
  t.match(check(signed(stranger), list), { outcome: 'unknown_issuer', facts });
  t.equal(check(signed(stranger, {}, key), list).outcome, 'altered', 'in the name of a known key');
  t.equal(check(signed(key, { issuer: 'other' }), list).outcome, 'altered', 'in the name of another issuer');
});

t.test('What is something else is said to be that', async (t) => {
  t.equal(check(address, list).outcome, 'code_only');
  t.equal(check(facts.code, list).outcome, 'code_only');
  for (const text of [
    '',
    '#',
    'https://example.org/menu',
    'https://example.org/#menu',
    'WIFI:S:x;;',
    'Ư'.repeat(9),
    '9'.repeat(5000),
  ]) {
    t.equal(check(text, list).outcome, 'unreadable', text.slice(0, 30));
  }
});

function revoking(codes: string[] | null): List {
  const revoked = codes && packCodes(codes);
  return { ...list, issuers: list.issuers.map((issuer) => ({ ...issuer, revoked })) };
}

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = publicKey.export({ format: 'jwk' }).x ?? '';
  return { privateKey, text, keyId: Buffer.from(text, 'base64url').subarray(0, keyIdLength) };
}

function signed(pair: ReturnType<typeof keyPair>, changes: Partial<Facts> = {}, named = pair): string {
  const bytes = bytesOfFacts({ ...facts, keyId: named.keyId, ...changes }, 200) ?? new Uint8Array();
  return digitsOf(Uint8Array.of(...bytes, ...sign(null, withPurpose(bytes), pair.privateKey)));
}
