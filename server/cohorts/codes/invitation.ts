import type { FastifyReply } from 'fastify';
import { placeWords } from '../../places/words.ts';
import { slots } from '../matching/matching.ts';
import type { Question } from '../requests/questions.ts';
import { spoken } from '../wishes/forms.ts';
import { getInvitation, type Invitation } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/join': {
      cohort: Invitation;
      code: string;
      place: string | null;
      spoken: readonly string[];
      slots: readonly string[];
      /** Beside the questions. */
      typed: string[];
      error: string | null;
    };
  }
}

/** Where a code of a cohort leads: what it is, who will see what, and the button. */
export async function showCohort(
  reply: FastifyReply,
  code: string,
  cohortId: string,
  answer: (questions: Question[]) => { typed: string[]; error: string | null } = () => ({ typed: [], error: null }),
) {
  const { request } = reply;
  const cohort = await getInvitation(request.server.db, cohortId, request.person, request.language);
  const { typed, error } = answer(cohort.questions);
  const { place_name, place_kind } = cohort;
  const place = place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null;
  return reply.page(
    'cohorts/join',
    { cohort, code, place, spoken, slots, typed, error },
    { status: error === null ? 200 : 422 },
  );
}
