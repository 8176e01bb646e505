import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { hiddenField } from '../accounts/way-back.ts';
import { keepCookie } from '../platform/cookies.ts';
import { field, readForm } from '../platform/forms.ts';
import { languages } from '../platform/i18n.ts';
import { ownPath } from '../platform/same-origin.ts';
import { setLanguage } from './queries.ts';

const LanguageForm = Type.Object({ language: field.choice(languages) });
const SavingForm = Type.Object({ saving: field.choice(['on', 'off']) });

const year = 365 * 24 * 60 * 60;

/** What a visitor chooses for this browser, signed in or not; a signed-in person's language follows them to other phones. */
export function preferenceRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post('/preferences/language', async (request, reply) => {
    const form = readForm(LanguageForm, request.body);
    if (form.ok) {
      if (request.person) await setLanguage(db, request.person, form.data.language);
      keepCookie(reply, 'language', form.data.language, year);
    }
    return reply.goTo(wayBack(request));
  });

  app.post('/preferences/data-saving', async (request, reply) => {
    const form = readForm(SavingForm, request.body);
    if (form.ok) keepCookie(reply, 'saving', form.data.saving, year);
    return reply.goTo(wayBack(request));
  });
}

/** To the page that the switch stood on. */
function wayBack({ body, server }: FastifyRequest): string {
  return ownPath(hiddenField(body, 'back'), server.config.publicUrl) ?? '/';
}
