import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { blankForm, type Form, field, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getOpenable, open } from './queries.ts';

const OpeningForm = Type.Object({
  reason: field.text({ minLength: 5, maxLength: 500, message: 'cohorts.error_opening' }),
});
type OpeningFields = Static<typeof OpeningForm>;

/** What is opened, as in its address. */
type Opened = 'messages' | 'check-ins';

interface Door {
  cohort_id: string;
  member_id: string;
  thread_id: string;
  opens: Opened;
}

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/opening': Door & { id: string; form: Form<OpeningFields> };
  }
}

/** A manager says why they look at what is between a learner and their mentor. */
export function openingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<{ Params: { id: string; member: string } }>(
    '/cohorts/:id/members/:member/openings',
    async (request, reply) => {
      const manager = signedIn(request);
      const member = await getOpenable(db, manager, request.params.id, request.params.member);
      const opens = hiddenField(request.body, 'opens') === 'check-ins' ? 'check-ins' : 'messages';
      const thread_id = hiddenField(request.body, 'thread');
      const id = rowId(hiddenField(request.body, 'id'));
      const form = readForm(OpeningForm, request.body);
      const door = { cohort_id: member.cohort_id, member_id: member.id, thread_id, opens } as const;
      if (!form.ok) return reply.page('cohorts/opening', { ...door, id, form }, { status: 422 });
      await db.transaction().execute((trx) => open(trx, member, { id, reason: form.data.reason }, manager));
      const query = thread_id === '' ? '' : `?thread=${encodeURIComponent(thread_id)}`;
      return reply.goTo(`/cohorts/${member.cohort_id}/members/${member.id}/${opens}${query}`, 'cohorts.opened');
    },
  );
}

/** In place of what a manager has not opened yet. */
export function showDoor(reply: FastifyReply, door: Door) {
  return reply.page('cohorts/opening', { ...door, id: newId(), form: blankForm(OpeningForm) });
}
