import { createHash } from 'node:crypto';
import Type from 'typebox';
import type { Seal } from '../sealing.ts';

const Confirmation = Type.Object({ person_id: Type.String(), email: Type.String() });

/** Opens nothing but the confirmation of this one address. */
export const confirmationSeal: Seal<typeof Confirmation> = {
  purpose: 'confirm e-mail',
  minutes: 7 * 24 * 60,
  content: Confirmation,
};

const Recovery = Type.Object({ person_id: Type.String(), secret_mark: Type.String() });

/** Good until the secret is another, so that it works once. */
export const recoverySeal: Seal<typeof Recovery> = { purpose: 'recover by e-mail', minutes: 60, content: Recovery };

export function secretMark(secretHash: string): string {
  return createHash('sha256').update(secretHash).digest('base64url');
}
