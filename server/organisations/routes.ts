import type { FastifyInstance } from 'fastify';
import { showPhone } from '../accounts/contact.ts';
import { placeWords } from '../places/words.ts';
import { orNotFound } from '../platform/errors.ts';
import { pageNumber, queryText } from '../platform/forms.ts';
import { findOrganisation } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'organisations/show': {
      organisation: NonNullable<Awaited<ReturnType<typeof findOrganisation>>>['organisation'];
      place: string | null;
      phone: string | null;
      page_number: number;
      /** One more than this where there is more. */
      pages: number;
    };
  }
}

export function organisationRoutes(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/organisations/:code', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const { code } = request.params;
    const found = orNotFound(await findOrganisation(request.reading, code, request.language, page_number));
    const { organisation, pages } = found;
    if (organisation.merged_into_code !== null) {
      return reply.redirect(`/organisations/${organisation.merged_into_code}`, 301);
    }
    if (page_number > pages) return reply.goTo(`/organisations/${organisation.code}`);
    const { phone, place_name, place_kind } = organisation;
    const place = place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null;
    const shown = { organisation, place, phone: phone && showPhone(phone), page_number, pages };
    return reply.page('organisations/show', shown, { shared: 60 });
  });
}
