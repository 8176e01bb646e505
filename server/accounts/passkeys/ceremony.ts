import { isIP } from 'node:net';
import { parse } from 'uuid';
import type { Made, Used } from './credential.ts';

/** The site as passkeys know it. */
export interface PasskeySite {
  id: string;
  origin: string;
}

/** Null where no browser makes any: on plain http, and at a bare number. */
export function passkeySite({ protocol, hostname, origin }: URL): PasskeySite | null {
  const isSecure = protocol === 'https:' || hostname === 'localhost';
  const isNumber = isIP(hostname.replace(/[[\]]/g, '')) !== 0;
  return isSecure && !isNumber ? { id: hostname, origin } : null;
}

export interface KnownPasskey {
  person_id: string;
  credential_id: string;
  public_key: Buffer;
  counter: number;
  transports: string[];
}
type Named = Pick<KnownPasskey, 'credential_id' | 'transports'>;

/** EdDSA, ES256, RS256 (RFC 9053, RFC 8812): those that devices have. */
const supportedAlgorithmIDs = [-8, -7, -257];

/** Milliseconds that a browser waits for its owner's finger. */
const timeout = 120_000;

/** What a browser needs to make a passkey, with a new challenge. It must be found without a name, and ask for the lock of the screen. */
export async function optionsToMake(
  site: PasskeySite,
  person: { id: string; full_name: string; learner_code: string },
  passkeys: Named[],
) {
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  return generateRegistrationOptions({
    rpName: 'Đom Đóm',
    rpID: site.id,
    userID: new Uint8Array(parse(person.id)),
    userName: person.learner_code,
    userDisplayName: person.full_name,
    timeout,
    attestationType: 'none',
    supportedAlgorithmIDs,
    excludeCredentials: passkeys.map(asDescriptor),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** @param passkeys those of the person, when it is known who that is */
export async function optionsToUse(site: PasskeySite, passkeys: Named[]) {
  const allowCredentials = passkeys.map(asDescriptor);
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  return generateAuthenticationOptions({ rpID: site.id, allowCredentials, userVerification: 'required', timeout });
}

/** The key that was made, or null when what came is not an answer to that challenge. */
export async function checkMade(site: PasskeySite, made: Made, challenge: string) {
  return orNull(async () => {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: made,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      supportedAlgorithmIDs,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credential_id: id, public_key: Buffer.from(publicKey), counter, transports: made.response.transports };
  });
}

/** How often the passkey has been used, as it counts itself; or null when what came is not its answer to that challenge. */
export async function checkUsed(
  site: PasskeySite,
  passkey: KnownPasskey,
  used: Used,
  challenge: string,
): Promise<number | null> {
  const { userHandle } = used.response;
  if (userHandle !== undefined && userHandle !== Buffer.from(parse(passkey.person_id)).toString('base64url'))
    return null;
  return orNull(async () => {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: used,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      credential: {
        id: passkey.credential_id,
        publicKey: new Uint8Array(passkey.public_key),
        counter: passkey.counter,
      },
    });
    return verified ? authenticationInfo.newCounter : null;
  });
}

/** The library throws at whatever does not hold, each time in other words: to us it is all one. */
async function orNull<T>(check: () => Promise<T | null>): Promise<T | null> {
  try {
    return await check();
  } catch {
    return null;
  }
}

function asDescriptor({ credential_id, transports }: Named) {
  return { id: credential_id, transports };
}
