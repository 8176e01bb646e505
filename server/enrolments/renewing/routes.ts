import type { FastifyInstance } from 'fastify';
import { isExpired, isRenewable, renewableFrom } from '../../certificates/validity.ts';
import { orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getVersion } from '../../versions/reading.ts';
import { carriedOver } from './carrying.ts';
import { findRenewal, type Renewal, renew } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'enrolments/renewal': {
      renewal: Renewal;
      title: string;
      language: string;
      version: number;
      /** What is to be done again, or is new. */
      items: { key: string; title: string; kind: string; minutes: number }[];
      /** Whether anything counts from before. */
      carries: boolean;
      isExpired: boolean;
      /** YYYY-MM-DD, null when it may begin. */
      from: string | null;
    };
  }
}

interface WithSlug {
  Params: { slug: string };
}

/** A certificate that ends is renewed by a further term, in the course as it is taught by then. */
export function renewingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithSlug>('/courses/:slug/renewal', async (request, reply) => {
    const renewal = orNotFound(await findRenewal(db, signedIn(request), request.params.slug));
    const { title, language, number, items } = await getVersion(db, renewal.version_id, request.language);
    const { valid_until, today, done } = renewal;
    const carried = carriedOver(
      items,
      done.map(({ key }) => key),
    );
    const validity = { validUntil: valid_until };
    return reply.page('enrolments/renewal', {
      ...{ renewal, title, language, version: number },
      items: items.filter(({ id, required }) => required && !carried.includes(id)),
      carries: carried.length > 0,
      isExpired: isExpired(validity, today),
      from: isRenewable(validity, today) ? null : renewableFrom(valid_until),
    });
  });

  app.post<WithSlug>('/courses/:slug/renewal', async (request, reply) => {
    const renewal = await findRenewal(db, signedIn(request), request.params.slug);
    if (renewal === undefined) {
      // The second of two taps: what it asked for is there.
      return reply.goTo(`/courses/${encodeURIComponent(request.params.slug)}`, 'enrolments.not_renewed', 'bad');
    }
    const { slug } = renewal;
    if (!isRenewable({ validUntil: renewal.valid_until }, renewal.today)) {
      return reply.goTo(`/courses/${slug}/renewal`, 'enrolments.too_early', 'bad');
    }
    const isNew = await db.transaction().execute((trx) => renew(trx, renewal));
    return reply.goTo(`/courses/${slug}`, isNew ? 'enrolments.renewed' : 'enrolments.not_renewed');
  });
}
