import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A cookie of this host alone, which no script reads. Secure and the prefix, by which a browser refuses it from any other host, follow
 * PUBLIC_URL: a village server on plain http works too.
 * @param maxAge seconds
 */
export function keepCookie(reply: FastifyReply, name: string, value: string, maxAge: number): void {
  reply.setCookie(fullName(reply, name), value, { ...attributes(reply), maxAge });
}

export function keptCookie(request: FastifyRequest, name: string): string | undefined {
  return request.cookies[fullName(request, name)];
}

export function dropCookie(reply: FastifyReply, name: string): void {
  reply.clearCookie(fullName(reply, name), attributes(reply));
}

function fullName(at: FastifyRequest | FastifyReply, name: string): string {
  return isHttps(at) ? `__Host-${name}` : name;
}

function attributes(reply: FastifyReply) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(reply) } as const;
}

function isHttps({ server }: FastifyRequest | FastifyReply): boolean {
  return server.config.publicUrl.protocol === 'https:';
}
