import type { FastifyInstance, FastifyReply } from 'fastify';
import { isChild } from '../accounts/birth.ts';
import { requireConfirmed } from '../accounts/confirming/guard.ts';
import { showPhone } from '../accounts/contact.ts';
import { type Branch, getBranch } from '../organisations/managing/queries.ts';
import { showDigitCode } from '../platform/digit-code.ts';
import { pageNumber, queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { drawCards } from './cards/cards.ts';
import {
  closeDoors,
  getManagedPerson,
  listCardHolders,
  listPeople,
  type ManagedPerson,
  mostListed,
  openDoor,
  type PeopleFilter,
  states,
  takeSecondStepsAway,
} from './queries.ts';

interface PersonPage {
  person: ManagedPerson;
  learner_code: string;
  phone: string | null;
  isChild: boolean;
}

declare module '../platform/views.ts' {
  interface Views {
    'people/list': {
      branch: Branch;
      filter: PeopleFilter;
      list: Awaited<ReturnType<typeof listPeople>>;
      /** So many of a large branch are gone through page by page. */
      mostListed: number;
    };
    'people/show': PersonPage;
    'people/pins': { back: string; pins: { full_name: string; learner_code: string; pin: string }[]; refused: number };
  }
}

interface WithCode {
  Params: { code: string };
}
interface WithId {
  Params: { id: string };
}

/** So many cards in one file: 100 sheets. */
const mostCards = 800;
const mostPins = 50;

/** The people of a branch, for those who manage it. */
export function peopleRoutes(app: FastifyInstance): void {
  const { db, config } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get<WithCode>('/admin/organisations/:code/people', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const filter = filterOf(request.query);
    const list = await listPeople(db, branch, manager, filter);
    return reply.page('people/list', { branch, filter, list, mostListed });
  });

  app.get<WithCode>('/admin/organisations/:code/cards.pdf', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    const holders = await listCardHolders(db, branch, filterOf(request.query), mostCards);
    const pdf = await drawCards(holders, config.publicUrl, request.language, request.t);
    return reply
      .type('application/pdf')
      .header('content-disposition', `inline; filename="${branch.code}-cards.pdf"`)
      .header('cache-control', 'private, no-store')
      .send(Buffer.from(pdf));
  });

  /** One-time PINs for a class, to read out or to hand over: shown this once. */
  app.post<WithCode>('/admin/organisations/:code/people/one-time-pins', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const asked = (request.body as Record<string, unknown> | undefined)?.person;
    const ids = [asked]
      .flat()
      .filter((id): id is string => typeof id === 'string')
      .slice(0, mostPins);
    const back = `/admin/organisations/${branch.code}/people`;
    if (ids.length === 0) return reply.goTo(back, 'people.nobody_chosen', 'bad');
    return sendPins(reply, back, ids);
  });

  app.get<WithId>('/admin/people/:id', async (request, reply) => {
    const person = await getManagedPerson(db, signedIn(request), request.params.id);
    return reply.page('people/show', {
      person,
      learner_code: showDigitCode(person.learner_code),
      phone: person.phone && showPhone(person.phone),
      isChild: isChild(person, new Date()),
    });
  });

  app.post<WithId>('/admin/people/:id/one-time-pin', guarded, async (request, reply) => {
    const { id } = await getManagedPerson(db, signedIn(request), request.params.id);
    return sendPins(reply, `/admin/people/${id}`, [id]);
  });

  app.post<WithId>('/admin/people/:id/sessions/remove', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const person = await getManagedPerson(db, manager, request.params.id);
    await db.transaction().execute((trx) => closeDoors(trx, manager, person));
    return reply.goTo(`/admin/people/${person.id}`, 'people.sessions_ended');
  });

  app.post<WithId>('/admin/people/:id/second-factor/remove', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const person = await getManagedPerson(db, manager, request.params.id);
    await db.transaction().execute((trx) => takeSecondStepsAway(trx, manager, person));
    app.postman.wake();
    return reply.goTo(`/admin/people/${person.id}`, 'people.second_factor_reset');
  });

  async function sendPins(reply: FastifyReply, back: string, ids: string[]) {
    const manager = signedIn(reply.request);
    const pins: { full_name: string; learner_code: string; pin: string }[] = [];
    for (const id of new Set(ids)) {
      const person = await getManagedPerson(db, manager, id);
      // In a list somebody of a higher rank is passed over; asked for alone, they are refused.
      if (!person.may_help && ids.length > 1) continue;
      const pin = await db.transaction().execute((trx) => openDoor(trx, manager, person));
      pins.push({ full_name: person.full_name, learner_code: showDigitCode(person.learner_code), pin });
    }
    reply.header('cache-control', 'no-store');
    return reply.page('people/pins', { back, pins, refused: new Set(ids).size - pins.length });
  }
}

function filterOf(query: unknown): PeopleFilter {
  const asked = queryText(query, 'state');
  return {
    q: queryText(query, 'q'),
    state: states.find((state) => state === asked) ?? 'all',
    page: pageNumber(queryText(query, 'page')),
  };
}
