import fc from 'fast-check';
import t from 'tap';
import { offset } from '../assignments/uploads.ts';
import type { Client } from '../support/client.ts';
import type { Fields } from '../support/html.ts';
import { seed } from '../support/seed.ts';
import { formsOf } from './hostile-targets.ts';
import { envelopes, mutated, mutations, parts, wellFormed, withPart } from './hostility.ts';
import type { Route } from './route-list.ts';
import { actors, world } from './world.ts';

/** A walk that fits in a run of all tests; the README says how to take a long one. */
const requests = Number(process.env.HOSTILE_REQUESTS ?? 1000);
/** After so many everybody comes anew: they may have signed out, been erased, or closed their cohort. */
const lifetime = 500;

t.test(`Whatever is done to forms and addresses, no answer is a fault of ours (SEED=${seed})`, async (t) => {
  const site = await world(t);
  const plan = fc.record({
    actor: fc.constantFrom(...actors),
    at: fc.nat(),
    isForm: fc.boolean(),
    changes: mutations,
    headers: envelopes,
    part: parts,
  });
  let people = await site.people();
  let forms = await formsOf(site, people);
  for (const [number, one] of fc.sample(plan, { numRuns: requests, seed }).entries()) {
    if (number > 0 && number % lifetime === 0) {
      people = await site.people();
      forms = await formsOf(site, people);
    }
    const visitor = people.all[one.actor];
    const mine = forms.filter(({ actor }) => actor === one.actor);
    const form = one.isForm && mine.length > 0 ? mine[one.at % mine.length] : undefined;
    const route = form?.route ?? site.routes[one.at % site.routes.length];
    if (route === undefined) throw new Error('no routes');
    const path = withPart(form?.action ?? site.address(route, people.ids), one.part, one.at);
    const fields = mutated(form?.fields ?? [], one.changes);
    const what = `${number}: ${one.actor} ${route.name} ${path.slice(0, 200)} ${JSON.stringify(fields).slice(0, 400)} ${JSON.stringify(one.headers).slice(0, 100)}`;
    const page = await ask(visitor, route, path, fields, one.headers);
    // Readiness and refusals for a while are no faults.
    if (page.status >= 500 && page.status !== 503) t.fail(`${page.status} ${what}`);
    if (/<script>alert|<img src=x/.test(page.body)) t.fail(`markup came back: ${what}`);
    if (
      /evil\.example/.test(String(page.headers.location ?? '')) &&
      /^(https?:)?\/\//.test(String(page.headers.location))
    )
      t.fail(`led elsewhere: ${what}`);
  }
  t.pass(`${requests} requests`);
});

function ask(visitor: Client, route: Route, path: string, fields: Fields, headers: Record<string, string>) {
  if (route.method === 'POST') return visitor.post(path, wellFormed(fields), headers);
  if (route.method !== 'GET')
    return visitor.ask(route.method, path, { ...offset(fields.length), ...headers }, Buffer.from(String(fields)));
  const query = new URLSearchParams(wellFormed(fields)).toString().slice(0, 4000);
  return visitor.get(`${path}${path.includes('?') ? '&' : '?'}${query}`, headers);
}
