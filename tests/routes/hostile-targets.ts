import { client } from '../support/client.ts';
import type { Fields } from '../support/html.ts';
import { filled } from './hostility.ts';
import { hears, type Route } from './route-list.ts';
import { type Actor, actors, type world } from './world.ts';

export interface Form {
  actor: Actor;
  route: Route;
  action: string;
  method: string;
  fields: Fields;
}

type World = Awaited<ReturnType<typeof world>>;
type People = Awaited<ReturnType<World['people']>>;

/** Every form that somebody finds on a page of the table of routes, filled in as it should be. */
export async function formsOf(site: World, { all, ids }: People, who: readonly Actor[] = actors): Promise<Form[]> {
  const found: Form[] = [];
  for (const actor of who) {
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

/** What a request may be made of: a form of somebody's pages, or a route as they would ask for it. */
export interface Target {
  actor: Actor;
  /** Such as `POST /courses/:slug/enrolment` */
  name: string;
  method: string;
  path: string;
  fields: Fields;
  cookie: string;
}

export async function targetsOf(site: World, who: readonly Actor[] = actors): Promise<Target[]> {
  const people = await site.people();
  const cookieOf = (actor: Actor) =>
    [...people.all[actor].cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const forms = await formsOf(site, people, who);
  const routes = who.flatMap((actor) =>
    site.routes.map((route) => ({ actor, route, action: site.address(route, people.ids), method: route.method })),
  );
  return [...routes.map((one) => ({ ...one, fields: [] })), ...forms].map(
    ({ actor, route, action, method, fields }) => ({
      ...{ actor, name: route.name, method, path: action, fields },
      cookie: cookieOf(actor),
    }),
  );
}
