import t from 'tap';
import { isPublicAddress } from '../../server/certificates/public-address.ts';

t.test('An https address that anybody can open is public', async (t) => {
  const addresses = ['https://hoc.example.org', 'https://domdom.vn', 'https://học.vn:8443', 'https://203.0.114.7'];
  for (const address of [...addresses, 'https://[2606:4700::1111]', 'https://local.vn', 'https://172.32.0.1'])
    t.equal(isPublicAddress(new URL(address)), true, address);
});

t.test('One of this machine, of a home or an office is not, nor any without https', async (t) => {
  for (const address of [
    ...[
      'http://hoc.example.org',
      'https://localhost',
      'https://localhost:3000',
      'https://may-chu',
      'https://a.localhost',
    ],
    ...[
      'https://truong.local',
      'https://truong.local.',
      'https://box.lan',
      'https://x.home.arpa',
      'https://x.internal',
    ],
    ...['https://127.0.0.1', 'https://127.8.9.1', 'https://2130706433', 'https://0.0.0.0', 'https://10.1.2.3'],
    ...['https://172.31.255.255', 'https://192.168.1.5', 'https://169.254.1.1', 'https://100.64.0.1'],
    ...['https://[::1]', 'https://[::]', 'https://[fd00::1]', 'https://[fe80::1]', 'https://[::ffff:192.168.1.5]'],
  ])
    t.equal(isPublicAddress(new URL(address)), false, address);
});
