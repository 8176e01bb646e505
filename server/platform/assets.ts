import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { acceptedEncoding, addVary } from './compression.ts';
import { NotFound } from './errors.ts';

const folder = new URL('../../views/assets/', import.meta.url);

export interface Assets {
  /** Stands in every page, so that the first flight of packets can paint. */
  criticalCss: string;
  criticalCssHash: string;
  stylesheet: string;
  script: string;
  /** Only on pages that make or use passkeys. */
  passkeyScript: string;
  /** Only on pages that take files of somebody's work. */
  uploadScript: string;
}

interface Asset {
  type: string;
  plain: Buffer;
  br: Buffer;
  gzip: Buffer;
}

const served = new Map<string, Asset>();

/** Joins, names by hash and compresses once what browsers fetch besides pages: one stylesheet, one script. */
export function readAssets(): Assets {
  const criticalCss = tightened(joined('styles/critical/'));
  const htmx = readFileSync(createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'), 'utf8');
  return {
    criticalCss,
    criticalCssHash: `sha256-${createHash('sha256').update(criticalCss).digest('base64')}`,
    stylesheet: keep('rest', 'css', 'text/css; charset=utf-8', tightened(joined('styles/rest/'))),
    script: keep(
      'script',
      'js',
      'text/javascript; charset=utf-8',
      `${htmx.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')}\n${dedented(joined('scripts/'))}`,
    ),
    uploadScript: keep('uploads', 'js', 'text/javascript; charset=utf-8', dedented(joined('scripts/uploads/'))),
    passkeyScript: keep('passkeys', 'js', 'text/javascript; charset=utf-8', dedented(joined('scripts/passkeys/'))),
  };
}

export function assetRoutes(app: FastifyInstance): void {
  app.get<{ Params: { name: string } }>('/assets/:name', (request, reply) => {
    const asset = served.get(request.params.name);
    if (asset === undefined) throw new NotFound();
    const encoding = acceptedEncoding(request.headers['accept-encoding']);
    addVary(reply, 'accept-encoding');
    if (encoding !== null) reply.header('content-encoding', encoding);
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(asset.type)
      .send(encoding === null ? asset.plain : asset[encoding]);
  });
}

function joined(path: string): string {
  const files = readdirSync(new URL(path, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name).sort();
  return names.map((name) => readFileSync(new URL(path + name, folder), 'utf8')).join('\n');
}

/** Lines of comment and indentation away: in our own scripts no text goes over several lines. */
function dedented(script: string): string {
  return script.replace(/^\s*(?:\/\/.*)?$\n?/gm, '').replace(/^\s+/gm, '');
}

/** Comments and indentation away; no renaming, no reordering: what is served reads like the source. */
function tightened(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/:\s+/g, ':')
    .replace(/;}/g, '}')
    .trim();
}

function keep(name: string, extension: string, type: string, text: string): string {
  const plain = Buffer.from(text);
  const file = `${name}-${createHash('sha256').update(plain).digest('hex').slice(0, 12)}.${extension}`;
  served.set(file, {
    type,
    plain,
    br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    gzip: gzipSync(plain, { level: 9 }),
  });
  return `/assets/${file}`;
}
