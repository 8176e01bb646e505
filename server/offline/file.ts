import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { languages, translators } from '../platform/i18n.ts';
import { pack } from './packing.ts';

/** What the page that checks without network is put together from, beside its list. */
export interface Parts {
  /** Lets the page run its own scripts wherever it lies, ask nothing of the network, and no more. */
  policy: string;
  style: string;
  /** Unpacks and runs the rest. */
  start: string;
  packed: string;
  /** Of what is packed, in bytes. */
  size: number;
}

const folder = new URL('../../views/offline/', import.meta.url);

let made: Promise<Parts> | undefined;

/** Made when first needed: it takes a moment that not every start should. */
export function offlineParts(): Promise<Parts> {
  made ??= makeParts();
  return made;
}

/** Nearly all of the script is packed: as it stands, it alone would be larger than the whole file may be. */
async function makeParts(): Promise<Parts> {
  const [script, start] = await Promise.all([bundled('page.js'), bundled('start.js')]);
  // Its service is a process, which would wait for more.
  const { stop } = await import('esbuild');
  await stop();
  const style = tightened(readFileSync(new URL('verify.css', folder), 'utf8'));
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(start)}' '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return { policy, style, start, ...pack(script) };
}

async function bundled(name: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, folder))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    // Browsers of 2018; what must be there is BigInt (Chrome 67, Firefox 68, Safari 14).
    target: 'es2018',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    define: { WORDS: JSON.stringify(catalogue()) },
  });
  return outputFiles[0]?.text.trim() ?? '';
}

/** All messages of the page in both languages, by their keys without the noun. */
function catalogue() {
  const keys = Object.keys(JSON.parse(readFileSync(new URL('../locales/offline.vi.json', folder), 'utf8')));
  return Object.fromEntries(
    languages.map((language) => {
      const words = keys.map((key) => [key, translators[language](`offline.${key}`)]);
      return [language, Object.fromEntries(words)];
    }),
  );
}

function tightened(css: string): string {
  return css.replace(/\s*\n\s*/g, '').replace(/\s*([{};,])\s*/g, '$1');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
