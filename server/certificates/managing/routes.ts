import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { requireConfirmed } from '../../accounts/confirming/guard.ts';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { translators } from '../../platform/i18n.ts';
import { signedIn } from '../../platform/scopes.ts';
import { newCode, showCode } from '../code.ts';
import { titlesOf } from '../printed.ts';
import { reprint } from '../printing.ts';
import { CorrectionForm, RevocationForm } from './forms.ts';
import { getManagedCertificate, lockManagedCertificate, type ManagedCertificate, revoke, succeed } from './queries.ts';

interface Forms {
  revocation: Form<{ reason: string }>;
  correction: Form<{ full_name: string }>;
}

declare module '../../platform/views.ts' {
  interface Views {
    'certificates/managing': Forms & { certificate: ManagedCertificate; code: string; title: string };
  }
}

interface WithCode {
  Params: { code: string };
}

/** What the issuing organisation may do with what it has issued. */
export function certificateManagingRoutes(app: FastifyInstance): void {
  const { db, config } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get<WithCode>('/admin/certificates/:code', async (request, reply) => {
    const certificate = await getManagedCertificate(db, signedIn(request), request.params.code);
    return show(reply, 200, certificate, {});
  });

  app.post<WithCode>('/admin/certificates/:code/revocation', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const { code } = request.params;
    const revocation = readForm(RevocationForm, request.body);
    if (!revocation.ok) return show(reply, 422, await getManagedCertificate(db, manager, code), { revocation });
    const { reason } = revocation.data;
    const isRevoked = await db.transaction().execute(async (trx) => {
      const certificate = await lockManagedCertificate(trx, manager, code);
      if (certificate.revoked_at !== null) return false;
      await revoke(trx, certificate, manager, reason);
      return true;
    });
    return isRevoked
      ? reply.goTo(`/certificates/${code}`, 'certificates.revoked_now')
      : reply.goTo(`/certificates/${code}`, 'certificates.was_revoked', 'bad');
  });

  app.post<WithCode>('/admin/certificates/:code/correction', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const { code } = request.params;
    const correction = readForm(CorrectionForm, request.body);
    if (!correction.ok) return show(reply, 422, await getManagedCertificate(db, manager, code), { correction });
    const { full_name } = correction.data;
    const newest = await db.transaction().execute(async (trx) => {
      const before = await lockManagedCertificate(trx, manager, code);
      if (before.revoked_at !== null) return before.successor_code;
      const printed = reprint(before.printed, full_name, newCode(randomBytes), config.publicUrl);
      const reason = translators[printed.languages[0] ?? 'vi']('certificates.reason_corrected');
      await succeed(trx, before, manager, { printed, reason });
      return printed.code;
    });
    return newest === null
      ? reply.goTo(`/certificates/${code}`, 'certificates.was_revoked', 'bad')
      : reply.goTo(`/certificates/${newest}`, 'certificates.corrected_now');
  });
}

function show(reply: FastifyReply, status: number, certificate: ManagedCertificate, sent: Partial<Forms>) {
  const { printed, code } = certificate;
  const titles = titlesOf(printed);
  return reply.page(
    'certificates/managing',
    {
      revocation: blankForm(RevocationForm),
      correction: blankForm(CorrectionForm, { full_name: printed.holder }),
      ...sent,
      certificate,
      code: showCode(code),
      title: titles[reply.request.language] ?? Object.values(titles)[0] ?? '',
    },
    { status },
  );
}
