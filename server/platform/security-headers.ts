import type { FastifyInstance } from 'fastify';

/** @param inlineStyleHash the one stylesheet that stands in the pages themselves, as `sha256-…` */
export function addSecurityHeaders(app: FastifyInstance, publicUrl: URL, inlineStyleHash: string): void {
  const https = publicUrl.protocol === 'https:';
  const policy = [
    "default-src 'none'",
    `style-src 'self' '${inlineStyleHash}'`,
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
      // Not no-referrer: text browsers prove by Referer alone that a form is ours.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...(https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    });
  });
}
