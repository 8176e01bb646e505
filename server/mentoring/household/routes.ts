import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { abilities, abilitiesIn } from './abilities.ts';
import { AbilitiesForm, type MemberFields, MemberForm } from './forms.ts';
import { insertMember, listHousehold, mostMembers, removeMember, setAbilities } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'mentoring/household': {
      household: Awaited<ReturnType<typeof listHousehold>>;
      abilities: readonly string[];
      form: Form<MemberFields>;
      /** Of the row that the form makes. */
      id: string;
      is_full: boolean;
    };
  }
}

type WithId = { Params: { id: string } };

/** Whom somebody teaches at home, by the name that the family uses, and what each can do now. Nobody else reads it. */
export function householdRoutes(app: FastifyInstance): void {
  const { db } = app;
  const home = '/mentoring/household';

  app.get(home, async (request, reply) => show(reply, 200, signedIn(request), blankForm(MemberForm)));

  app.post(home, async (request, reply) => {
    const person = signedIn(request);
    const form = readForm(MemberForm, request.body);
    if (!form.ok) return show(reply, 422, person, form);
    const id = rowId(hiddenField(request.body, 'id'));
    const outcome = await db.transaction().execute((trx) => insertMember(trx, person, id, form.data.name));
    return outcome === 'named'
      ? reply.goTo(home, 'mentoring.household_named')
      : show(reply, 422, person, withErrors(form, { name: `mentoring.error_${outcome}` }));
  });

  app.post<WithId>(`${home}/:id/abilities`, async (request, reply) => {
    const form = readForm(AbilitiesForm, request.body);
    const ticked = abilitiesIn(form.data?.ability ?? []);
    const drawnFrom = Number(hiddenField(request.body, 'drawn_from') || Number.NaN);
    const isDone = await db
      .transaction()
      .execute((trx) => setAbilities(trx, signedIn(request), request.params.id, ticked, drawnFrom));
    return isDone
      ? reply.goTo(home, 'mentoring.household_saved')
      : reply.goTo(home, 'mentoring.household_meanwhile', 'bad');
  });

  app.post<WithId>(`${home}/:id/remove`, async (request, reply) => {
    await removeMember(db, signedIn(request), request.params.id);
    return reply.goTo(home, 'mentoring.household_removed');
  });

  async function show(reply: FastifyReply, status: number, person: { id: string }, form: Form<MemberFields>) {
    const household = await listHousehold(db, person);
    const is_full = household.length >= mostMembers;
    return reply.page('mentoring/household', { household, abilities, form, id: newId(), is_full }, { status });
  }
}
