import { verify } from 'node:crypto';
import { publicKeyOf } from '../keys/multikey.ts';
import { cleanLine } from '../platform/text.ts';
import { UnknownContext } from './canonical.ts';
import { isProven, type Unsigned } from './proof.ts';
import { isObject, type JsonObject, type Reading, type ReadingFault, type Token } from './reading.ts';

/** What a credential says. Anybody can write anything: it is worth what its signature is worth. */
export interface Facts {
  issuer: string | null;
  /** The address or the DID of the issuer. */
  issuerId: string;
  holder: string | null;
  title: string | null;
  from: Date | null;
  until: Date | null;
  /** It has a list of revocations somewhere. */
  isRevocable: boolean;
}

/** What the file alone tells; who its signer is to us, and whether they have revoked it, is still open. */
export type Judgement =
  | SoundCredential
  | { outcome: 'refused'; reason: Refusal; facts: Facts | null; sound?: SoundCredential }
  | { outcome: 'unchecked'; reason: Obstacle; facts: Facts | null }
  | { outcome: 'unreadable'; reason: ReadingFault | 'other_kind' };

/** Unchanged since it was signed. */
export interface SoundCredential {
  outcome: 'sound';
  facts: Facts;
  /** What the credential calls itself. */
  id: string;
  /** The signer's, which the issuer's name stands before; null where it has no name. */
  key: string | null;
}

/** Why it is not valid. */
export type Refusal = 'altered' | 'unsigned' | 'other_signer' | 'malformed' | 'not_yet' | 'expired';
/** Why nobody can tell here. */
export type Obstacle = 'key_elsewhere' | 'other_signature' | 'other_words' | 'too_tangled' | 'hosted';

/** Checks a credential of anybody's with nothing but what is in it. Nothing is fetched. */
export async function judge(reading: Reading, now: Date): Promise<Judgement> {
  if ('fault' in reading) return { outcome: 'unreadable', reason: reading.fault };
  const { document, token } = reading;
  if (isOfTheSecondStandard(document)) return judgeHosted(document, now);
  const types = [document.type].flat();
  if (!types.includes('VerifiableCredential') || !kinds.some((kind) => types.includes(kind))) {
    return { outcome: 'unreadable', reason: 'other_kind' };
  }
  const facts = factsOf(document);
  if (facts === null) return { outcome: 'refused', reason: 'malformed', facts: null };
  const signature = token === null ? await judgeProofs(document, facts) : judgeToken(token, document, facts);
  if ('obstacle' in signature) return { outcome: 'unchecked', reason: signature.obstacle, facts };
  if ('refusal' in signature) return { outcome: 'refused', reason: signature.refusal, facts };
  const sound = { outcome: 'sound', facts, id: String(document.id), key: signature.key } as const;
  const refusal = judgeDates(facts, now);
  return refusal === null ? sound : { outcome: 'refused', reason: refusal, facts, sound };
}

const kinds = ['OpenBadgeCredential', 'AchievementCredential'];

type SignatureJudgement = { key: string | null } | { refusal: Refusal } | { obstacle: Obstacle };

async function judgeProofs(document: JsonObject, { issuerId }: Facts): Promise<SignatureJudgement> {
  const { proof, ...unsigned } = document;
  const proofs = [proof ?? []].flat();
  if (proofs.length === 0) return { refusal: 'unsigned' };
  if (!isWithContexts(unsigned)) return { refusal: 'malformed' };
  const known = proofs.filter(isKnownProof);
  if (known.length === 0) return { obstacle: 'other_signature' };
  let key: string | null = null;
  for (const proof of known.slice(0, 4)) {
    const { verificationMethod, proofPurpose } = proof;
    const signer = signerOf(verificationMethod);
    if (signer.id !== issuerId || proofPurpose !== 'assertionMethod') return { refusal: 'other_signer' };
    if (!signer.key.startsWith('z6Mk')) return { obstacle: 'key_elsewhere' };
    const publicKey = publicKeyOf(signer.key);
    if (publicKey === null) return { refusal: 'malformed' };
    try {
      if (!(await isProven(unsigned, proof, publicKey))) return { refusal: 'altered' };
    } catch (error) {
      return judgeTrouble(error);
    }
    key = signer.key;
  }
  return { key };
}

/** Of both kinds, of 2020 and of today, the signed bytes are made alike. */
function isKnownProof(proof: unknown): proof is JsonObject & { proofValue: string; verificationMethod: string } {
  if (!isObject(proof)) return false;
  const { type, cryptosuite, proofValue, verificationMethod } = proof;
  const isKnown =
    (type === 'DataIntegrityProof' && cryptosuite === 'eddsa-rdfc-2022') || type === 'Ed25519Signature2020';
  return isKnown && typeof proofValue === 'string' && typeof verificationMethod === 'string';
}

/** All vocabularies by address: one of their own could give any word another meaning. */
function isWithContexts(document: JsonObject): document is Unsigned {
  const contexts = document['@context'];
  return Array.isArray(contexts) && contexts.every((context) => typeof context === 'string');
}

function judgeTrouble(error: unknown): SignatureJudgement {
  if (!(error instanceof Error)) throw error;
  // jsonld wraps what its loader throws.
  for (let cause: unknown = error; isObject(cause); cause = isObject(cause.details) ? cause.details.cause : null) {
    if (cause instanceof UnknownContext) return { obstacle: 'other_words' };
  }
  if (/Maximum deep iterations|Abort signal/.test(error.message)) return { obstacle: 'too_tangled' };
  // A word that no vocabulary has, or one that is used as it may not be.
  return error.name.startsWith('jsonld.') ? { refusal: 'malformed' } : { obstacle: 'too_tangled' };
}

/** Whose key it is, and the key, where it is a part of its own address. A `did:key` is the key. */
function signerOf(verificationMethod: string): { id: string; key: string } {
  const [id = '', fragment = ''] = verificationMethod.split('#');
  return { id, key: id.startsWith(didKey) ? id.slice(didKey.length) : fragment };
}

const didKey = 'did:key:';

function judgeToken(
  { header, signed, signature }: Token,
  { iss }: JsonObject,
  { issuerId }: Facts,
): SignatureJudgement {
  const { alg, jwk } = header;
  const algorithm = typeof alg === 'string' && Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (algorithm === undefined) return { obstacle: 'other_signature' };
  if (iss !== undefined && iss !== issuerId) return { refusal: 'other_signer' };
  if (!isObject(jwk)) return { obstacle: 'key_elsewhere' };
  try {
    return algorithm(jwk, Buffer.from(signed), signature) ? { key: null } : { refusal: 'altered' };
  } catch {
    return { refusal: 'malformed' };
  }
}

type Check = (jwk: JsonObject, signed: Buffer, signature: Buffer) => boolean;

const algorithms: Record<string, Check> = {
  RS256: (jwk, signed, signature) => verify('sha256', signed, keyOf(jwk, 'RSA'), signature),
  ES256: (jwk, signed, signature) =>
    verify('sha256', signed, { ...keyOf(jwk, 'EC'), dsaEncoding: 'ieee-p1363' }, signature),
  EdDSA: (jwk, signed, signature) => verify(null, signed, keyOf(jwk, 'OKP'), signature),
};

function keyOf(jwk: JsonObject, kind: string) {
  // A number as long as the file would take minutes.
  if (jwk.kty !== kind || JSON.stringify(jwk).length > 3_000) throw new Error('no such key');
  return { format: 'jwk', key: jwk } as const;
}

function judgeDates({ from, until }: Facts, now: Date): Refusal | null {
  if (from !== null && until !== null && until < from) return 'malformed';
  if (from !== null && from > now) return 'not_yet';
  return until !== null && until < now ? 'expired' : null;
}

/** Open Badges 2.0: what is issued is what the issuer's own site shows. */
function isOfTheSecondStandard(document: JsonObject): boolean {
  const contexts = [document['@context']].flat();
  return contexts.includes('https://w3id.org/openbadges/v2') && [document.type].flat().includes('Assertion');
}

function judgeHosted(document: JsonObject, now: Date): Judgement {
  const { id, issuedOn, expires } = document;
  const [from, until] = [momentOf(issuedOn), momentOf(expires)];
  if (typeof id !== 'string' || from === undefined || until === undefined) {
    return { outcome: 'refused', reason: 'malformed', facts: null };
  }
  const facts = { issuer: null, issuerId: line(id) ?? '', holder: null, title: null, from, until, isRevocable: true };
  const refusal = judgeDates(facts, now);
  if (refusal !== null) return { outcome: 'refused', reason: refusal, facts };
  return { outcome: 'unchecked', reason: 'hosted', facts };
}

/** Null: something is missing that every credential has. */
function factsOf(document: JsonObject): Facts | null {
  const { issuer, credentialSubject, credentialStatus, validFrom, issuanceDate, validUntil, expirationDate } = document;
  const issuerId = isObject(issuer) ? issuer.id : issuer;
  const [from, until] = [momentOf(validFrom ?? issuanceDate), momentOf(validUntil ?? expirationDate)];
  if (typeof issuerId !== 'string' || issuerId.length > 500 || !isObject(credentialSubject)) return null;
  if (from === undefined || until === undefined) return null;
  const { achievement } = credentialSubject;
  return {
    issuer: isObject(issuer) ? line(issuer.name) : null,
    issuerId,
    holder: holderOf(credentialSubject),
    title: (isObject(achievement) ? line(achievement.name) : null) ?? line(document.name),
    from,
    until,
    isRevocable: credentialStatus !== undefined,
  };
}

function holderOf({ name, identifier }: JsonObject): string | null {
  const named = [identifier]
    .flat()
    .filter(isObject)
    .find(({ identityType, hashed }) => identityType === 'name' && hashed !== true);
  return line(name) ?? line(named?.identityHash);
}

/** Null where nothing is said; undefined where it is no moment. */
function momentOf(value: unknown): Date | null | undefined {
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^-?\d{4,6}-\d\d-\d\dT/.test(value)) return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** To be shown: one line, not longer than a name may be. */
function line(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = cleanLine(value.slice(0, 1_000));
  return clean === '' ? null : clean.length > 160 ? `${clean.slice(0, 160)}…` : clean;
}
