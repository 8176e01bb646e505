import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../cohorts/access.ts';
import { blankForm, type Form, readForm, withErrors } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { listVersions } from '../versions/reading.ts';
import { type ExtraTimeFields, ExtraTimeForm, shares } from './forms.ts';
import { getTimedMember, giveExtraTime, type TimedMember } from './queries.ts';

interface TimedQuiz {
  course_id: string;
  key: string;
  title: string;
  course_title: string;
  /** Of its title. */
  language: string;
  /** Without more. */
  minutes: number;
  /** How the form names it. */
  value: string;
}

declare module '../platform/views.ts' {
  interface Views {
    'extra-times/index': {
      cohort: Cohort;
      member: Pick<TimedMember, 'id' | 'full_name'>;
      quizzes: TimedQuiz[];
      /** The newest first; without a quiz: all of them, or one that has no limit any more. */
      given: (TimedMember['given'][number] & { quiz: TimedQuiz | null })[];
      shares: typeof shares;
      id: string;
      form: Form<ExtraTimeFields>;
    };
  }
}

type WithMember = { Params: { id: string; member: string } };

/** More time in quizzes that have a limit, for who needs it: given by who guides them or manages, and on record. */
export function extraTimeRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithMember>('/cohorts/:id/members/:member/extra-times', async (request, reply) => {
    const form = blankForm(ExtraTimeForm, { quiz: 'all' });
    return show(reply, 200, await load(request), { id: newId(), form });
  });

  app.post<WithMember>('/cohorts/:id/members/:member/extra-times', async (request, reply) => {
    const loaded = await load(request);
    const { cohort, member, quizzes } = loaded;
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(ExtraTimeForm, request.body);
    if (!form.ok) return show(reply, 422, loaded, { id, form });
    const quiz = quizzes.find(({ value }) => value === form.data.quiz) ?? null;
    if (quiz === null && form.data.quiz !== 'all')
      return show(reply, 422, loaded, { id, form: withErrors(form, { quiz: 'extra_times.error_quiz' }) });
    const more = { id, quiz, percent: Number(form.data.percent) };
    await db.transaction().execute((trx) => giveExtraTime(trx, member, more, signedIn(request)));
    return reply.goTo(`/cohorts/${cohort.id}/members/${member.id}/extra-times`, 'extra_times.recorded');
  });

  async function load(request: FastifyRequest<WithMember>) {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const member = await getTimedMember(db, cohort, reader, request.params.member);
    const versions = await listVersions(
      db,
      [...new Set(member.quizzes.map(({ version_id }) => version_id))],
      request.language,
    );
    const quizzes = member.quizzes.flatMap(({ course_id, version_id, key }): TimedQuiz[] => {
      const version = versions.get(version_id);
      const item = version?.items.find((one) => one.key === key);
      const minutes = item?.quiz?.time_limit;
      if (version === undefined || item === undefined || minutes === undefined) return [];
      const { language, title: course_title } = version;
      return [{ course_id, key, title: item.title, course_title, language, minutes, value: `${course_id}/${key}` }];
    });
    return { cohort, member, quizzes };
  }
}

interface Loaded {
  cohort: Cohort;
  member: TimedMember;
  quizzes: TimedQuiz[];
}

function show(
  reply: FastifyReply,
  status: number,
  { cohort, member, quizzes }: Loaded,
  sent: { id: string; form: Form<ExtraTimeFields> },
) {
  const { id, full_name } = member;
  const given = member.given.map((one) => ({
    ...one,
    quiz: quizzes.find(({ course_id, key }) => course_id === one.course_id && key === one.quiz_key) ?? null,
  }));
  return reply.page(
    'extra-times/index',
    { cohort, member: { id, full_name }, quizzes, given, shares, ...sent },
    { status },
  );
}
