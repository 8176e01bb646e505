import fc from 'fast-check';
import t from 'tap';
import { type Client, client } from '../support/client.ts';
import type { Fields } from '../support/html.ts';
import { seed } from '../support/seed.ts';
import { envelopes, filled, mutated, mutations, parts } from './hostility.ts';
import { hears, type Route } from './route-list.ts';
import { type Actor, actors, world } from './world.ts';

/** A walk that fits in a run of all tests; the README says how to take a long one. */
const requests = Number(process.env.HOSTILE_REQUESTS ?? 1000);
/** After so many everybody comes anew: they may have signed out, been erased, or closed their cohort. */
const lifetime = 500;

interface Form {
  actor: Actor;
  route: Route;
  action: string;
  method: string;
  fields: Fields;
}

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
  if (route.method !== 'GET') return visitor.post(path, wellFormed(fields), headers);
  const query = new URLSearchParams(wellFormed(fields)).toString().slice(0, 4000);
  return visitor.get(`${path}${path.includes('?') ? '&' : '?'}${query}`, headers);
}

function wellFormed(fields: Fields): Fields {
  return fields.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]);
}

function withPart(address: string, part: string | null, at: number): string {
  if (part === null) return address;
  const [path = '', query] = address.split('?');
  const steps = path.split('/');
  const index = 1 + (at % Math.max(1, steps.length - 1));
  const hostile = encodeURIComponent(part.toWellFormed()).slice(0, 2000);
  return `${steps.with(Math.min(index, steps.length - 1), hostile).join('/')}${query ? `?${query}` : ''}`;
}

/** Every form that somebody finds on a page of the table of routes, filled in as it should be. */
async function formsOf(
  site: Awaited<ReturnType<typeof world>>,
  { all, ids }: Awaited<ReturnType<Awaited<ReturnType<typeof world>>['people']>>,
): Promise<Form[]> {
  const found: Form[] = [];
  for (const actor of actors) {
    // Somebody signed in sees no page to sign in on.
    const visitor = actor === 'stranger' ? client(site.app) : all[actor];
    for (const route of site.routes.filter(({ method }) => method === 'GET')) {
      const page = await visitor.get(site.address(route, ids));
      for (const form of page.html.querySelectorAll('form')) {
        const method = form.getAttribute('method')?.toUpperCase() ?? 'GET';
        const action = new URL(form.getAttribute('action') || page.url, `http://localhost${page.url}`);
        const hearer = site.routes.find((one) => one.method === method && hears(one, action.pathname));
        if (hearer === undefined) continue;
        found.push({ actor, route: hearer, action: action.pathname, method, fields: filled(form) });
      }
    }
  }
  return found;
}
