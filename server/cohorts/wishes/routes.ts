import type { FastifyInstance, FastifyReply } from 'fastify';
import { topics } from '../../courses/topics.ts';
import { type FoundPlace, resolvePlace } from '../../places/queries.ts';
import { placeWords } from '../../places/words.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { Person } from '../../platform/sessions.ts';
import { slots } from '../matching/matching.ts';
import { spoken, tickedOf, type WishFields, WishForm } from './forms.ts';
import { findWishes, type StatedWishes, setWishes } from './queries.ts';

interface WishPage {
  form: Form<WishFields>;
  ticked: Pick<StatedWishes, 'languages' | 'hours' | 'topics'>;
  candidates: (FoundPlace & { words: string })[];
}

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/wishes': WishPage & {
      spoken: readonly string[];
      slots: readonly string[];
      /** Null: who does not guide is not asked. */
      topics: readonly string[] | null;
    };
  }
}

/** What people say about themselves so that learners and mentors fit together; all of it may stay empty. */
export function wishRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/account/wishes', async (request, reply) => {
    const person = signedIn(request);
    const { languages = [], hours = [], topics = [], place_code, place_name } = (await findWishes(db, person)) ?? {};
    const form = blankForm(WishForm, { place: place_name ?? '', place_code: place_code ?? '' });
    return show(reply, 200, person, { form, ticked: { languages, hours, topics }, candidates: [] });
  });

  app.post('/account/wishes', async (request, reply) => {
    const person = signedIn(request);
    const form = readForm(WishForm, request.body);
    const ticked = tickedOf({ language: [], hours: [], topic: [], ...form.data });
    if (!form.ok) return show(reply, 422, person, { form, ticked, candidates: [] });
    const { place, place_code = '' } = form.data;
    const found = place === undefined ? null : await resolvePlace(db, place, place_code);
    if (found !== null && 'candidates' in found) {
      const key = found.candidates.length === 0 ? 'organisations.error_place' : 'organisations.error_place_which';
      const candidates = found.candidates.map((one) => ({ ...one, words: placeWords(request.t, one) }));
      return show(reply, 422, person, { form: withErrors(form, { place: key }), ticked, candidates });
    }
    const wishes = { ...ticked, place_code: found?.place.code ?? null };
    await db.transaction().execute((trx) => setWishes(trx, person, wishes));
    return reply.goTo('/account/wishes', 'matching.saved');
  });
}

function show(reply: FastifyReply, status: number, person: Person, page: WishPage) {
  const guides = person.roles.some((role) => role !== 'learner');
  return reply.page('cohorts/wishes', { ...page, spoken, slots, topics: guides ? topics : null }, { status });
}
