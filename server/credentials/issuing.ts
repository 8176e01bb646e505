import type { Kysely } from 'kysely';
import type { PrintedCertificate } from '../certificates/printed.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { keepFile } from '../files/queries.ts';
import type { FileStore } from '../files/store.ts';
import { findIssuer, type Issuer } from '../keys/queries.ts';
import { signingKeyOf } from '../keys/signing.ts';
import { orNotFound } from '../platform/errors.ts';
import { translators } from '../platform/i18n.ts';
import { didOf, methodOf } from './did.ts';
import { openBadge } from './open-badge.ts';
import { type Signer, signed } from './proof.ts';
import { getAchievementPage, keepCredential, takePlace } from './queries.ts';
import { statusList } from './status-list.ts';

type Settings = Pick<Config, 'publicUrl' | 'keyFile' | 'dataDir'>;

/** A certificate, and the files that were made of it. */
interface Certificate {
  id: string;
  issued_at: Date;
  files: { kind: string; variant: string; hash: string }[];
}

/**
 * A certificate as its issuer has signed it: when first asked for, and kept, so that it is the same bytes for ever.
 * @param shown with the name as it is public
 * @param variant which name that is
 * @throws KeyLocked
 */
export async function credentialOf(
  { db, files, config }: { db: Kysely<Database>; files: FileStore; config: Settings },
  certificate: Certificate,
  shown: PrintedCertificate,
  variant: string,
): Promise<string> {
  const known = certificate.files.find((file) => file.kind === 'json' && file.variant === variant);
  const found = known === undefined ? null : await files.find(known.hash);
  if (found !== null) return found.toString();
  const text = await issueCredential(db, certificate, shown, config);
  const hash = await keepFile(db, files, Buffer.from(text), credentialType);
  const kept = await keepCredential(db, certificate, { variant, hash, lost: known?.hash ?? null });
  return kept === hash ? text : (await files.get(kept)).toString();
}

export const credentialType = 'application/vc+ld+json';

async function issueCredential(
  db: Kysely<Database>,
  certificate: Certificate,
  printed: PrintedCertificate,
  settings: Settings,
): Promise<string> {
  const { publicUrl } = settings;
  const issuer = orNotFound(await findIssuer(db, printed.provider.code));
  const signer = await signerFor(db, issuer, settings);
  const [page, place] = [await getAchievementPage(db, certificate), await takePlace(db, issuer, certificate)];
  const badge = openBadge({ printed, issuedAt: certificate.issued_at, page, place, publicUrl }, translators);
  return JSON.stringify(await signed(badge, signer, new Date()));
}

/** @throws KeyLocked */
export async function issueStatusList(
  db: Kysely<Database>,
  issuer: Issuer,
  { list, revoked }: { list: number; revoked: number[] },
  settings: Settings,
): Promise<string> {
  const signer = await signerFor(db, issuer, settings);
  const now = new Date();
  return JSON.stringify(await signed(statusList(settings.publicUrl, issuer.code, list, revoked, now), signer, now));
}

async function signerFor(db: Kysely<Database>, issuer: Issuer, settings: Settings): Promise<Signer> {
  const { privateKey, publicKey } = await signingKeyOf(db, issuer, settings);
  return { privateKey, verificationMethod: methodOf(didOf(settings.publicUrl, issuer.code), publicKey) };
}
