import type { List, ListedIssuer } from './checking.ts';
import type { Standings } from './queries.ts';
import { packCodes } from './short-codes.ts';
import { rawKey } from './signing.ts';

/** The most that a file may have, for a phone's memory and a weak link. */
const mostBytes = 40_000;

/**
 * What goes into a file, as JSON for a script. All lists of revoked certificates that fit: that of the issuer it is for first, then the shortest,
 * so that as many issuers as can be are whole.
 * @param around the bytes of the file without its list
 * @param issuer whose file it is; null: the one for all
 */
export function listInRoom(
  { today, issuers, ended }: Standings,
  { around, issuer, site }: { around: number; issuer: string | null; site: string },
): string {
  const wanted = issuersOf(issuers).map((one) => ({
    ...one,
    revoked: packCodes(ended.find(({ issuer }) => issuer === one.code)?.codes ?? []),
  }));
  const list: List = { date: today, site, issuers: wanted.map((one) => ({ ...one, revoked: null })) };
  let room = mostBytes - around - Buffer.byteLength(forScript(list));
  const kept = new Map<string, ListedIssuer>();
  for (const one of wanted.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    if (one.revoked.length > room) continue;
    room -= one.revoked.length;
    kept.set(one.code, one);
  }
  return forScript({ ...list, issuers: list.issuers.map((one) => kept.get(one.code) ?? one) });

  function rankOf({ code, revoked }: { code: string; revoked: string }): number {
    return code === issuer ? -1 : revoked.length;
  }
}

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
