import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { invitationHash } from '../../server/invitations/token.ts';
import type { TestApp } from '../support/app.ts';
import type { Branch } from '../support/organisations.ts';

interface Invitation {
  role?: 'mentor' | 'author' | 'reviewer' | 'manager';
  /** From now. */
  days?: number;
  withdrawn?: boolean;
}

/** @param by whose invitation it is: it holds while they are a manager there */
export async function invitationTo(
  { db }: Pick<TestApp, 'db'>,
  branch: Branch,
  by: { id: string },
  { role = 'mentor', days = 14, withdrawn = false }: Invitation = {},
): Promise<{ id: string; token: string }> {
  const token = randomBytes(32).toString('base64url');
  const id = newId();
  await db
    .insertInto('invitations')
    .values({
      id,
      organisation_id: branch.id,
      role,
      token_hash: invitationHash(token),
      invited_by_id: by.id,
      expires_at: new Date(Date.now() + days * 24 * 60 * 60_000),
      withdrawn_at: withdrawn ? new Date() : null,
    })
    .execute();
  return { id, token };
}
