import type { Hasher } from '../secrets/hashing.ts';

/**
 * Those whom the secret fits. The work is the same for nobody, one and many candidates, so that its time tells nothing.
 * @param tries how many secrets are compared, whoever there is
 */
export async function whomItFits<T extends { secret_hash: string }>(
  candidates: T[],
  tries: number,
  secret: string,
  hasher: Pick<Hasher, 'verify'>,
): Promise<T[]> {
  const tried = Array.from({ length: tries }, (_, index) => candidates[index] ?? null);
  const fits = await Promise.all(tried.map((candidate) => hasher.verify(candidate?.secret_hash ?? null, secret)));
  return candidates.filter((_, index) => fits[index]);
}
