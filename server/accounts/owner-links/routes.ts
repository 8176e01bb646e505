import type { FastifyInstance, FastifyReply } from 'fastify';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { sendCard } from '../card.ts';
import { enter } from '../sessions/entering.ts';
import { judged } from '../sign-up/forms.ts';
import { type SignedUp, signUp } from '../sign-up/signing-up.ts';
import { type Owner, OwnerForm } from './forms.ts';
import { isOpenOwnerLink, isUsedOwnerLink, useOwnerLink } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/owner-link': { form: Form<Owner>; token: string };
    'accounts/owner-link-over': object;
  }
}

interface LinkParams {
  Params: { token: string };
}

/** Used, run out or never made: which of them is nobody's business. */
class LinkIsOver extends Error {}

export function ownerLinkRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<LinkParams>('/owner-link/:token', async (request, reply) => {
    const { token } = request.params;
    if (!(await isOpenOwnerLink(db, token, new Date()))) return sayItIsOver(reply);
    return reply.page('accounts/owner-link', { form: blankForm(OwnerForm), token });
  });

  app.post<LinkParams>('/owner-link/:token', async (request, reply) => {
    const { token } = request.params;
    const now = new Date();
    if (!(await isOpenOwnerLink(db, token, now)) && !(await isUsedOwnerLink(db, token))) return sayItIsOver(reply);
    const form = judged(readForm(OwnerForm, request.body), true, now);
    if (!form.ok) return reply.page('accounts/owner-link', { form, token }, { status: 422 });

    const { consent: _, email = null, ...applicant } = form.data;
    const owner = await becomeOwner(token, { ...applicant, email, phone: null, language: request.language }, now);
    if (owner === null) return sayItIsOver(reply);
    await enter(request, reply, owner.id, false);
    return sendCard(reply, owner, { next: '/' });
  });

  async function becomeOwner(
    token: string,
    applicant: Parameters<typeof signUp>[2],
    now: Date,
  ): Promise<SignedUp | null> {
    try {
      return await signUp(app, `owner link ${token}`, applicant, async (trx, personId) => {
        if (!(await useOwnerLink(trx, token, personId, now))) throw new LinkIsOver();
      });
    } catch (error) {
      if (error instanceof LinkIsOver) return null;
      throw error;
    }
  }
}

function sayItIsOver(reply: FastifyReply) {
  return reply.page('accounts/owner-link-over', {}, { status: 404 });
}
