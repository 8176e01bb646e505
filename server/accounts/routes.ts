import type { FastifyInstance } from 'fastify';
import { showDigitCode } from '../platform/digit-code.ts';
import { blankForm, type Form, readForm } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { unprintable } from '../platform/typeface.ts';
import { isChild } from './birth.ts';
import { sendCard } from './card.ts';
import { showPhone } from './contact.ts';
import { ContactForm, NameForm } from './forms.ts';
import { type Account, getAccount, renamePerson, updateContact } from './queries.ts';
import { nextOf, withNext } from './way-back.ts';

declare module '../platform/views.ts' {
  interface Views {
    'accounts/show': { account: Account; learner_code: string; phone: string | null; needsConsent: boolean };
    'accounts/name': { form: Form<{ full_name: string }>; unprintable: string[]; next: string | null };
    'accounts/contact': { form: Form<{ phone?: string; email?: string }>; needsConsent: boolean };
  }
}

export function accountRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/account', async (request, reply) => {
    const account = await getAccount(db, signedIn(request));
    return reply.page('accounts/show', {
      account,
      learner_code: showDigitCode(account.learner_code),
      phone: account.phone && showPhone(account.phone),
      needsConsent: needsConsent(account),
    });
  });

  app.get('/account/card', async (request, reply) =>
    sendCard(reply, { ...(await getAccount(db, signedIn(request))), recovery_code: null }),
  );

  app.get('/account/name', async (request, reply) => {
    const { full_name } = signedIn(request);
    const next = nextOf(request.query, config.publicUrl);
    const form = blankForm(NameForm, { full_name });
    return reply.page('accounts/name', { form, unprintable: unprintable(full_name), next });
  });

  app.post('/account/name', async (request, reply) => {
    const person = signedIn(request);
    const next = nextOf(request.body, config.publicUrl);
    const form = readForm(NameForm, request.body);
    if (!form.ok) return reply.page('accounts/name', { form, unprintable: [], next }, { status: 422 });

    const { full_name } = form.data;
    await db.transaction().execute((trx) => renamePerson(trx, person, full_name));
    // The form again, to say what paper will not show: it is theirs to choose.
    if (unprintable(full_name).length > 0) return reply.goTo(withNext('/account/name', next), 'accounts.name_saved');
    return reply.goTo(next ?? '/account', 'accounts.name_saved');
  });

  app.get('/account/contact', async (request, reply) => {
    const account = await getAccount(db, signedIn(request));
    const { phone, email } = account;
    const form = blankForm(ContactForm, { phone: phone === null ? '' : showPhone(phone), email: email ?? '' });
    return reply.page('accounts/contact', { form, needsConsent: needsConsent(account) });
  });

  app.post('/account/contact', async (request, reply) => {
    const person = signedIn(request);
    if (needsConsent(await getAccount(db, person))) return reply.goTo('/account/contact');
    const form = readForm(ContactForm, request.body);
    if (!form.ok) return reply.page('accounts/contact', { form, needsConsent: false }, { status: 422 });
    const { phone = null, email = null } = form.data;
    await db.transaction().execute((trx) => updateContact(trx, person, { phone, email }));
    app.postman.wake();
    return reply.goTo('/account', 'accounts.contact_saved');
  });
}

/** A child's phone and e-mail are kept only when the representative and the child agree. */
function needsConsent(account: Account): boolean {
  return isChild(account, new Date()) && !account.may_be_contacted;
}
