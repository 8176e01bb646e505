import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify from 'fastify';
import t, { type Test } from 'tap';
import { client } from './client.ts';

async function smallApp(t: Test) {
  const app = fastify();
  await app.register(cookie);
  await app.register(formbody);
  app.get('/form', (request, reply) =>
    reply.type('text/html').send(`
      <header><form action="/sign-out" method="post"><button>Thoát</button></form></header>
      <main><form method="post" action="form/${request.cookies.seen ?? 'new'}?step=1">
        <input type="hidden" name="revision" value="7"><input name="name" value="Lan">
        <input type="checkbox" name="agree" checked>
        <button name="action" value="save">Lưu</button> <button name="action" value="hand-in" formaction="/done">Nộp</button>
      </form></main>`),
  );
  app.get('/search', async (request) => request.query);
  app.get('/seek', (_, reply) =>
    reply.type('text/html').send('<main><form action="/search?old=1"><input name="q"></form></main>'),
  );
  app.post('*', (request, reply) => {
    const { url, body, headers } = request;
    if (url === '/done') return reply.clearCookie('seen').redirect('/form', 303);
    return reply.setCookie('seen', 'đã xem', { path: '/' }).send({ url, body, site: headers['sec-fetch-site'] });
  });
  t.teardown(() => app.close());
  return app;
}

t.test('A form goes out with its hidden fields, its defaults, what is typed, and the button pressed', async (t) => {
  const visitor = client(await smallApp(t));
  const form = await visitor.get('/form');
  const answer = await visitor.submit(form, { fields: { name: 'Minh', agree: null } });
  t.same(JSON.parse(answer.body), {
    url: '/form/new?step=1',
    body: { revision: '7', name: 'Minh', action: 'save' },
    site: 'same-origin',
  });
});

t.test('Cookies are kept, sent back and dropped when the server says so', async (t) => {
  const visitor = client(await smallApp(t));
  await visitor.post('/any');
  t.match((await visitor.get('/form')).body, 'action="form/đã xem?step=1"');
  const done = await visitor.submit(await visitor.get('/form'), { button: 'Nộp' });
  t.equal(done.status, 303);
  t.equal((await visitor.follow(done)).url, '/form');
  t.equal(visitor.cookies.size, 0);
});

t.test('A form that gets puts its fields into the address', async (t) => {
  const visitor = client(await smallApp(t));
  const answer = await visitor.submit(await visitor.get('/seek'), { fields: { q: 'mạng' } });
  t.same(JSON.parse(answer.body), { q: 'mạng' });
});

t.test('What the form does not have cannot be sent by it', async (t) => {
  const visitor = client(await smallApp(t));
  const form = await visitor.get('/form');
  await t.rejects(visitor.submit(form, { fields: { role: 'owner' } }), /no field role, only: revision,name,agree/);
  await t.rejects(visitor.submit(form, { button: 'Xoá' }), /No button says “Xoá”, only: Lưu,Nộp/);
  await t.rejects(visitor.submit(form, { form: '/none' }), /Here are: \/sign-out, form\/new/);
});
