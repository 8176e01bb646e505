import { globSync } from 'node:fs';
import t, { type Test } from 'tap';
import { type Judgement, judge } from '../../server/credentials/judging.ts';
import { readCredential } from '../../server/credentials/reading.ts';
import { caseFile, folderOfCases, listCases, readCase, skipWithout } from './cases.ts';
import { inWords } from './verdicts.ts';

const now = new Date('2026-11-22T09:00:00Z');

/** Why this says something else than they do. Counted in server/README.md. */
const reasons = {
  hosted:
    'Open Badges 2.0 is what the issuer’s own site shows, and no site is asked: their verdict rests on its answer',
  other_kind:
    'neither an Open Badge 3.0 nor an achievement: a badge class, an alignment, a list of revocations, a learner record',
  sd: 'a signature that discloses a part (ecdsa-sd-2023): it is told that this kind is not known here',
  key: 'the key is on the issuer’s site, which is not asked',
  list: 'the list of revocations is on another site: the file itself is sound, and the page says that revocation is not known',
  words: 'a vocabulary that does not come with the server, and none is fetched',
  did: 'the key is in its own address: nothing was changed, and the page says that the issuer is not known',
  no_word: 'they give no verdict of their own for it',
} as const;
type Reason = keyof typeof reasons;

/** Every case of 1EdTech's validator: what they say, what is said here, and why where the two differ. */
const ofOneEdTech = `
clr20/complex.json                                                      see CLR20Tests  unreadable too_large     no_word
clr20/simple.json                                                       valid           unreadable other_kind    other_kind
clr20/simple_old_safesigned.json                                        see CLR20Tests  unreadable other_kind    no_word
ob20/assertion-with-data-image.json                                     invalid         unchecked hosted         hosted
ob20/assertion-with-extension-node-basic.json                           valid           unchecked hosted         hosted
ob20/assertion-with-multiple-extensions.json                            valid           unchecked hosted         hosted
ob20/basic-assertion-expired-before-issued.json                         invalid         refused malformed
ob20/basic-assertion-in-future.json                                     invalid         refused not_yet
ob20/basic-assertion-invalid-type.json                                  invalid         unreadable other_kind
ob20/basic-assertion-with-allowed-origins-invalid-multiple-starts-with.json  invalid    unchecked hosted         hosted
ob20/basic-assertion-with-allowed-origins-valid-multiple-starts-with.json    valid      unchecked hosted         hosted
ob20/basic-assertion-with-allowed-origins.json                          valid           unchecked hosted         hosted
ob20/basic-assertion.json                                               valid           unchecked hosted         hosted
ob20/rdf-validation/badge-class-invalid-issuer-type.json                invalid         unreadable other_kind
ob20/rdf-validation/invalid-empty-type.json                             invalid         unreadable other_kind
ob20/rdf-validation/valid-alignment-object.json                         valid           unreadable other_kind    other_kind
ob20/rdf-validation/valid-badge-class.json                              valid           unreadable other_kind    other_kind
ob20/rdf-validation/valid-issuer-extension.json                         valid           unreadable other_kind    other_kind
ob20/simple-badge.png                                                   valid           unchecked hosted         hosted
ob20/simple-revoked.jwt                                                 invalid         unchecked hosted         hosted
ob20/warning-issuer-non-http.json                                       warning         unchecked hosted         hosted
ob30/bit-string-list/credential-status-revoked-blank-nodes.json         invalid         sound                    list
ob30/bit-string-list/testlist                                           valid           unreadable other_kind    other_kind
ob30/complete_v1.json                                                   see probe       unchecked key_elsewhere  key
ob30/endorsement-err-schema-status-refresh.json                         invalid         unreadable other_kind
ob30/sd/derivedcredential.json                                          valid           unchecked other_signature  sd
ob30/simple-context-version.json                                        see probe       sound                    no_word
ob30/simple-did-web-method.json    valid (test disabled: did.json not in the repo)      sound
ob30/simple-err-context.json                                            invalid         refused other_signer
ob30/simple-err-credential-subject-identifier-type.json                 invalid         refused malformed
ob30/simple-err-credential-subject-result-type.json                     invalid         refused malformed
ob30/simple-err-evidence-type.json                                      invalid         refused malformed
ob30/simple-err-issued.json                                             invalid         refused not_yet
ob30/simple-err-issuer-parentorg-type.json                              invalid         refused malformed
ob30/simple-err-issuer.json                                             invalid         refused malformed
ob30/simple-err-proof-method-unknown-did-method.json                    invalid         refused other_signer
ob30/simple-err-proof-method.json                                       invalid         refused malformed
ob30/simple-err-type.json                                               invalid         unreadable other_kind
ob30/simple-json.svg                                                    valid           sound
ob30/simple-jwt.svg                                                     valid           sound
ob30/simple-jwt_v1.svg                                                  warning         sound
ob30/simple-noproof.json                                                invalid         refused unsigned
ob30/simple.json                                                        valid           sound
ob30/simple_v1.json                                                     warning         sound
`;

const ofTheConsortium = `
safeModeBreaker.json                  invalid: property not defined in the context   refused other_signer
v1Expired.json                        expired                                        refused expired
v1NoStatus.json                       valid (VCDM 1.1)                               sound
v1Revoked.json                        revoked                                        unchecked other_words  words
v1SimpleIssuerId.json                 valid                                          sound
v2DoubleSigWithBadStatusUrl.json      signature valid, status list not found         sound
v2EddsaWithValidStatus.json           valid                                          sound
v2ExpiredWithValidStatus.json         expired                                        refused expired
v2OBv3SpecExample.json                valid                                          sound
v2RevokedAndExpired.json              revoked+expired                                refused expired
v2WithBadDidWeb.json                  did:web unresolved                             sound                  did
v2didWebMultikeyWithValidStatus.json  valid (did:web must resolve)                   sound
`;

const unsigned = `
alignment_case.json                     refused unsigned
alignment_credential_engine.json        refused unsigned
basic_achievement_credential.json       refused unsigned
endorsement_credential.json             unreadable other_kind
full_achievement_credential.json        refused unsigned
skill_assertion_case.json               refused unsigned
skill_assertion_credential_engine.json  refused unsigned
`;

t.test(
  'Every case of 1EdTech has the verdict of the table, and a reason where they say otherwise',
  {
    ...skipWithout('badges-1edtech'),
  },
  async (t) => {
    const rows = rowsOf(ofOneEdTech);
    const theirs = verdictsIn('badges-1edtech', (entry) => entry['1edtech'].verdict);
    t.strictSame(
      rows.map(([file, verdict]) => [file, verdict]),
      theirs,
    );
    await judgeAll(t, 'badges-1edtech', rows);
  },
);

t.test('Every credential of the Digital Credentials Consortium, too', skipWithout('badges-dcc'), async (t) => {
  const rows = rowsOf(ofTheConsortium);
  t.strictSame(
    rows.map(([file, verdict]) => [file, verdict]),
    verdictsIn('badges-dcc', ({ expect }) => expect),
  );
  await judgeAll(t, 'badges-dcc', rows);
});

t.test('Examples that nobody has signed are refused', skipWithout('badges-unsigned-examples'), async (t) => {
  const rows = rowsOf(unsigned);
  t.strictSame(
    rows.map(([file]) => file),
    listCases('badges-unsigned-examples', '.json').sort(),
  );
  for (const [file = '', here] of rows) {
    t.equal(inWords(await verdictOn(`badges-unsigned-examples/${file}`)), here, file);
  }
});

t.test(
  'What lies beside the cases, and is none, is never taken for a certificate',
  skipWithout('badges-1edtech'),
  async (t) => {
    const beside = globSync('ob20/assets/**/*.*', { cwd: folderOfCases('badges-1edtech') });
    t.ok(beside.length > 30);
    for (const file of beside) {
      const { outcome } = await verdictOn(`badges-1edtech/${file}`);
      t.ok(['unreadable', 'refused', 'unchecked'].includes(outcome), `${file}: ${outcome}`);
    }
  },
);

t.test(
  'Where the list of revocations is elsewhere, the reader is told that there is one',
  {
    ...skipWithout('badges-1edtech'),
  },
  async (t) => {
    for (const file of [
      'badges-1edtech/ob30/bit-string-list/credential-status-revoked-blank-nodes.json',
      'badges-dcc/v2DoubleSigWithBadStatusUrl.json',
      'badges-dcc/v2EddsaWithValidStatus.json',
    ]) {
      t.match(await verdictOn(file), { outcome: 'sound', facts: { isRevocable: true } }, file);
    }
  },
);

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
}

function verdictsIn(folder: string, theirs: (entry: Entry) => string): string[][] {
  const entries = Object.entries<Entry>(JSON.parse(readCase(`${folder}/expected.json`)));
  return entries.map(([file, entry]) => [file, theirs(entry)]);
}

interface Entry {
  '1edtech': { verdict: string };
  expect: string;
}

async function judgeAll(t: Test, folder: string, rows: string[][]): Promise<void> {
  for (const [file = '', theirs = '', here = '', reason] of rows) {
    const judgement = await verdictOn(`${folder}/${file}`);
    t.equal(inWords(judgement), here, file);
    t.equal(agrees(theirs, judgement), reason === undefined, `${file}: ${theirs}, here ${here}`);
    if (reason !== undefined) t.ok(reasons[reason as Reason], `${file} has no reason called ${reason}`);
  }
}

/** Said to be worth nothing, whether for its contents or for being no badge; or said to be sound. */
function agrees(theirs: string, { outcome }: Judgement): boolean {
  if (/^(?:invalid|expired|revoked)/.test(theirs)) return outcome === 'refused' || outcome === 'unreadable';
  return /^(?:valid|warning|signature valid)/.test(theirs) && outcome === 'sound';
}

async function verdictOn(path: string): Promise<Judgement> {
  return judge(readCredential(caseFile(path)), now);
}
