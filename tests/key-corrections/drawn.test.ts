import t from 'tap';
import { drawn } from '../attempts/drawn.ts';
import { idOf } from '../attempts/timed.ts';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { correct } from './correcting.ts';

t.test(
  'Of a quiz that draws, a correction concerns the attempts that had the question, also in a version with other tags',
  async (t) => {
    const site = await testApp(t);
    const { db } = site;
    await publish(t, site, drawn);
    const reviewer = await signedIn(site, { roles: ['reviewer'] });
    const question = await db.selectFrom('questions').where('key', '=', 'q1').select('id').executeTakeFirstOrThrow();
    const had: string[] = [];
    const others: string[] = [];
    while (had.length < 2 || others.length < 2) {
      const lan = await learner(site);
      const attempt = await startAttempt(lan);
      await handIn(lan, attempt);
      const { question_ids } = await db
        .selectFrom('attempts')
        .where('id', '=', idOf(attempt))
        .select('question_ids')
        .executeTakeFirstOrThrow();
      (question_ids?.includes(question.id) ? had : others).push(idOf(attempt));
    }
    // The next version draws it by another tag: it is the same question.
    const retagged = Object.fromEntries(
      Object.entries(drawn).map(([path, text]) => [
        path,
        String(text)
          .replaceAll('tag:mạng', 'tag:net')
          .replace('tag: mạng', 'tag: net')
          .replace('[tag:lesson:first] [tag:may]', '[tag:may]'),
      ]),
    );
    await publish(t, site, retagged);
    const { preview, done } = await correct(site, reviewer, 'q1', { is_void: 'yes' });
    t.match(textOf(preview.html), `${had.length} bài tăng điểm`);
    t.match(textOf(done.html), `${had.length} bài đã đổi điểm`);
    const marked = await db
      .selectFrom('markings')
      .where('cause', '=', 'correction')
      .select(['attempt_id', 'points'])
      .execute();
    t.strictSame(marked.map(({ attempt_id }) => attempt_id).sort(), [...had].sort());
    t.strictSame([...new Set(marked.map(({ points }) => points))], [1]);
  },
);
