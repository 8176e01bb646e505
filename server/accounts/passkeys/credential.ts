import Type, { type Static, type TSchema } from 'typebox';
import Schema from 'typebox/schema';

const encoded = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' });
const common = {
  id: encoded(1400),
  rawId: encoded(1400),
  type: Type.Literal('public-key'),
  clientExtensionResults: Type.Object({}),
};

/** What a browser sends of a passkey that it has just made. */
export const Made = Type.Object({
  ...common,
  response: Type.Object({
    clientDataJSON: encoded(4000),
    attestationObject: encoded(20_000),
    transports: Type.Array(Type.String({ pattern: '^[a-z-]{1,20}$' }), { maxItems: 8 }),
  }),
});
export type Made = Static<typeof Made>;

/** What a browser sends of a passkey that it has just used. */
export const Used = Type.Object({
  ...common,
  response: Type.Object({
    clientDataJSON: encoded(4000),
    authenticatorData: encoded(4000),
    signature: encoded(8000),
    userHandle: Type.Optional(encoded(100)),
  }),
});
export type Used = Static<typeof Used>;

/** Null for anything else. */
export function readCredential<T extends TSchema>(schema: T, text: string): Static<T> | null {
  const credential = readJson(text);
  return Schema.Check(schema, credential) ? credential : null;
}

/** The challenge that the browser says it has answered. */
export function challengeOf({ response }: Made | Used): string | null {
  const said = readJson(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8'));
  return Schema.Check(WithChallenge, said) ? said.challenge : null;
}
const WithChallenge = Type.Object({ challenge: encoded(100) });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
