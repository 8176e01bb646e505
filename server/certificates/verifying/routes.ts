import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { issuerCodeOf } from '../../credentials/did.ts';
import { type Facts, judge, type SoundCredential } from '../../credentials/judging.ts';
import { findIdentity } from '../../credentials/queries.ts';
import { readCredential } from '../../credentials/reading.ts';
import { countFailure, type Limit, secondsToWait } from '../../limits/queries.ts';
import { issuersOf } from '../../offline/listing.ts';
import { signers } from '../../offline/queries.ts';
import { readUpload, withUploads } from '../../platform/uploads.ts';
import { readCode } from '../code.ts';
import { type Certificate, findCertificate } from '../queries.ts';
import { isExpired } from '../validity.ts';
import { readPhoto } from './photo.ts';
import { codeIn, judgeQr } from './qr.ts';

/** What is said of a stranger's credential: a sign, the key of its words, and what it says itself. */
interface Finding {
  kind: 'revoked' | 'expired' | 'unknown';
  reason: string;
  facts: Facts | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'certificates/verify': {
      typed: string;
      fault: string | null;
      character: string | null;
      finding: Finding | null;
      /** Why no file could be looked at. */
      file_fault: string | null;
    };
  }
}

/** Photos of phones are seldom larger. */
const mostBytes = 10_000_000;

/** Whoever was shown a certificate, of ours or of anybody's, learns what it is worth. Nothing is fetched for them. */
export function verifyingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<{ Querystring: { code?: string | string[] } }>('/verify', async (request, reply) => {
    const typed = [request.query.code ?? ''].flat()[0]?.slice(0, 300) ?? '';
    const reading = readCode(codeIn(typed));
    if ('code' in reading) return reply.redirect(`/certificates/${reading.code}`, 303);
    return typed === '' ? sendVerify(reply, 200, {}) : sendMisread(reply, 404, typed, reading);
  });

  withUploads(app, mostBytes, (inner) => {
    inner.post('/verify', async (request, reply) => {
      const { file } = await readUpload(request);
      if (file === null || file.isTooLarge) {
        return sendVerify(reply, 422, { file_fault: file === null ? 'missing' : 'too_large' });
      }
      const limit = missLimit(request);
      const wait = await secondsToWait(db, [limit]);
      if (wait > 0) {
        reply.header('retry-after', wait);
        return sendVerify(reply, 429, { file_fault: 'too_many' });
      }
      const reading = readCredential(file.bytes);
      if ('fault' in reading && reading.fault === 'photo') return sendWordOnPhoto(reply, file.bytes, limit);
      const judgement = await judge(reading, new Date());
      if (judgement.outcome !== 'sound' && !('sound' in judgement)) await countFailure(db, [limit]);
      switch (judgement.outcome) {
        case 'unreadable':
          return sendVerify(reply, 422, { file_fault: judgement.reason });
        case 'refused':
          // One of ours has its own page for that.
          if (judgement.sound && issuerCodeOf(config.publicUrl, judgement.sound.facts.issuerId) !== null) {
            return sendIssuersWord(reply, judgement.sound);
          }
          return sendVerify(reply, 200, {
            finding: { ...judgement, kind: judgement.reason === 'expired' ? 'expired' : 'revoked' },
          });
        case 'unchecked':
          return sendVerify(reply, 200, { finding: { ...judgement, kind: 'unknown' } });
        case 'sound':
          return sendIssuersWord(reply, judgement);
      }
    });
  });

  /** The QR code on a photo is judged as if it were typed. */
  async function sendWordOnPhoto(reply: FastifyReply, photo: Buffer, limit: Limit) {
    const reading = await readPhoto(photo);
    if ('fault' in reading && reading.fault === 'busy') {
      reply.header('retry-after', 10);
      return sendVerify(reply, 503, { file_fault: 'busy' });
    }
    if ('fault' in reading) {
      await countFailure(db, [limit]);
      return sendVerify(reply, 422, { file_fault: reading.fault });
    }
    const today = new Date().toISOString().slice(0, 10);
    const judgement = judgeQr(reading.text, issuersOf(await signers(db).execute()), config.publicUrl, today);
    if (judgement.outcome === 'ours') {
      const { code, isSigned } = judgement;
      const words = isSigned ? 'certificates.qr_is_ours' : 'certificates.qr_has_code';
      return reply.goTo(`/certificates/${code}`, words, tone(await findCertificate(db, code)));
    }
    await countFailure(db, [limit]);
    if (judgement.outcome === 'other') return sendVerify(reply, 422, { file_fault: 'qr_other' });
    const isForged = judgement.outcome === 'forged';
    const reason = isForged ? 'qr_forged' : 'qr_unknown_issuer';
    return sendVerify(reply, 200, { finding: { kind: isForged ? 'revoked' : 'unknown', reason, facts: null } });
  }

  /** Of a credential that is as it was signed: by whom, and what has become of it since. */
  async function sendIssuersWord(reply: FastifyReply, { facts, id, key }: SoundCredential) {
    const issuer = issuerCodeOf(config.publicUrl, facts.issuerId);
    if (issuer === null) {
      return sendVerify(reply, 200, { finding: { kind: 'unknown', reason: 'unknown_issuer', facts } });
    }
    const identity = await findIdentity(db, issuer);
    if (identity?.keys.some(({ public_key }) => public_key === key) !== true) {
      return sendVerify(reply, 200, { finding: { kind: 'revoked', reason: 'not_ours', facts } });
    }
    const certificate = await findCertificate(db, id.split('/').at(-1) ?? '');
    if (certificate === undefined) {
      return sendVerify(reply, 200, { finding: { kind: 'unknown', reason: 'unrecorded', facts } });
    }
    return reply.goTo(`/certificates/${certificate.code}`, 'certificates.file_is_ours', tone(certificate));
  }
}

/** What leads to a certificate's page never looks better than the page. */
function tone(certificate: Certificate | undefined): 'good' | 'bad' {
  if (certificate === undefined) return 'bad';
  const { revoked_at, printed, today } = certificate;
  return revoked_at === null && printed?.trial === false && !isExpired(printed, today) ? 'good' : 'bad';
}

/** Why a code is no code. */
interface Misread {
  fault: string;
  kind?: string;
  character?: string;
}

/** The page to check certificates on, with what is wrong with the code that was typed. */
export function sendMisread(reply: FastifyReply, status: number, typed: string, misread: Misread): Promise<string> {
  const { fault, kind, character = null } = misread;
  const known = kind === undefined ? fault : `${fault}_${kind}`;
  return sendVerify(reply, status, { typed: typed.slice(0, 60), fault: known, character });
}

function sendVerify(
  reply: FastifyReply,
  status: number,
  page: { typed?: string; fault?: string; character?: string | null; finding?: Finding; file_fault?: string },
): Promise<string> {
  const { typed = '', fault = null, character = null, finding = null, file_fault = null } = page;
  return reply.page('certificates/verify', { typed, fault, character, finding, file_fault }, { status });
}

/** Only codes that do not exist and files that are none count: whoever checks real certificates, however many, is never held up. */
export function missLimit({ ip }: FastifyRequest): Limit {
  return { key: `certificate miss ${ip}`, free: 30, longestWaitSeconds: 300 };
}
