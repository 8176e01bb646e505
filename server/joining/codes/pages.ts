import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { placeWords } from '../../places/words.ts';
import { showDigitCode } from '../../platform/digit-code.ts';
import { Forbidden } from '../../platform/errors.ts';
import { qrCode } from '../../platform/qr.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { drawPoster } from './poster.ts';
import { type CodeTarget, closeJoinCode, getJoinCode, insertJoinCode, listJoinCodes } from './queries.ts';

/** What codes lead to, as who gives them out sees it. */
interface CodeHolder {
  target: CodeTarget;
  /** Of the page with its codes. */
  path: string;
  /** Nobody joins any more. */
  isClosed: boolean;
  /** What a poster says beside the code. */
  poster: () => Promise<PosterFacts>;
  /** What the files of posters are called before the code. */
  fileName: string;
}

interface PosterFacts {
  name: string;
  place_name: string | null;
  place_kind: string | null;
  logo_hash: string | null;
}

export type ShownCode = Awaited<ReturnType<typeof listJoinCodes>>[number] & {
  shown: string;
  link: string;
  qr: ReturnType<typeof qrCode>;
};

type WithKeys = { Params: Record<string, string> };

interface CodePages<Holder extends CodeHolder> {
  /** Of the page with the codes. */
  pattern: string;
  /** @throws NotFound for who may not give them out */
  load: (request: FastifyRequest<WithKeys>) => Promise<Holder>;
  /** @param id of the code to be made */
  show: (reply: FastifyReply, holder: Holder, codes: ShownCode[], id: string) => Promise<string>;
}

/** Codes to join by: shown, made, ended, on a poster. For whatever they lead to. */
export function addCodePages<Holder extends CodeHolder>(
  app: FastifyInstance,
  { pattern, load, show }: CodePages<Holder>,
): void {
  const { db, config, files } = app;
  const linkTo = (code: string) => new URL(`/join/${code}`, config.publicUrl).href;

  app.get<WithKeys>(pattern, async (request, reply) => {
    const holder = await load(request);
    const codes = (await listJoinCodes(db, holder.target)).map((row) => {
      const link = linkTo(row.code);
      return { ...row, shown: showDigitCode(row.code), link, qr: qrCode(link) };
    });
    return show(reply, holder, codes, newId());
  });

  app.post<WithKeys>(pattern, async (request, reply) => {
    const { target, path, isClosed } = await load(request);
    if (isClosed) throw new Forbidden();
    const wanted = {
      id: rowId(hiddenField(request.body, 'id')),
      isOpen: hiddenField(request.body, 'is_open') === 'yes',
    };
    await db.transaction().execute((trx) => insertJoinCode(trx, target, wanted, signedIn(request)));
    return reply.goTo(path, 'joining.code_made');
  });

  app.post<WithKeys>(`${pattern}/:joinCode/remove`, async (request, reply) => {
    const { target, path } = await load(request);
    const joinCode = await getJoinCode(db, target, request.params.joinCode ?? '');
    await db.transaction().execute((trx) => closeJoinCode(trx, target, joinCode, signedIn(request)));
    return reply.goTo(path, 'joining.code_closed');
  });

  app.get<WithKeys>(`${pattern}/:joinCode/poster.pdf`, async (request, reply) => {
    const { target, poster, fileName } = await load(request);
    const { code } = await getJoinCode(db, target, request.params.joinCode ?? '');
    const { name, place_name, place_kind, logo_hash } = await poster();
    const printed = {
      name,
      place: place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null,
      logo: logo_hash === null ? null : await files.get(logo_hash),
      code,
      link: linkTo(code),
      address: new URL('/join', config.publicUrl).href.replace(/^https?:\/\//, ''),
    };
    return reply
      .type('application/pdf')
      .header('content-disposition', `inline; filename="${fileName}-${code}.pdf"`)
      .header('cache-control', 'private, no-cache')
      .send(Buffer.from(await drawPoster(printed, request.language, request.t)));
  });
}
