import { createPrivateKey } from 'node:crypto';
import t from 'tap';
import { canonise, shippedContexts } from '../../server/credentials/canonical.ts';
import { proofOf } from '../../server/credentials/proof.ts';
import { multibaseBytes } from '../../server/keys/base58.ts';
import { readCase, skipWithout } from './cases.ts';

const examples = 'https://www.w3.org/ns/credentials/examples/v2';

t.test('The vectors of the W3C come out byte for byte', skipWithout('vc-eddsa-vectors'), async (t) => {
  const vector = (name: string) => readCase(`vc-eddsa-vectors/eddsa-rdfc-2022/${name}`);
  const contexts = new Map(await shippedContexts());
  contexts.set(examples, { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } });
  const unsigned = JSON.parse(readCase('vc-eddsa-vectors/unsigned.json'));
  const { proof } = JSON.parse(vector('signedDataInt.json'));

  t.equal(await canonise(unsigned, contexts), vector('canonDocDataInt.txt'));
  t.equal(await canonise(JSON.parse(vector('proofConfigDataInt.json')), contexts), vector('proofCanonDataInt.txt'));
  const signer = { privateKey: vectorKey(), verificationMethod: proof.verificationMethod };
  t.strictSame(await proofOf(unsigned, signer, new Date(proof.created), contexts), proof);
});

t.test('What a context does not define is not signed over', async (t) => {
  const document = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: 'VerifiableCredential',
    surprise: 'x',
  };
  await t.rejects(canonise(document), /Safe mode/);
});

t.test('A context that did not come with the server is not fetched', async (t) => {
  await t.rejects(canonise({ '@context': ['https://example.org/context'], id: 'urn:x' }), {
    message: /example\.org\/context/,
  });
});

function vectorKey() {
  const { publicKeyMultibase, privateKeyMultibase } = JSON.parse(readCase('vc-eddsa-vectors/keyPair.json'));
  // Two bytes before each say which kind of key it is.
  const raw = (text: string) => multibaseBytes(text)?.subarray(2).toString('base64url') ?? '';
  const [d, x] = [raw(privateKeyMultibase), raw(publicKeyMultibase)];
  return createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d, x } });
}
