import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, textOf } from '../support/html.ts';

t.test('A sentence is shown on the next page and on no other', async (t) => {
  const visitor = client((await testApp(t)).app);
  visitor.cookies.set('flash', 'good lessons.completed');
  const next = await visitor.get('/sign-in');
  t.strictSame(allByRole(next.html, 'status', 'Đã ghi lại').length, 1);
  t.notOk(visitor.cookies.has('flash'));
  t.strictSame(allByRole((await visitor.get('/sign-in')).html, 'status', 'Đã ghi lại').length, 0);
});

t.test('Bad news is an alert, in the language of the page', async (t) => {
  const visitor = client((await testApp(t)).app);
  visitor.cookies.set('flash', 'bad attempts.already_handed_in');
  const { html } = await visitor.get('/sign-in?lang=en');
  t.match(textOf(allByRole(html, 'alert')[0] ?? html), /handed in/);
});

t.test('Nobody can make a page say what is no message of ours', async (t) => {
  const visitor = client((await testApp(t)).app);
  const forged = [
    'good <script>alert(1)</script>',
    'good nothing.here',
    'good courses.found',
    'evil lessons.completed',
    'good',
    '',
    'good constructor',
    `good ${'x'.repeat(3000)}`,
  ];
  for (const value of forged) {
    visitor.cookies.set('flash', value);
    const page = await visitor.get('/sign-in');
    t.equal(page.status, 200, value.slice(0, 40));
    t.equal(page.html.getElementById('flash'), null);
  }
});

t.test('After a change htmx is told where to go, a browser is sent there', async (t) => {
  const { app } = await testApp(t);
  const visitor = client(app);
  const sent = await visitor.post('/preferences/data-saving', { saving: 'on', back: '/courses' });
  t.match(sent, { status: 303, headers: { location: '/courses' } });
  const told = await visitor.post(
    '/preferences/data-saving',
    { saving: 'off', back: '/courses' },
    { 'hx-request': 'true' },
  );
  t.match(told, { status: 204, headers: { 'hx-redirect': '/courses', vary: /hx-request/ } });
});
