import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bakePng, bakeSvg } from '../credentials/baking.ts';
import { credentialOf, credentialType } from '../credentials/issuing.ts';
import { forMachines } from '../credentials/routes.ts';
import { keepFile } from '../files/queries.ts';
import { KeyLocked } from '../keys/signing.ts';
import { countFailure, secondsToWait } from '../limits/queries.ts';
import { NotFound } from '../platform/errors.ts';
import { translators } from '../platform/i18n.ts';
import { isManager } from '../platform/scopes.ts';
import { readCode, showCode } from './code.ts';
import { drawingTurn, textOfQr } from './drawing.ts';
import { mayManage } from './managing/queries.ts';
import { publicName } from './names.ts';
import type { Standing } from './paper.ts';
import { drawPdf } from './pdf.ts';
import { drawPicture, drawSvg } from './picture.ts';
import { picturesOf } from './pictures.ts';
import { factsOf, type Kind, kindOf, type PrintedCertificate, titlesOf } from './printed.ts';
import { type Certificate, findCertificate, recordCertificateFile } from './queries.ts';
import { linkedInForm, type Preview, previewOf } from './sharing.ts';
import { isExpired, isRenewable } from './validity.ts';
import { missLimit, sendMisread } from './verifying/routes.ts';

declare module '../platform/views.ts' {
  interface Views {
    'certificates/show': {
      printed: PrintedCertificate;
      kind: Kind;
      /** What stands under the title. */
      facts: string;
      code: string;
      certificate: Pick<
        Certificate,
        'revoked_at' | 'revocation_reason' | 'successor_code' | 'predecessor_code' | 'earlier_code' | 'later_code'
      >;
      /** Where its holder renews it; null: not yet, or never. */
      renewal: string | null;
      /** Why it holds no longer. */
      ended: 'revoked' | 'expired' | null;
      isOwn: boolean;
      mayManage: boolean;
      isShort: boolean;
      url: string;
      preview: Preview;
      /** Null for what is not to be shown around. */
      linkedIn: string | null;
      titles: Record<string, string>;
      titleLanguage: string;
    };
    'certificates/withdrawn': { code: string };
    'certificates/unsigned': { code: string };
  }
}

interface CertificateParams {
  Params: { file: string };
}

export function certificateRoutes(app: FastifyInstance): void {
  const { db, files, config } = app;

  app.get<CertificateParams>('/certificates/:file', async (request, reply) => {
    const [, typed = '', kind] = /^(.*?)(?:\.(pdf|png|svg|json))?$/s.exec(request.params.file) ?? [];
    const certificate = await lookUp(request, reply, typed);
    if (certificate === null) return reply;
    if (kind === 'pdf' || kind === 'png' || kind === 'svg') return sendDrawing(request, reply, certificate, kind);
    if (kind === 'json') return sendCredential(reply, certificate);
    if (request.params.file !== certificate.code) return reply.redirect(`/certificates/${certificate.code}`, 303);

    const { code, printed } = certificate;
    if (printed === null) return reply.page('certificates/withdrawn', { code: showCode(code) });
    const { person, language, t } = request;
    const isOwn = person?.id === certificate.person_id;
    const shown = asShown(printed, certificate, isOwn);
    const titles = titlesOf(printed);
    const inPublic = asShown(printed, certificate, false);
    const ended =
      certificate.revoked_at !== null ? 'revoked' : isExpired(printed, certificate.today) ? 'expired' : null;
    const holds = ended === null && !printed.trial;
    return reply.page(
      'certificates/show',
      {
        printed: shown,
        kind: kindOf(shown),
        facts: factsOf(shown, t, language),
        code: showCode(code),
        certificate,
        ended,
        isOwn,
        renewal:
          isOwn && ended !== 'revoked' && certificate.renewable_slug && isRenewable(printed, certificate.today)
            ? `/courses/${certificate.renewable_slug}/renewal`
            : null,
        mayManage: person !== null && isManager(person) && (await mayManage(db, person, certificate)),
        isShort: shown.holder !== printed.holder,
        url: printed.verifyUrl,
        preview: previewOf(inPublic, ended, { publicUrl: config.publicUrl, language, t }),
        linkedIn:
          isOwn && holds && nameShown(certificate, inPublic) === 'full' ? linkedInForm(printed, language) : null,
        titles,
        titleLanguage: language in titles ? language : (Object.keys(titles)[0] ?? 'vi'),
      },
      // It may be revoked at any moment.
      { shared: 0 },
    );
  });

  /** The short address, as printed on paper and held by the QR code. */
  app.get<{ Params: { code: string } }>('/v/:code', async (request, reply) =>
    reply.redirect(`/certificates/${encodeURIComponent(request.params.code)}`, 302),
  );

  /** Null when the answer is sent: the code is mistyped, unknown, or too many unknown ones came from this address. */
  async function lookUp(request: FastifyRequest, reply: FastifyReply, typed: string): Promise<Certificate | null> {
    const reading = readCode(typed);
    if (!('code' in reading)) {
      await sendPage(reply, sendMisread(reply, 404, typed, reading));
      return null;
    }
    const limit = missLimit(request);
    const certificate = await findCertificate(db, reading.code);
    if (certificate !== undefined) return certificate;
    const wait = await secondsToWait(db, [limit]);
    await countFailure(db, [limit]);
    if (wait > 0) reply.header('retry-after', wait);
    await sendPage(
      reply,
      sendMisread(reply, wait > 0 ? 429 : 404, typed, { fault: wait > 0 ? 'too_many' : 'unknown' }),
    );
    return null;
  }

  async function sendDrawing(request: FastifyRequest, reply: FastifyReply, certificate: Certificate, kind: Drawing) {
    if (certificate.printed === null) throw new NotFound();
    const isOwn = request.person?.id === certificate.person_id;
    const printed = asShown(certificate.printed, certificate, isOwn);
    const bytes = await drawn(certificate, printed, kind);
    const baked = kind === 'pdf' ? bytes : await bake(bytes, certificate, kind);
    const name = `domdom-${certificate.code}.${kind}`;
    return reply
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', `${kind === 'pdf' ? 'attachment' : 'inline'}; filename="${name}"`)
      .type(drawings[kind].mediaType)
      .send(baked);
  }

  /** Not the picture's name, but the public one stands in the credential: a picture is passed on. */
  async function bake(picture: Uint8Array, certificate: Certificate, kind: 'png' | 'svg'): Promise<Uint8Array> {
    try {
      const credential = await publicCredential(certificate);
      return kind === 'png'
        ? bakePng(picture, credential)
        : Buffer.from(bakeSvg(Buffer.from(picture).toString(), credential));
    } catch (error) {
      // The picture is worth something without it.
      if (!(error instanceof KeyLocked)) throw error;
      app.log.error(error.message);
      return picture;
    }
  }

  async function sendCredential(reply: FastifyReply, certificate: Certificate) {
    try {
      const credential = await publicCredential(certificate);
      return forMachines(reply, credentialType)
        .header('content-disposition', `inline; filename="domdom-${certificate.code}.json"`)
        .send(credential);
    } catch (error) {
      if (!(error instanceof KeyLocked)) throw error;
      app.log.error(error.message);
      return reply.page('certificates/unsigned', { code: certificate.code }, { status: 503 });
    }
  }

  async function publicCredential(certificate: Certificate): Promise<string> {
    if (certificate.printed === null) throw new NotFound();
    const shown = asShown(certificate.printed, certificate, false);
    return credentialOf(app, certificate, shown, nameShown(certificate, shown));
  }

  /** Drawn when first asked for, and kept: by the name as shown, and by whether it holds still. What the store has lost is drawn again. */
  async function drawn(certificate: Certificate, printed: PrintedCertificate, kind: Drawing): Promise<Uint8Array> {
    const standing: Standing = {
      revokedOn: certificate.revoked_on,
      isExpired: isExpired(printed, certificate.today),
    };
    const name = nameShown(certificate, printed);
    const mark = standing.revokedOn !== null ? ' revoked' : standing.isExpired ? ' expired' : '';
    const variant = `${name}${mark}`;
    const kept = certificate.files.find((file) => file.kind === kind && file.variant === variant);
    const found = kept === undefined ? null : await files.find(kept.hash);
    if (found !== null) return found;
    const { draw, mediaType } = drawings[kind];
    const qrText = await textOfQr(app, printed, certificate, certificate.revoked_at !== null);
    const pictures = await picturesOf(files, printed);
    const bytes = await drawingTurn(() => draw(printed, translators, standing, qrText, pictures));
    const hash = await keepFile(db, files, bytes, mediaType);
    await recordCertificateFile(db, certificate, { kind, variant, hash });
    return bytes;
  }
}

const drawings = {
  pdf: { draw: drawPdf, mediaType: 'application/pdf' },
  png: { draw: drawPicture, mediaType: 'image/png' },
  svg: { draw: drawSvg, mediaType: 'image/svg+xml' },
};
type Drawing = keyof typeof drawings;

/** Which of the two names a file carries. */
function nameShown(certificate: Certificate, shown: PrintedCertificate): 'full' | 'short' {
  return shown.holder === certificate.printed?.holder ? 'full' : 'short';
}

/** To the holder themselves the name is shown in full. */
function asShown(printed: PrintedCertificate, certificate: Certificate, isOwn: boolean): PrintedCertificate {
  return isOwn ? printed : { ...printed, holder: publicName(printed.holder, certificate) };
}

async function sendPage(reply: FastifyReply, page: Promise<string>): Promise<void> {
  reply.send(await page);
}
