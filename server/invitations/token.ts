import { createHash, hkdfSync } from 'node:crypto';

/**
 * Made from the token of the form and the site's secret: the same form sent twice shows the same link, though only the hash of the
 * link's token is kept.
 */
export function newInvitationToken(siteSecret: Uint8Array, formToken: string): string {
  return Buffer.from(hkdfSync('sha256', siteSecret, formToken, 'invitation', 32)).toString('base64url');
}

export function invitationHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
