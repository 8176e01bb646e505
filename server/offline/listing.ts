import type { List, ListedIssuer } from './checking.ts';
import type { Standings } from './queries.ts';
import { packCodes, packRoughly } from './short-codes.ts';
import { rawKey } from './signing.ts';

/** The most that a file may have, for a phone's memory and a weak link. */
const mostBytes = 40_000;

/**
 * What goes into a file, as JSON for a script: of the issuer that it is for its list of revoked certificates, exact or as rough as there is
 * room for; then all the lists that fit, the shortest first, so that as many issuers as can be are whole; then the longer ones, roughly.
 * @param around the bytes of the file without its list
 * @param issuer whose file it is; null: the one for all
 */
export function listInRoom(
  { today, issuers, ended }: Standings,
  { around, issuer, site }: { around: number; issuer: string | null; site: string },
): string {
  const wanted = issuersOf(issuers).map((one) => {
    const codes = ended.find(({ issuer }) => issuer === one.code)?.codes ?? [];
    return { ...one, codes, revoked: packCodes(codes) };
  });
  const list: List = { date: today, site, issuers: wanted.map(({ codes, ...one }) => ({ ...one, revoked: null })) };
  let room = mostBytes - around - Buffer.byteLength(forScript(list));
  const kept = new Map<string, ListedIssuer>();
  const byLength = wanted.toSorted((a, b) => a.revoked.length - b.revoked.length);
  for (const one of byLength.filter(({ code }) => code === issuer)) keep(one, 'exact') || keep(one, 'rough');
  for (const one of byLength) keep(one, 'exact');
  for (const one of byLength) keep(one, 'rough');
  return forScript({ ...list, issuers: list.issuers.map((one) => kept.get(one.code) ?? one) });

  function keep({ codes, ...one }: (typeof wanted)[number], how: 'exact' | 'rough'): boolean {
    if (kept.has(one.code)) return true;
    if (how === 'exact') return fits({ ...one }, one.revoked.length);
    const roughly = packRoughly(codes, room - roughMark);
    return (
      roughly !== null &&
      fits({ ...one, revoked: roughly.packed, rough: roughly.rough }, roughly.packed.length + roughMark)
    );
  }

  function fits(one: ListedIssuer, size: number): boolean {
    if (size > room) return false;
    room -= size;
    kept.set(one.code, one);
    return true;
  }
}

/** `,"rough":12` */
const roughMark = 11;

/** Of whom nothing is revoked, as far as this says. */
export function issuersOf(signers: Standings['issuers']): ListedIssuer[] {
  return signers.map(({ code, name, keys }) => ({
    ...{ code, name, keys: keys.map((key) => rawKey(key).toString('base64url')) },
    revoked: '',
  }));
}

/** In a script, `<` could end it. */
function forScript(list: List): string {
  return JSON.stringify(list).replaceAll('<', '\\u003c');
}
