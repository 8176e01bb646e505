import type { FastifyInstance } from 'fastify';
import { showPhone } from '../accounts/contact.ts';
import { placeWords } from '../places/words.ts';
import { orNotFound } from '../platform/errors.ts';
import { findOrganisation } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'organisations/show': {
      organisation: NonNullable<Awaited<ReturnType<typeof findOrganisation>>>;
      place: string | null;
      phone: string | null;
    };
  }
}

export function organisationRoutes(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/organisations/:code', async (request, reply) => {
    const organisation = orNotFound(await findOrganisation(request.reading, request.params.code, request.language));
    if (organisation.merged_into_code !== null) {
      return reply.redirect(`/organisations/${organisation.merged_into_code}`, 301);
    }
    const { phone, place_name, place_kind } = organisation;
    const place = place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null;
    const shown = { organisation, place, phone: phone && showPhone(phone) };
    return reply.page('organisations/show', shown, { shared: 60 });
  });
}
