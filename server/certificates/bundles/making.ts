import { buffer } from 'node:stream/consumers';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { ZipFile } from 'yazl';
import { keepFile } from '../../files/queries.ts';
import { type Language, translators } from '../../platform/i18n.ts';
import { drawingTurn, textOfQr } from '../drawing.ts';
import { publicName } from '../names.ts';
import { paperOf } from '../paper.ts';
import { drawPdf, openBooklet } from '../pdf.ts';
import { type Pictures, picturesOf } from '../pictures.ts';
import { type Bundle, claimBundle, type Held, updateBundle } from './queries.ts';

/** Milliseconds that a request waits for the end: a small cohort is done by then. */
const patience = 2_000;
/** So many certificates between two words about how far it is. */
const step = 10;

const valid = { revokedOn: null, isExpired: false };

/**
 * Draws a cohort's certificates, also when the request that asked for it is answered. Where the process ends before the file is whole,
 * asking again begins anew.
 */
export function createBundler(app: Pick<FastifyInstance, 'db' | 'files' | 'config' | 'log' | 'addHook'>) {
  const atWork = new Set<Promise<void>>();
  let isClosing = false;
  app.addHook('onClose', async () => {
    isClosing = true;
    await Promise.all(atWork);
  });

  async function make(bundle: Bundle, held: Held[], language: Language): Promise<void> {
    if (!(await claimBundle(app.db, bundle))) return;
    const file = bundle.format === 'pdf' ? openPdf(held, language) : openZip();
    for (const [index, one] of held.entries()) {
      if (isClosing) return;
      const printed = { ...one.printed, holder: publicName(one.printed.holder, one) };
      const qrText = await textOfQr(app, printed, one, false);
      const pictures = await picturesOf(app.files, printed);
      await drawingTurn(() => file.add(printed, qrText, pictures));
      if ((index + 1) % step === 0) await updateBundle(app.db, bundle, { done: index + 1 });
      await breathe();
    }
    const file_hash = await keepFile(app.db, app.files, await file.close(), mediaTypes[bundle.format]);
    await updateBundle(app.db, bundle, { done: held.length, file_hash });
  }

  /** Returns when all is done, or after a while. */
  return async function bundleUp(bundle: Bundle, held: Held[], language: Language): Promise<void> {
    const work = make(bundle, held, language)
      .catch((error) => app.log.error(error))
      .finally(() => atWork.delete(work));
    atWork.add(work);
    await Promise.race([work, delay(patience, undefined, { ref: false })]);
  };
}

export const mediaTypes = { pdf: 'application/pdf', zip: 'application/zip' } as const;

interface File {
  add(printed: Held['printed'], qrText: string, pictures: Pictures): Promise<void> | void;
  close(): Promise<Uint8Array>;
}

function openPdf(held: Held[], language: Language): File {
  const date =
    held
      .map(({ printed }) => printed.issuedOn)
      .sort()
      .at(-1) ?? '';
  const booklet = openBooklet({ language, title: translators[language]('bundles.title'), date });
  return {
    add: (printed, qrText, pictures) =>
      booklet.add({ printed, paper: paperOf(printed, translators, valid), qrText, pictures }),
    close: booklet.close,
  };
}

function openZip(): File {
  const zip = new ZipFile();
  const bytes = buffer(zip.outputStream);
  return {
    async add(printed, qrText, pictures) {
      const pdf = await drawPdf(printed, translators, valid, qrText, pictures);
      // Compressed already, but for its tags.
      zip.addBuffer(Buffer.from(pdf), `domdom-${printed.code}.pdf`, {
        mtime: new Date(`${printed.issuedOn}T00:00:00Z`),
      });
    },
    async close() {
      zip.end();
      return new Uint8Array(await bytes);
    },
  };
}
