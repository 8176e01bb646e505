import type { FastifyInstance } from 'fastify';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { hearGuess } from '../guesses.ts';
import { getAccount, getSecretHash } from '../queries.ts';
import { ChangeForm } from './forms.ts';
import { changeSecret } from './queries.ts';
import { hasRole, readSecret, secretFault } from './secret.ts';

type Change = { old_secret: string; secret: string };

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/secret': { form: Form<Change>; needsPassword: boolean; wait: number };
  }
}

export function secretRoutes(app: FastifyInstance): void {
  const { db, hasher } = app;

  app.get('/account/secret', async (request, reply) =>
    reply.page('accounts/secret', {
      form: blankForm(ChangeForm),
      needsPassword: hasRole(signedIn(request).roles),
      wait: 0,
    }),
  );

  app.post('/account/secret', async (request, reply) => {
    const person = signedIn(request);
    const needsPassword = hasRole(person.roles);
    const show = (status: number, form: Form<Change>, wait = 0) => {
      if (wait > 0) reply.header('retry-after', wait);
      return reply.page('accounts/secret', { form, needsPassword, wait }, { status });
    };

    const form = readForm(ChangeForm, request.body);
    if (!form.ok) return show(422, form);
    const secret = readSecret(form.data.secret);
    const secretHash = await getSecretHash(db, person);
    const heard = await hearGuess(db, { at: 'secret', name: person.id }, async () => {
      if (await hasher.verify(secretHash, readSecret(form.data.old_secret))) return 'old';
      // The same form sent again.
      return (await hasher.verify(secretHash, secret)) ? 'new' : null;
    });
    if (heard.wait > 0) return show(429, form, heard.wait);
    if (heard.right === null) return show(422, withErrors(form, { old_secret: 'accounts.error_old_secret' }));
    const fault = secretFault(secret, await getAccount(db, person), needsPassword);
    if (fault !== null) return show(422, withErrors(form, { secret: fault }));

    if (heard.right === 'old') await changeSecret(db, hasher, person.id, secret, { keptSessionId: person.session_id });
    return reply.goTo('/account', 'accounts.secret_changed');
  });
}
