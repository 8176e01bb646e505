import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { fontFile } from '../../server/platform/fonts.ts';

const folder = mkdtempSync(join(tmpdir(), 'fonts & settings-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const noFonts = join(folder, 'none.conf');
writeFileSync(noFonts, '<fontconfig/>');
const bare = { PATH: process.env.PATH, FONTCONFIG_FILE: noFonts };

/** The dark pixels of a picture, drawn in a process of its own: fontconfig reads its settings once. */
function draw(text: string, environment: NodeJS.ProcessEnv, prepare = ''): string {
  const program = `
    import { useOwnFonts } from './server/platform/fonts.ts';
    ${prepare}
    const { default: sharp } = await import('sharp');
    const words = '<text x="5" y="60" font-family="Be Vietnam Pro" font-size="40" font-weight="600">${text}</text>';
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="90">' + words + '</svg>';
    const pixels = await sharp(Buffer.from(svg)).flatten({ background: 'white' }).greyscale().raw().toBuffer();
    process.stdout.write(pixels.toString('base64'));
  `;
  const root = new URL('../..', import.meta.url);
  const options = { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], options).toString();
}

const own = `useOwnFonts(${JSON.stringify(join(folder, 'own'))});`;

t.test('The fonts are there', async (t) => {
  t.ok(existsSync(fontFile('regular')));
  t.ok(existsSync(fontFile('semibold')));
});

t.test('Vietnamese text in a picture is drawn on a machine without fonts, and alike on every machine', async (t) => {
  const drawn = draw('Đom Đóm: ữ ệ ặ', bare, own);
  t.not(drawn, draw('', bare, own), 'not blank');
  t.not(drawn, draw('Đom Đóm: ữ ệ a', bare, own), 'with its accents, not with boxes');
  t.not(drawn, draw('Đom Đóm: ữ ệ ặ', bare), 'other than without our fonts');
  t.equal(drawn, draw('Đom Đóm: ữ ệ ặ', { PATH: process.env.PATH }, own), 'the same where fonts are installed');
});

t.test('It is drawn in Be Vietnam Pro even where a picture asks for another font', async (t) => {
  const asked = draw('Đom Đóm', bare, own);
  const foreign = draw('<tspan font-family="Arial">Đom Đóm</tspan>', bare, own);
  t.equal(foreign, asked);
});
