import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { sentFields } from '../../platform/forms.ts';
import { ownPath } from '../../platform/same-origin.ts';
import { type Seal, seal, unseal } from '../sealing.ts';

/** What was sent in a session that had ended, on its way through sign-in. */
const Carried = Type.Object({
  person_id: Type.String(),
  action: Type.String(),
  fields: Type.Array(Type.Tuple([Type.String(), Type.String()])),
});
export type Carried = Static<typeof Carried>;

const carriedSeal: Seal<typeof Carried> = { purpose: 'carried', minutes: 24 * 60, content: Carried };
const mostBytes = 64 * 1024;

/** Null when there is nothing to carry: too much, secrets, or no form of ours. */
export function sealRequest(
  request: Pick<FastifyRequest, 'url' | 'body'>,
  personId: string,
  siteSecret: Uint8Array,
  now: Date,
): string | null {
  const fields = sentFields(request.body ?? {});
  if (fields === null || fields.some(([name]) => name.includes('secret'))) return null;
  const bytes = fields.flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > mostBytes) return null;
  return seal(carriedSeal, siteSecret, { person_id: personId, action: request.url, fields }, now);
}

/** What was carried, for the person who sent it; null for anybody else, and for what was tampered with. */
export function openCarried(
  sealed: string,
  personId: string,
  siteSecret: Uint8Array,
  publicUrl: URL,
  now: Date,
): Carried | null {
  const carried = sealed === '' ? null : unseal(carriedSeal, siteSecret, sealed, now);
  const action = ownPath(carried?.action, publicUrl);
  return carried?.person_id === personId && action !== null ? { ...carried, action } : null;
}
