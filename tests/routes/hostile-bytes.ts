import fc from 'fast-check';
import type { Target } from './hostile-targets.ts';
import { envelopes, mutated, mutations, parts, wellFormed, withPart } from './hostility.ts';

/** What is wrong with a request as bytes on a connection, beyond what stands in its fields. */
const damages = [
  'none',
  'method',
  'target',
  'headers',
  'multipart',
  'body',
  'length',
  'chunks',
  'cut',
  'garbage',
] as const;
type Damage = (typeof damages)[number];

const kilobytes = (count: number) => 'x'.repeat(count * 1024);
const methods = ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD', 'FOO', 'get', 'CONNECT', ''];
const targets = [
  ...['*', '//', '/%', '/%00', '/%ff%fe', '/..%2f..%2f', 'http://evil.example/', '/\u0001', '/a b', '?', '#', '/;/'],
  ...[`/${kilobytes(9)}`, `/courses?q=${kilobytes(12)}`, `/courses?${'a=1&'.repeat(3000)}`, `/${'a/'.repeat(3000)}`],
  ...['/courses?__proto__=1&constructor[prototype][x]=1', '/courses?q[]=1&q[a]=2', '/courses?page=1&page=2&page=x'],
];
const headerLines = [
  `x-long: ${kilobytes(12)}`,
  `x-longer: ${kilobytes(40)}`,
  Array.from({ length: 150 }, (_, index) => `x-${index}: ${index}`).join('\r\n'),
  Array.from({ length: 5000 }, (_, index) => `x-${index}: 1`).join('\r\n'),
  `cookie: ${'a=b; '.repeat(1500)}`,
  'cookie: session=\u0000\u0001; language=\u00ff; flash=good%00; saving=__proto__; =; ;;; a',
  'cookie: __proto__=x; constructor=y; session=%zz; session=" ',
  'host: evil.example\r\nhost: other.example',
  'host:',
  'content-type: multipart/form-data; boundary=',
  'content-type: application/x-www-form-urlencoded; charset=utf-16',
  'content-encoding: gzip',
  'expect: 100-continue',
  'expect: something-else',
  'upgrade: websocket\r\nconnection: upgrade',
  'upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQAAP__',
  'no-colon-at-all',
  ': no-name',
  ' folded: yes\r\n  and on',
  'x-bytes: \u0000\u0001\u0002\u00ff',
  'referer: javascript:alert(1)',
  'origin: null',
  'sec-fetch-site: \u00ff',
  'accept-language: \u0000;q=\u00ff',
  'if-modified-since: never',
  'range: bytes=0-0,1-1,2-2',
  'x-http-method-override: DELETE',
  'x-forwarded-for: 1.2.3.4, \u00e9',
  'save-data: on',
  'hx-request: true\r\nhx-request-type: partial\r\nhx-target: \u00ff',
];
const bodies: [type: string, body: string][] = [
  ['application/x-www-form-urlencoded', `${'a%5B'.repeat(2000)}=1`],
  ['application/x-www-form-urlencoded', Array.from({ length: 8000 }, (_, index) => `k${index}=v`).join('&')],
  ['application/x-www-form-urlencoded', '__proto__=1&constructor=2&toString=3&hasOwnProperty=4&__proto__[x]=5'],
  ['application/x-www-form-urlencoded', '%=%&%zz=%ff&\u0000=\u0000&a=%00'],
  ['application/x-www-form-urlencoded', `a=${kilobytes(300)}`],
  ['application/x-www-form-urlencoded', `a=${'%F0%9F%98%80'.repeat(8000)}`],
  ['application/json', '['.repeat(100_000)],
  ['application/json', '{"__proto__":{"x":1}}'],
  ['application/json', '\u0000'],
  ['text/plain', 'a=b'],
  ['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
];
const part = (head: string, content: string) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
const multiparts = [
  '',
  '--b',
  '--b--\r\n',
  part('name="a"', '1'),
  `${part('name="file"; filename="x.png"', '\u0089PNG\u0000')}--b--`,
  `${part('name="file"; filename="../../etc/passwd\u0000.png"', '\u0000'.repeat(5000))}--b--\r\n`,
  `${part('name="__proto__"', '1')}${part('name="constructor"', '1')}--b--\r\n`,
  `${part('filename="x"', '1')}--b--\r\n`,
  `${part('', '1')}--b--\r\n`,
  `--b\r\n${kilobytes(20)}\r\n\r\n1\r\n--b--\r\n`,
  `${part('name="a"', '1').repeat(400)}--b--\r\n`,
  `${part('name="file"; filename="x"', 'a').repeat(60)}--b--\r\n`,
  `${part('name="a"', kilobytes(200))}--b--\r\n`,
  `--b\r\nContent-Disposition: form-data; name="f"; filename*=utf-7''%zz\r\nContent-Type: ;;;\r\nContent-Transfer-Encoding: base64\r\n\r\n\u00ff\r\n--b--\r\n`,
  `--b\nContent-Disposition: form-data; name=a\n\n1\n--b--\n`,
  `--c\r\n\r\n--b\r\n\r\n--b--\r\n`,
];

export const hostileRequests = fc.record({
  at: fc.nat(),
  changes: mutations,
  headers: envelopes,
  part: parts,
  damage: fc.constantFrom<Damage>('none', 'none', 'none', 'none', ...damages),
  choice: fc.nat(),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 400 }),
});
type Hostile = typeof hostileRequests extends fc.Arbitrary<infer T> ? T : never;

export interface Sent {
  what: string;
  bytes: Buffer;
  /** It is a whole request, which must be answered; what is none may be answered by closing. */
  isWhole: boolean;
  /** The sender leaves after it: more was to come, which never does. */
  isOver: boolean;
}

/** The request as it goes over a connection of its own. */
export function sentBytes(all: Target[], { at, changes, part: step, damage, choice, bytes, ...wrong }: Hostile): Sent {
  const headers: Record<string, string> = wrong.headers ?? {};
  const target = of(all, at);
  const fields = new URLSearchParams(wellFormed(mutated(target.fields, changes))).toString();
  const isReading = target.method === 'GET';
  const address = withPart(target.path, step, at);
  const query = isReading ? `${address.includes('?') ? '&' : '?'}${fields.slice(0, 4000)}` : '';
  const what = `${target.actor} ${target.name} ${damage} ${choice} ${address.slice(0, 100)} ${fields.slice(0, 200)}`;

  let method = target.method;
  let place = address + query;
  let type = 'application/x-www-form-urlencoded';
  let body = isReading ? '' : fields;
  const lines = Object.entries({ cookie: target.cookie, ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (damage === 'method') method = of(methods, choice);
  if (damage === 'target') place = of(targets, choice);
  if (damage === 'headers') lines.push(of(headerLines, choice));
  if (damage === 'body') [type, body] = of(bodies, choice);
  if (damage === 'multipart') [type, body] = ['multipart/form-data; boundary=b', of(multiparts, choice)];

  const isOwnLength = !('content-length' in headers);
  const length = Buffer.byteLength(body, 'latin1') + (damage === 'length' ? ([1, 1e15, -1, 0.5][choice % 4] ?? 1) : 0);
  if (damage === 'chunks') {
    lines.push('transfer-encoding: chunked');
    body = of(
      ['0\r\n\r\n', 'zz\r\n\r\n', '5\r\nab', 'ffffffffffffffff\r\na', `5;${kilobytes(20)}\r\nabcde\r\n0\r\n\r\n`],
      choice,
    );
  } else if (isOwnLength && (body !== '' || method === 'POST')) lines.push(`content-length: ${length}`);
  if (!('content-type' in headers) && body !== '') lines.push(`content-type: ${type}`);
  if (!('host' in headers)) lines.push('host: localhost');
  lines.push('sec-fetch-site: same-origin', 'connection: close');

  const whole = Buffer.from(`${method} ${place} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  const broken = { what, isWhole: false, isOver: true };
  if (damage === 'cut') return { ...broken, bytes: whole.subarray(0, choice % whole.length) };
  if (damage === 'garbage') return { ...broken, bytes: Buffer.from(bytes) };
  if (damage === 'length' || damage === 'chunks') return { ...broken, bytes: whole };
  const isPlain = damage === 'none' && isOwnLength && headers['content-type'] !== '\u00ff';
  return { what, bytes: whole, isWhole: isPlain, isOver: false };
}

function of<T>(list: readonly T[], at: number): T {
  const found = list[at % list.length];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}
