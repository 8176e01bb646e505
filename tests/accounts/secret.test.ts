import t from 'tap';
import { ChangeForm } from '../../server/accounts/secrets/forms.ts';
import { argon2Hasher } from '../../server/accounts/secrets/hashing.ts';
import { kindOf, readSecret, secretFault } from '../../server/accounts/secrets/secret.ts';
import { readForm } from '../../server/platform/forms.ts';

const lan = {
  full_name: 'Nguyễn Đỗ Lan Anh',
  birth_year: 2008,
  birth_month: 3,
  phone: '+84973850264',
  learner_code: '4468481381',
};

function faultsOf(secrets: string[], needsPassword = false): Record<string, string | null> {
  return Object.fromEntries(secrets.map((secret) => [secret, secretFault(secret, lan, needsPassword)]));
}

t.test('Digits are a PIN however they are spaced, all else is a password to the letter', async (t) => {
  t.equal(readSecret(' 402 957\u00a0'), '402957');
  t.equal(readSecret(' trăng rằm 8 '), ' trăng rằm 8 ');
  t.equal(kindOf('402957'), 'pin');
  t.equal(kindOf('402957a'), 'password');
});

t.test('A PIN has six digits or more, and none that relatives would try', async (t) => {
  t.same(faultsOf(['40295', '123456']), { 40295: 'accounts.error_pin_short', 123456: 'accounts.error_pin_common' });
  const own = [
    '150308',
    '080315',
    '031508',
    '452008',
    '032008',
    '200803',
    '973850',
    '0973850264',
    '84973850264',
    '446848',
  ];
  t.same(
    Object.entries(faultsOf(own)).filter(([, fault]) => fault !== 'accounts.error_secret_own'),
    [],
  );
  t.same(faultsOf(['402957', '150409']), { 402957: null, 150409: null });
});

t.test('A password has eight characters or more, of which enough are neither common nor one’s own', async (t) => {
  t.equal(secretFault('lan anh', lan, false), 'accounts.error_password_short');
  const own = ['lananh2008', 'NguyenLanAnh', 'Đỗ Lan Anh!', 'anh-2008-lan', 'lananhabc123'];
  t.same(
    Object.entries(faultsOf(own)).filter(([, fault]) => fault !== 'accounts.error_secret_own'),
    [],
  );
  const common = [
    'password1',
    'matkhau123',
    'Mật khẩu',
    'iloveyou!!',
    'qwerty123456',
    'aaaaaaaaaa',
    'abcd1234',
    '12345678a',
  ];
  t.same(
    Object.entries(faultsOf(common)).filter(([, fault]) => fault !== 'accounts.error_password_common'),
    [],
  );
  const good = ['trăng rằm sáng', 'k7#mQ2xw', 'lan thích chè bưởi', 'គោរពស្រលាញ់'];
  t.same(
    Object.entries(faultsOf(good)).filter(([, fault]) => fault !== null),
    [],
  );
});

t.test('A sentence of two hundred characters is a password, all of which counts', async (t) => {
  const sentence = 'đường về nhà đi qua hai cây cầu và một vườn bưởi '.repeat(9).slice(0, 199);
  const form = readForm(ChangeForm, { old_secret: '402957', secret: `${sentence}a` });
  t.equal(readSecret(form.data?.secret ?? ''), `${sentence}a`);
  t.equal(secretFault(`${sentence}a`, lan, true), null);
  const hasher = argon2Hasher({ memoryCost: 8, timeCost: 1, parallelism: 1 });
  t.equal(await hasher.verify(await hasher.hash(`${sentence}a`), `${sentence}b`), false);
});

t.test('Where a password is needed no PIN will do, be it ever so long', async (t) => {
  t.same(faultsOf(['402957', '40295718360274'], true), {
    402957: 'accounts.error_password_needed',
    40295718360274: 'accounts.error_password_needed',
  });
});
