import t from 'tap';
import { deviceOf } from '../../server/accounts/sessions/device.ts';

t.test('A browser is called what its owner calls it', async (t) => {
  const told = {
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36':
      'Chrome, Android',
    'Mozilla/5.0 (Linux; Android 9; SM-J600G) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/16.0 Chrome/92.0.4515.166 Mobile Safari/537.36':
      'Samsung Internet, Android',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1':
      'Safari, iPhone',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/112.0.0 Chrome/106.0.0.0 Safari/537.36':
      'Cốc Cốc, Windows',
    'Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5': 'Firefox, KaiOS',
    'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1': 'Lynx',
    'something new': '',
  };
  for (const [userAgent, device] of Object.entries(told)) t.equal(deviceOf(userAgent), device);
  t.equal(deviceOf(undefined), '');
});
