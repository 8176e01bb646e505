import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { drawPdf } from '../../server/certificates/pdf.ts';
import { drawPicture } from '../../server/certificates/picture.ts';
import type { PrintedCertificate } from '../../server/certificates/printed.ts';
import { drawSignature } from '../../server/organisations/signatories/signature.ts';
import { translators } from '../../server/platform/i18n.ts';
import { longest, sample, valid } from '../certificates/samples.ts';
import { photoOfSignature } from '../organisations/signatories.ts';
import { temporaryFolder } from '../support/child.ts';

/** As long as a text of ours gets, with every digit in it. */
const textFor = ({ verifyUrl }: PrintedCertificate) =>
  `${verifyUrl}#${'1K7D4MPX9QRT36HZ0VWB'.repeat(15)}`.slice(0, 299);

const missing = ['pdftoppm', 'zbarimg'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
const skip = missing.length > 0 && `${missing.join(' and ')} not installed`;

t.test('A scanner reads the longest text from paper at 100 dots an inch, and from the picture', { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const signature = (await drawSignature(await photoOfSignature())) ?? Buffer.of();
  const signatory = { name: 'Lê Thị Hồng Gấm', titles: { vi: 'Giám đốc' }, signature: 'signature' };
  const signed = { ...longest, signatory };
  for (const [name, printed] of Object.entries({ sample, longest, signed })) {
    const path = join(folder, name);
    const pictures = new Map([['signature', signature]]);
    await writeFile(`${path}.pdf`, await drawPdf(printed, translators, valid, textFor(printed), pictures));
    execFileSync('pdftoppm', ['-r', '100', '-png', '-singlefile', `${path}.pdf`, `${path}-paper`]);
    await writeFile(`${path}-picture.png`, await drawPicture(printed, translators, valid, textFor(printed)));
    for (const kind of ['paper', 'picture']) {
      const read = execFileSync('zbarimg', ['--quiet', '--raw', `${path}-${kind}.png`], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      t.equal(read.toString().trim(), textFor(printed), `${name}, ${kind}`);
    }
  }
});
