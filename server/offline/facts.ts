import { codeAlphabet, codeLength, readCode } from '../certificates/code.ts';
import type { Kind } from '../certificates/printed.ts';
import { bytesOfLetters, lettersOfBytes } from './letters.ts';

/** What a certificate says, as far as it goes on a QR code. */
export interface Facts {
  /** The 14 characters without spaces. */
  code: string;
  /** As it is public; may be cut at "…". */
  holder: string;
  /** Of the course or path, or the name of the cohort; may be cut at "…". */
  title: string;
  /** YYYY-MM-DD */
  issuedOn: string;
  /** YYYY-MM-DD, the last day on which it holds; null: for ever. */
  validUntil: string | null;
  /** In whole per cent. */
  score: number | null;
  kind: Kind;
  isTrial: boolean;
  /** The organisation's code. */
  issuer: string;
  /** The first bytes of the public key. */
  keyId: Uint8Array;
}

export const keyIdLength = 4;

/*
 * Byte 0 is the format, 1 the flags, 2 to 10 the code as a number with 31 digits, 11 and 12 the days since 2020, 13 the score (255: none),
 * 14 to 17 the key; then, with the flag for it, two for the last day; then the issuer, the holder and the title, each but the last after its
 * length. What has no last day is written as it was before there were any.
 */
const format = 1;
const flags = { trial: 1, path: 2, holderInUtf8: 4, titleInUtf8: 8, ends: 16, mentoring: 32 };
const [codeAt, dayAt, scoreAt, keyAt, keyEnd] = [2, 11, 13, 14, 18];
const noScore = 255;
const day = 86_400_000;
const firstDay = Date.UTC(2020, 0, 1);
/** What stays of a title before a name is cut. */
const leastTitle = 16;

/** @returns null: even with name and title cut it takes more than `most` bytes */
export function bytesOfFacts(facts: Facts, most: number): Uint8Array | null {
  const issuer = bytesOfLetters(facts.issuer);
  if (issuer === null) return null;
  const issuerAt = keyEnd + (facts.validUntil === null ? 0 : 2);
  const room = most - issuerAt - 1 - issuer.length - 1;
  if (room < 2 * leastTitle) return null;
  const wholeTitle = textBytes(facts.title, room);
  const holder = textBytes(facts.holder, Math.min(255, room - Math.min(wholeTitle.bytes.length, leastTitle)));
  const title = textBytes(facts.title, room - holder.bytes.length);

  const head = new Uint8Array(issuerAt);
  head[0] = format;
  head[1] =
    (facts.isTrial ? flags.trial : 0) |
    (facts.kind === 'course' ? 0 : flags[facts.kind]) |
    (holder.isUtf8 ? flags.holderInUtf8 : 0) |
    (title.isUtf8 ? flags.titleInUtf8 : 0) |
    (facts.validUntil === null ? 0 : flags.ends);
  writeNumber(head, codeAt, dayAt, numberOfCode(facts.code));
  writeNumber(head, dayAt, scoreAt, numberOfDay(facts.issuedOn));
  if (facts.validUntil !== null) writeNumber(head, keyEnd, issuerAt, numberOfDay(facts.validUntil));
  head[scoreAt] = facts.score ?? noScore;
  head.set(facts.keyId, keyAt);
  return Uint8Array.of(...head, issuer.length, ...issuer, holder.bytes.length, ...holder.bytes, ...title.bytes);
}

/** Null: nothing of ours looks like this. */
export function factsOfBytes(bytes: Uint8Array): Facts | null {
  const [first, flag = 0] = bytes;
  const kind = kindOf(flag);
  if (first !== format || flag > 63 || kind === null) return null;
  const issuerAt = keyEnd + ((flag & flags.ends) === 0 ? 0 : 2);
  const issuerEnd = issuerAt + 1 + (bytes[issuerAt] ?? 0);
  const holderEnd = issuerEnd + 1 + (bytes[issuerEnd] ?? 0);
  if (holderEnd > bytes.length) return null;
  const code = codeOfNumber(readNumber(bytes, codeAt, dayAt));
  const issuer = lettersOfBytes(bytes.subarray(issuerAt + 1, issuerEnd));
  const holder = textOf(bytes.subarray(issuerEnd + 1, holderEnd), flag & flags.holderInUtf8);
  const title = textOf(bytes.subarray(holderEnd), flag & flags.titleInUtf8);
  const score = bytes[scoreAt] ?? noScore;
  if (!('code' in readCode(code)) || issuer === null || holder === null || title === null) return null;
  return {
    code,
    holder,
    title,
    issuedOn: dayOfNumber(readNumber(bytes, dayAt, scoreAt)),
    validUntil: (flag & flags.ends) === 0 ? null : dayOfNumber(readNumber(bytes, keyEnd, issuerAt)),
    score: score === noScore ? null : score,
    kind,
    isTrial: (flag & flags.trial) !== 0,
    issuer,
    keyId: bytes.slice(keyAt, keyEnd),
  };
}

/** Null: nothing is of two kinds. */
function kindOf(flag: number): Kind | null {
  const [isOfPath, isOfMentoring] = [(flag & flags.path) !== 0, (flag & flags.mentoring) !== 0];
  if (isOfPath && isOfMentoring) return null;
  if (isOfMentoring) return 'mentoring';
  return isOfPath ? 'path' : 'course';
}

/** At most so many bytes of a text, cut where it must be. */
function textBytes(text: string, most: number): { bytes: Uint8Array; isUtf8: boolean } {
  const whole = [...text.normalize('NFC')];
  for (let kept = whole.length; ; kept -= 1) {
    const shown = kept === whole.length ? text.normalize('NFC') : `${whole.slice(0, kept).join('').trimEnd()}…`;
    const letters = bytesOfLetters(shown);
    const bytes = letters ?? new TextEncoder().encode(shown);
    if (bytes.length <= most) return { bytes, isUtf8: letters === null };
  }
}

function textOf(bytes: Uint8Array, isUtf8: number): string | null {
  if (!isUtf8) return lettersOfBytes(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function numberOfCode(code: string): bigint {
  let number = 0n;
  for (const character of code) number = number * 31n + BigInt(codeAlphabet.indexOf(character));
  return number;
}

function codeOfNumber(number: bigint): string {
  let code = '';
  let rest = number;
  for (let place = 0; place < codeLength; place += 1) {
    code = codeAlphabet.charAt(Number(rest % 31n)) + code;
    rest /= 31n;
  }
  return rest === 0n ? code : '';
}

function numberOfDay(date: string): bigint {
  return BigInt((Date.parse(date) - firstDay) / day);
}

function dayOfNumber(number: bigint): string {
  return new Date(firstDay + Number(number) * day).toISOString().slice(0, 10);
}

function writeNumber(bytes: Uint8Array, from: number, to: number, number: bigint): void {
  let rest = number;
  for (let at = to - 1; at >= from; at -= 1) {
    bytes[at] = Number(rest % 256n);
    rest /= 256n;
  }
}

function readNumber(bytes: Uint8Array, from: number, to: number): bigint {
  let number = 0n;
  for (const byte of bytes.subarray(from, to)) number = number * 256n + BigInt(byte);
  return number;
}
