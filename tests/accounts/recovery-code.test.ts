import { randomBytes } from 'node:crypto';
import t from 'tap';
import { newFormToken, newRecoveryCode, readRecoveryCode } from '../../server/accounts/secrets/recovery-code.ts';

t.test('The same form gives the same code, another form or another site another one', async (t) => {
  const site = randomBytes(32);
  const token = newFormToken();
  const code = newRecoveryCode(site, token);
  t.equal(newRecoveryCode(site, token), code);
  t.not(newRecoveryCode(site, newFormToken()), code);
  t.not(newRecoveryCode(randomBytes(32), token), code);
});

t.test('Every code has twelve digits with a check digit, and is read however it is spaced', async () => {
  const site = randomBytes(32);
  for (let count = 0; count < 500; count += 1) {
    const code = newRecoveryCode(site, newFormToken());
    const reading = readRecoveryCode(code.replace(/(....)/g, '$1 '));
    if (!('code' in reading) || reading.code !== code) throw new Error(`${code} is read as ${JSON.stringify(reading)}`);
  }
});
