import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const checker = fileURLToPath(import.meta.resolve('vnu-jar/build/dist/vnu.jar'));

/** Why the check cannot be made on this machine, or false. */
export const withoutJava =
  spawnSync('java', ['-version']).status !== 0 && 'the checker of the W3C needs Java 17 or later, which is not here';

interface Message {
  url: string;
  type: string;
  message: string;
  lastLine?: number;
  extract?: string;
}

/** The checker guesses at languages, and an English page with many Vietnamese names misleads it. All other guesses count. */
const guessFromNames = /^This document appears to be written in Vietnamese but the “html” start tag has “lang="en"”/;

/** Passes pages to the checker of the W3C, all at once since starting it takes seconds. Skipped where Java is missing. */
export async function assertValidHtml(
  t: Test,
  pages: Map<string, string>,
  ending: 'html' | 'xhtml' = 'html',
): Promise<void> {
  if (withoutJava) {
    t.pass('valid HTML', { skip: withoutJava });
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'domdom-html-'));
  const names = [...pages.keys()];
  await Promise.all(names.map((name, number) => writeFile(join(folder, `${number}.${ending}`), pages.get(name) ?? '')));
  const messages = await check(folder);
  await rm(folder, { recursive: true });

  const found = messages
    .filter(({ message }) => !guessFromNames.test(message))
    .map(({ url, type, message, lastLine, extract }) => {
      const name = names[Number.parseInt(url.split('/').at(-1) ?? '', 10)];
      return `${name}:${lastLine}: ${type}: ${message} ${extract ?? ''}`;
    });
  t.strictSame(found, [], `${names.length} pages are valid HTML`);
}

function check(folder: string): Promise<Message[]> {
  const args = ['-jar', checker, '--format', 'json', '--stdout', '--exit-zero-always', folder];
  return new Promise((resolve, reject) => {
    execFile('java', args, { maxBuffer: 64 * 1024 * 1024 }, (error, output) => {
      if (error) reject(error);
      else resolve(JSON.parse(output).messages);
    });
  });
}
