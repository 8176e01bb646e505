import { Eta } from 'eta';
import fastify from 'fastify';
import pg from 'pg';
import { findPostgres } from '../../server/database/embedded.ts';

// What the stack can do at all: one route, one indexed query, one small template, and nothing else. Each page is held against it.

const [, , dataDir = ''] = process.argv;
const pool = new pg.Pool((await findPostgres(dataDir)) ?? {});
const query = { name: 'course', text: 'select * from courses where slug = $1' };

const eta = new Eta();
eta.loadTemplate(
  '@course',
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title><%= it.course.slug %></title></head>
<body>
<h1><%= it.course.slug %></h1>
<dl>
<dt>Version</dt><dd><%= it.course.current_version_id %></dd>
<dt>Audience</dt><dd><%= it.course.audience %></dd>
<dt>Since</dt><dd><%= it.course.created_at.toISOString() %></dd>
</dl>
<ul>
<% for (const place of it.places) { %>
<li><a href="/courses/<%= it.course.slug %>/lessons/<%= place %>">Lesson <%= place %></a></li>
<% } %>
</ul>
</body>
</html>`,
);
const places = Array.from({ length: 8 }, (_, index) => index + 1);

const app = fastify();
app.get<{ Params: { slug: string } }>('/:slug', async (request, reply) => {
  const { rows } = await pool.query({ ...query, values: [request.params.slug] });
  return reply.type('text/html; charset=utf-8').send(eta.render('@course', { course: rows[0], places }));
});
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));

// Whoever started it is gone.
process.once('disconnect', () => process.exit());
