import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { HttpError } from '../platform/errors.ts';
import { PlainError } from '../platform/plain-error.ts';
import { makeMasterKey, masterKeyFile, readMasterKey } from './master-key.ts';
import { multikey } from './multikey.ts';
import { findNewestKey, findOpenKey, type Issuer, insertFirstKey, listOpenKeys, replaceKey } from './queries.ts';
import { openPrivateKey, sealPrivateKey } from './sealing.ts';

interface SigningKey {
  privateKey: KeyObject;
  /** As a Multikey. */
  publicKey: string;
}

type Settings = Pick<Config, 'keyFile' | 'dataDir'>;

/** The master key is not there, or is another: nothing can be signed until somebody has decided what to do. */
export class KeyLocked extends HttpError {
  constructor(settings: Settings, { code }: Issuer) {
    super(
      503,
      `The signing key of ${code} cannot be opened: ${masterKeyFile(settings)} is missing, unreadable, or not the file it was locked with. ` +
        'Put your copy of that file back. If it is lost for ever, give the organisation a new key: ' +
        `npm run domdom -- key rotate ${code} --master-lost. What was signed before stays valid.`,
    );
  }
}

/**
 * The key that an organisation signs with, made at its first need.
 * @throws KeyLocked
 */
export async function signingKeyOf(db: Kysely<Database>, issuer: Issuer, settings: Settings): Promise<SigningKey> {
  const known = await findOpenKey(db, issuer);
  if (known === undefined) {
    await insertFirstKey(db, issuer, newKey(await masterKeyInUse(db, issuer, settings)));
    return signingKeyOf(db, issuer, settings);
  }
  const masterKey = await readMasterKey(settings);
  const privateKey = masterKey && openPrivateKey(known.sealed_private_key, known.public_key, masterKey);
  if (privateKey === null) throw new KeyLocked(settings, issuer);
  return { privateKey, publicKey: known.public_key };
}

/**
 * @param masterIsLost makes another master key where there is none: other organisations' keys stay locked
 * @throws KeyLocked
 */
export async function rotateKey(
  db: Kysely<Database>,
  issuer: Issuer,
  settings: Settings,
  { masterIsLost }: { masterIsLost: boolean },
): Promise<void> {
  if (masterIsLost) await makeMasterKey(settings);
  // Opened first: a master key that does not fit is told of now, while the right one may still be found.
  else await signingKeyOf(db, issuer, settings);
  const masterKey = await readMasterKey(settings);
  if (masterKey === null)
    throw new PlainError(`${masterKeyFile(settings)} holds no key. Move it away, then try again.`);
  await replaceKey(db, issuer, newKey(masterKey));
}

/** Of the organisations that sign: how many, and the codes of those whose key the master key does not open. */
export async function listLocked(
  db: Kysely<Database>,
  settings: Settings,
): Promise<{ signing: number; locked: string[] }> {
  const [keys, masterKey] = [await listOpenKeys(db), await readMasterKey(settings)];
  const locked = keys.filter(
    ({ sealed_private_key, public_key }) =>
      masterKey === null || openPrivateKey(sealed_private_key, public_key, masterKey) === null,
  );
  return { signing: keys.length, locked: locked.map(({ code }) => code) };
}

/** Made only while nothing is locked with one, and taken only if it opens what was locked last: another would hide that it is lost. */
async function masterKeyInUse(db: Kysely<Database>, issuer: Issuer, settings: Settings): Promise<Buffer> {
  const newest = await findNewestKey(db);
  if (newest === undefined) await makeMasterKey(settings);
  const masterKey = await readMasterKey(settings);
  const isRight =
    masterKey !== null &&
    (newest === undefined || openPrivateKey(newest.sealed_private_key, newest.public_key, masterKey) !== null);
  if (!isRight) throw new KeyLocked(settings, issuer);
  return masterKey;
}

function newKey(masterKey: Uint8Array) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const public_key = multikey(publicKey);
  return { public_key, sealed_private_key: sealPrivateKey(privateKey, public_key, masterKey) };
}
