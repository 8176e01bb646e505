import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Paper and pictures are drawn with Be Vietnam Pro (OFL), brought along: machines have no font, or one without Vietnamese. */
export type Weight = 'regular' | 'semibold';

const folder = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/be-vietnam-pro/package.json')));

const files: Record<Weight, string> = {
  regular: join(folder, '400Regular', 'BeVietnamPro_400Regular.ttf'),
  semibold: join(folder, '600SemiBold', 'BeVietnamPro_600SemiBold.ttf'),
};

export function fontFile(weight: Weight): string {
  return files[weight];
}

/**
 * Lets sharp draw the text of SVG pictures with our font, and with no other, so that a picture is the same on every machine;
 * without it text is silently blank where no font is installed. fontconfig reads its settings once, when the first text is
 * drawn: call this before. The settings and the cache of fontconfig are written to `settingsFolder`.
 */
export function useOwnFonts(settingsFolder: string): void {
  const file = join(resolve(settingsFolder), 'fonts.conf');
  const settings = fontSettings(join(dirname(file), 'cache'));
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, 'utf8') !== settings) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, settings);
    renameSync(draft, file);
  }
  // biome-ignore lint/style/noProcessEnv: fontconfig has no other way to be told
  process.env.FONTCONFIG_FILE = file;
}

function fontSettings(cacheFolder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${escapeXml(folder)}</dir>
  <cachedir>${escapeXml(cacheFolder)}</cachedir>
</fontconfig>
`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
