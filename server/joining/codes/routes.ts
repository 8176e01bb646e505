import type { FastifyInstance } from 'fastify';
import { v7 as newId } from 'uuid';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { Forbidden } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { addCodePages, type ShownCode } from './pages.ts';
import { closeJoinCode, getJoinCode, getPosterFacts, insertJoinCode, ofOrganisation } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'joining/codes': {
      branch: Branch;
      codes: ShownCode[];
      /** Of the code to be made. */
      id: string;
    };
  }
}

type WithJoinCode = { Params: { code: string; joinCode: string } };

/** Codes to join an organisation by, for its managers: on a poster, in a chat, read aloud. */
export function joinCodeRoutes(app: FastifyInstance): void {
  const { db } = app;
  const pattern = '/admin/organisations/:code/join-codes';

  addCodePages(app, {
    pattern,
    async load(request) {
      const branch = await getBranch(db, signedIn(request), request.params.code ?? '');
      return {
        branch,
        target: ofOrganisation(branch),
        path: pathOf(branch),
        isClosed: branch.closed_at !== null,
        poster: () => getPosterFacts(db, branch),
        fileName: branch.code,
      };
    },
    show: (reply, { branch }, codes, id) => reply.page('joining/codes', { branch, codes, id }),
  });

  /** For a code that has come into the wrong hands: it ends, and another takes its place. */
  app.post<WithJoinCode>(`${pattern}/:joinCode/renewal`, async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const joinCode = await getJoinCode(db, ofOrganisation(branch), request.params.joinCode);
    if (branch.closed_at !== null) throw new Forbidden();
    await db.transaction().execute(async (trx) => {
      const isClosedNow = await closeJoinCode(trx, ofOrganisation(branch), joinCode, manager);
      if (isClosedNow)
        await insertJoinCode(trx, ofOrganisation(branch), { id: newId(), isOpen: joinCode.is_open }, manager);
    });
    return reply.goTo(pathOf(branch), 'joining.code_renewed');
  });
}

function pathOf({ code }: Branch): string {
  return `/admin/organisations/${code}/join-codes`;
}
