import type { FastifyInstance } from 'fastify';
import { KeyLocked } from '../keys/signing.ts';
import { signedAddress } from '../offline/signing.ts';
import { turns } from '../platform/turns.ts';
import { publicName } from './names.ts';
import type { PrintedCertificate } from './printed.ts';

/** Drawing takes a processor for a while: two at a time, so that pages are answered meanwhile. */
export const drawingTurn = turns(2);

/** Signed with the public name whatever name is printed: a paper is shown around. Not for what is revoked: old lists know nothing of that. */
export async function textOfQr(
  { db, config, log }: Pick<FastifyInstance, 'db' | 'config' | 'log'>,
  printed: PrintedCertificate,
  owner: Parameters<typeof publicName>[1],
  isRevoked: boolean,
): Promise<string> {
  if (isRevoked) return printed.verifyUrl;
  try {
    return await signedAddress(db, { ...printed, holder: publicName(printed.holder, owner) }, config);
  } catch (error) {
    // Paper with the address alone is worth as much as before.
    if (!(error instanceof KeyLocked)) throw error;
    log.error(error.message);
    return printed.verifyUrl;
  }
}
