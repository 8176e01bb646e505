import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { newCode, readCode } from '../certificates/code.ts';
import { Forbidden, NotFound } from '../platform/errors.ts';
import { readForm } from '../platform/forms.ts';
import { qrCode } from '../platform/qr.ts';
import { signedIn } from '../platform/scopes.ts';
import { mayShowMore, type ShownCertificate, showCertificate } from '../share-links/showing.ts';
import { ProfileForm } from './forms.ts';
import { findProfile, getOwnProfile, hideProfile, type Profile, publishProfile } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'profiles/own': {
      is_public: boolean;
      scores: boolean;
      /** A child has one only with the consents on record. */
      may_show: boolean;
      certificate_count: number;
      address: { url: string; qr: ReturnType<typeof qrCode> } | null;
    };
    'profiles/show': {
      full_name: string;
      certificates: (ShownCertificate & { revoked_at: null })[];
      is_own: boolean;
    };
  }
}

/** Whether others may see what one has learnt, at an address of one's own. */
export function ownProfileRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/learning/profile', async (request, reply) => {
    const profile = await getOwnProfile(db, signedIn(request));
    const may_show = mayShowMore(profile);
    const is_public = profile.is_public === true && may_show;
    const url = new URL(`/profiles/${profile.code}`, config.publicUrl).href;
    return reply.page('profiles/own', {
      is_public,
      scores: profile.scores === true,
      may_show,
      certificate_count: certificatesOf(profile).length,
      address: is_public ? { url, qr: qrCode(url) } : null,
    });
  });

  app.post('/learning/profile', async (request, reply) => {
    const person = signedIn(request);
    const form = readForm(ProfileForm, request.body);
    if (!mayShowMore(await getOwnProfile(db, person))) throw new Forbidden();
    await publishProfile(db, person, { code: newCode(randomBytes), scores: form.ok && form.data.scores });
    return reply.goTo('/learning/profile', 'profiles.is_public_now');
  });

  app.post('/learning/profile/withdrawal', async (request, reply) => {
    await hideProfile(db, signedIn(request));
    return reply.goTo('/learning/profile', 'profiles.is_hidden_now');
  });
}

/** The public page. */
export function profileRoutes(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/profiles/:code', async (request, reply) => {
    // In no cache that would outlive its being hidden, and in no search engine.
    reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow, noarchive' });
    const reading = readCode(request.params.code);
    const profile = 'code' in reading ? await findProfile(app.db, reading.code) : undefined;
    if (profile === undefined || !mayShowMore(profile)) throw new NotFound();
    return reply.page('profiles/show', {
      full_name: profile.full_name,
      certificates: certificatesOf(profile),
      is_own: request.person?.id === profile.id,
    });
  });
}

/** Those that hold: what has run out says nothing for its owner any more, and what was revoked is not there. */
function certificatesOf(profile: Profile) {
  const chosen = { full_name: true, scores: profile.scores === true };
  return profile.certificates
    .map(({ printed }) => ({ ...showCertificate(printed, profile, chosen), revoked_at: null }))
    .filter(({ isExpired }) => !isExpired);
}
