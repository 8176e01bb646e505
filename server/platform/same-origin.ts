import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether an unsafe request comes from a page of ours. Every browser sends one of three headers; the last of them, Referer, is
 * all that lynx, w3m and links have. None of them, or an opaque "null", is refused: that is no browser of a person. But lynx, as it
 * comes, keeps Referer to itself where the page's address has a query; it never sends a form that its reader did not press.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: URL): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const from = headers.origin ?? headers.referer;
  if (from === undefined) return /^Lynx\//.test(headers['user-agent'] ?? '');
  if (!URL.canParse(from)) return false;
  return new URL(from).origin === publicUrl.origin;
}

/** A path of this site to go back to, or null: what leads elsewhere, or might be read as leading elsewhere, is no way back. */
export function ownPath(address: string | undefined, publicUrl: URL): string | null {
  if (address === undefined) return null;
  const isAbsolute = address.startsWith(`${publicUrl.origin}/`);
  if (!isAbsolute && !/^\/(?![/\\])/.test(address)) return null;
  const url = URL.parse(address, publicUrl.href);
  // Also after parsing: a path of two slashes would lead to another site once it is written as a Location.
  return url?.origin === publicUrl.origin && !url.pathname.startsWith('//') ? url.pathname + url.search : null;
}
