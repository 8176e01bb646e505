import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { showDoor } from '../cohorts/openings/routes.ts';
import { countFailure, type Limit, secondsToWait } from '../limits/queries.ts';
import { Forbidden } from '../platform/errors.ts';
import { blankForm, type Form, queryText, readForm, withErrors } from '../platform/forms.ts';
import { linkedParts } from '../platform/linked-text.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { type MessageFields, MessageForm } from './forms.ts';
import { type Conversation, getConversation, listMessages, markSeen, send } from './queries.ts';
import { listThreads } from './threads/queries.ts';

type Listed = Awaited<ReturnType<typeof listMessages>>;

declare module '../platform/views.ts' {
  interface Views {
    'messages/index': { threads: Awaited<ReturnType<typeof listThreads>> };
    'messages/show': Listed & {
      conversation: Conversation;
      /** Of the message that the form makes. */
      id: string;
      form: Form<MessageFields>;
      /** The page before this one ends with it; 0: this is the newest. */
      before: number;
      wait: number;
      linkedParts: typeof linkedParts;
    };
  }
}

type WithMember = { Params: { id: string; member: string } };

/** What a learner and their mentor write to each other. */
export function messageRoutes(app: FastifyInstance): void {
  const { db, postman } = app;

  app.get('/messages', async (request, reply) =>
    reply.page('messages/index', { threads: await listThreads(db, signedIn(request)) }),
  );

  app.get<WithMember>('/cohorts/:id/members/:member/messages', async (request, reply) => {
    const conversation = await load(request, queryText(request.query, 'thread'));
    return show(request, reply, 200, conversation, { id: newId(), form: blankForm(MessageForm), wait: 0 });
  });

  app.post<WithMember>('/cohorts/:id/members/:member/messages', async (request, reply) => {
    const conversation = await load(request, '');
    if (conversation.part === 'manager') throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(MessageForm, request.body);
    if (!form.ok) return show(request, reply, 422, conversation, { id, form, wait: 0 });
    const others = withErrors(form, { words: 'messages.error_other_mentor' });
    // Written to another mentor than the one who would read it now.
    if (hiddenField(request.body, 'to') !== conversation.mentorship_id)
      return show(request, reply, 422, conversation, { id, form: others, wait: 0 });
    const limit = limitOf(request);
    const wait = await secondsToWait(db, [limit]);
    if (wait > 0) return show(request, reply.header('retry-after', wait), 429, conversation, { id, form, wait });
    const message = { id, words: form.data.words, seen: numberIn(hiddenField(request.body, 'seen')) };
    const outcome = await db.transaction().execute((trx) => send(trx, conversation, message));
    if (outcome === 'closed') return reply.goTo('/messages', 'messages.closed_meanwhile', 'bad');
    if (outcome === 'sent') {
      await countFailure(db, [limit]);
      postman.wake();
    }
    return reply.goTo(pathOf(conversation), 'messages.sent');
  });

  app.post<WithMember>('/cohorts/:id/members/:member/messages/seen', async (request, reply) => {
    const thread = hiddenField(request.body, 'thread');
    const conversation = await load(request, thread);
    if (conversation.part === 'manager') throw new Forbidden();
    const { thread_id, part } = conversation;
    if (thread_id !== null) await markSeen(db, thread_id, part, numberIn(hiddenField(request.body, 'seen')));
    return reply.goTo(pathOf(conversation, thread));
  });

  async function load(request: FastifyRequest<WithMember>, thread: string): Promise<Conversation> {
    return getConversation(db, signedIn(request), request.params.id, request.params.member, thread);
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    conversation: Conversation,
    page: { id: string; form: Form<MessageFields>; wait: number },
  ) {
    const { cohort_id, member_id, thread_id } = conversation;
    if (conversation.part === 'manager' && !conversation.has_opened)
      return showDoor(reply, { cohort_id, member_id, thread_id: thread_id ?? '', opens: 'messages' });
    const before = numberIn(queryText(request.query, 'before'));
    const listed = await listMessages(db, conversation, signedIn(request), before);
    return reply.page('messages/show', { ...page, ...listed, conversation, before, linkedParts }, { status });
  }
}

function pathOf({ cohort_id, member_id }: Conversation, thread = ''): string {
  const query = thread === '' ? '' : `?thread=${encodeURIComponent(thread)}`;
  return `/cohorts/${cohort_id}/members/${member_id}/messages${query}`;
}

function numberIn(typed: string): number {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : 0;
}

/** More is no talk any more; who goes on waits ever longer between two. */
function limitOf(request: FastifyRequest): Limit {
  return { key: `message person ${signedIn(request).id}`, free: 60, longestWaitSeconds: 3600 };
}
