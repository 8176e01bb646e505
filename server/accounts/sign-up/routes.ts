import type { FastifyInstance, FastifyReply } from 'fastify';
import { countFailure, type Limit, secondsToWait } from '../../limits/queries.ts';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { isChild } from '../birth.ts';
import { sendCard } from '../card.ts';
import { networkOf } from '../guesses.ts';
import { newFormToken, readFormToken } from '../secrets/recovery-code.ts';
import { enter } from '../sessions/entering.ts';
import { nextOf, withNext } from '../way-back.ts';
import { judged, type SignUp, SignUpForm } from './forms.ts';
import { signUp } from './signing-up.ts';

interface SignUpPage {
  form: Form<SignUp>;
  form_token: string;
  next: string | null;
  /** Seconds */
  wait: number;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/sign-up': SignUpPage;
  }
}

export function signUpRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/sign-up', async (request, reply) => {
    const next = nextOf(request.query, config.publicUrl);
    if (request.person) return reply.goTo(next ?? '/account/card');
    return show(reply, 200, { form: blankForm(SignUpForm), form_token: newFormToken(), next, wait: 0 });
  });

  app.post('/sign-up', async (request, reply) => {
    const now = new Date();
    const next = nextOf(request.body, config.publicUrl);
    const form_token = readFormToken(request.body);
    const form = judged(readForm(SignUpForm, request.body), false, now);
    if (!form.ok) return show(reply, 422, { form, form_token, next, wait: 0 });

    const limit = signUpLimit(request.ip);
    const wait = await secondsToWait(db, [limit]);
    if (wait > 0) return show(reply, 429, { form, form_token, next, wait });
    await countFailure(db, [limit]);

    const { full_name, birth_year, birth_month, secret, phone = null, email = null } = form.data;
    const contact = isChild(form.data, now) ? { phone: null, email: null } : { phone, email };
    const applicant = { full_name, birth_year, birth_month, secret, ...contact, language: request.language };
    const person = await signUp(app, form_token, applicant);
    if (person === null) return reply.goTo(withNext('/sign-in', next), 'accounts.already_signed_up', 'bad');
    app.postman.wake();
    await enter(request, reply, person.id, form.data.shared_phone);
    return sendCard(reply, person, { next, isContactDropped: contact.phone !== phone || contact.email !== email });
  });
}

function show(reply: FastifyReply, status: number, page: SignUpPage) {
  if (page.wait > 0) reply.header('retry-after', page.wait);
  return reply.page('accounts/sign-up', page, { status });
}

/** Every sign-up counts: generous, because a whole school signs up behind one address. */
function signUpLimit(address: string): Limit {
  return { key: `sign-up address ${networkOf(address)}`, free: 300, longestWaitSeconds: 60 };
}
