import { existsSync } from 'node:fs';
import { cp, lstat, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';
import type { LaunchOptions } from 'playwright-core';

const archives = new URL('../bin/', import.meta.resolve('@sparticuz/chromium'));
const fonts = new URL('.', import.meta.resolve('@expo-google-fonts/be-vietnam-pro/package.json'));

// A test must not reach the network, and neither must the browser on its own account.
const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-gpu',
  '--no-first-run',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
];

/** How to start the browser: Chromium out of npm where there is one for the machine, else the Chrome that is installed. */
export async function launchOptions(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', args: quiet };
  const folder = await unpackChromium();
  return {
    executablePath: join(folder, 'chromium'),
    args: quiet,
    // Its own libraries and one font on every machine: a bare one has neither, and texts are as wide everywhere.
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

/** Unpacks Chromium (210 MB, 3 s) once a version, outside the project; every later run finds it there. */
async function unpackChromium(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', archives), 'utf8'));
  const folder = join(tmpdir(), `domdom-chromium-${version}-${process.getuid?.()}`);
  if (!isComplete(folder)) await unpackInto(folder);
  if ((await lstat(folder)).uid !== process.getuid?.())
    throw new Error(`${folder} belongs to someone else: remove it.`);
  return folder;
}

function isComplete(folder: string): boolean {
  return existsSync(join(folder, 'fonts.conf')) && existsSync(join(folder, 'chromium'));
}

async function unpackInto(folder: string): Promise<void> {
  const partial = await mkdtemp(`${folder}-`);
  const { TMPDIR } = process.env;
  process.env.TMPDIR = partial; // the only way to tell the package where to
  await Promise.all(['chromium.br', 'al2023.tar.br'].map((name) => inflate(fileURLToPath(new URL(name, archives)))));
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  for (const weight of ['400Regular', '400Regular_Italic', '600SemiBold', '700Bold']) {
    await cp(new URL(`${weight}/`, fonts), join(partial, 'fonts', weight), { recursive: true });
  }
  await writeFile(join(partial, 'fonts.conf'), fontsConf(folder));

  if (!isComplete(folder)) await rm(folder, { recursive: true, force: true });
  // Two cold starts at once: the second finds the folder of the first, which is as good.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true }));
}

function fontsConf(folder: string): string {
  const alias = (family: string) =>
    `<alias><family>${family}</family><prefer><family>Be Vietnam Pro</family></prefer></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  ${['sans-serif', 'serif', 'monospace', 'system-ui'].map(alias).join('\n  ')}
</fontconfig>
`;
}
