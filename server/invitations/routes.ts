import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getSiteSecret } from '../accounts/queries.ts';
import { newFormToken, readFormToken } from '../accounts/secrets/recovery-code.ts';
import { lookUp } from '../limits/lookups.ts';
import { type Branch, getBranch } from '../organisations/managing/queries.ts';
import { Forbidden, NotFound } from '../platform/errors.ts';
import { blankForm, type Form, readForm } from '../platform/forms.ts';
import { qrCode } from '../platform/qr.ts';
import { signedIn } from '../platform/scopes.ts';
import { InvitationForm, invitedRoles } from './forms.ts';
import {
  acceptInvitation,
  findOpenInvitation,
  hasAccepted,
  insertInvitation,
  listInvitations,
  withdrawInvitation,
} from './queries.ts';
import { invitationHash, newInvitationToken } from './token.ts';

type Invitation = { role: (typeof invitedRoles)[number]; note?: string };
type Open = NonNullable<Awaited<ReturnType<typeof findOpenInvitation>>>;

interface InvitationsPage {
  branch: Branch;
  invitations: Awaited<ReturnType<typeof listInvitations>>;
  form: Form<Invitation>;
  form_token: string;
  roles: readonly string[];
}

declare module '../platform/views.ts' {
  interface Views {
    'invitations/index': InvitationsPage;
    'invitations/link': { branch: Branch; role: string; link: string; qr: ReturnType<typeof qrCode>; expires_at: Date };
    'invitations/show': { invitation: Open; path: string; isOwn: boolean };
    /** Used, expired, withdrawn or never made: one page for all, so that it tells nothing. */
    'invitations/over': { wait: number };
  }
}

export function invitationManagingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<{ Params: { code: string } }>('/admin/organisations/:code/invitations', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    return showAll(reply, 200, branch, blankForm(InvitationForm), newFormToken());
  });

  /** The link is in this answer and nowhere else. */
  app.post<{ Params: { code: string } }>('/admin/organisations/:code/invitations', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const form_token = readFormToken(request.body);
    const form = readForm(InvitationForm, request.body);
    if (!form.ok) return showAll(reply, 422, branch, form, form_token);
    if (branch.closed_at !== null) throw new Forbidden();
    const token = newInvitationToken(await getSiteSecret(db), form_token);
    const { role, note = null } = form.data;
    const made = await db
      .transaction()
      .execute((trx) => insertInvitation(trx, branch, { role, note, tokenHash: invitationHash(token) }, manager));
    // An old form that comes again after its link was used.
    if (!made.isOpen) return reply.goTo(`/admin/organisations/${branch.code}/invitations`);
    const link = new URL(`/invitations/${token}`, config.publicUrl).href;
    reply.header('cache-control', 'no-store');
    const { expires_at } = made;
    return reply.page('invitations/link', { branch, role: made.role, link, qr: qrCode(link), expires_at });
  });

  app.post<{ Params: { code: string; id: string } }>(
    '/admin/organisations/:code/invitations/:id/remove',
    async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getBranch(db, manager, request.params.code);
      const isThere = await db
        .transaction()
        .execute((trx) => withdrawInvitation(trx, branch, request.params.id, manager));
      if (!isThere) throw new NotFound();
      return reply.goTo(`/admin/organisations/${branch.code}/invitations`, 'invitations.withdrawn');
    },
  );

  async function showAll(
    reply: FastifyReply,
    status: number,
    branch: Branch,
    form: Form<Invitation>,
    form_token: string,
  ) {
    const invitations = await listInvitations(db, branch);
    return reply.page('invitations/index', { branch, invitations, form, form_token, roles: invitedRoles }, { status });
  }
}

type WithToken = { Params: { token: string } };

export function invitationRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithToken>('/invitations/:token', async (request, reply) => {
    const { wait, found: invitation } = await find(request, request.params.token);
    reply.header('cache-control', 'no-store');
    if (invitation === undefined) return showOver(reply, wait);
    const isOwn = invitation.invited_by_id === request.person?.id;
    return reply.page('invitations/show', { invitation, path: `/invitations/${request.params.token}`, isOwn });
  });

  async function find(request: FastifyRequest, token: string) {
    return lookUp(request, 'invitation', () => findOpenInvitation(db, invitationHash(token), request.person));
  }
}

/** For people who are signed in: a visitor signs up or in first, and comes back. */
export function invitationAcceptanceRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<WithToken>('/invitations/:token/acceptance', async (request, reply) => {
    const person = signedIn(request);
    const hash = invitationHash(request.params.token);
    const { wait, found } = await lookUp(request, 'invitation', async () => {
      const accepted = await db.transaction().execute((trx) => acceptInvitation(trx, hash, person));
      const isDone = accepted.outcome === 'granted' || accepted.outcome === 'held';
      return isDone || (await hasAccepted(db, hash, person)) ? accepted : undefined;
    });
    if (found === undefined) return showOver(reply, wait);
    if (found.mustSignInAgain) {
      return reply.goTo('/sign-in?next=/account/organisations', 'invitations.accepted_password_next');
    }
    return reply.goTo('/account/organisations', found.outcome === 'held' ? 'invitations.held' : 'invitations.accepted');
  });
}

function showOver(reply: FastifyReply, wait: number) {
  if (wait > 0) reply.header('retry-after', wait);
  return reply.page('invitations/over', { wait }, { status: wait > 0 ? 429 : 404 });
}
