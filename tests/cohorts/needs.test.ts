import t from 'tap';
import { type MenteeFacts, needsOf, orderByNeed } from '../../server/cohorts/needs.ts';

const thresholds = { days_to_start: 3, days_quiet: 7, quiz_failures: 2, days_stuck: 4, meetings_missed: 2 };
const now = new Date('2026-11-22T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const place = { slug: 'small', key: 'second', kind: 'lesson', title: 'Bài hai', language: 'vi' };
const quiz = { ...place, key: 'final', kind: 'quiz', title: 'Cuối khoá' };

function facts(changes: Partial<MenteeFacts>): MenteeFacts {
  const blank = { failed: [], asked: [], awaiting: [], meetings: [] };
  return { joined_at: daysAgo(2), active_at: null, completed_at: null, next: place, ...blank, ...changes };
}

function kinds(changes: Partial<MenteeFacts>): string[] {
  return needsOf(facts(changes), thresholds, now).map(({ kind }) => kind);
}

t.test('Who has just joined, or is at work, needs nobody', async (t) => {
  t.strictSame(kinds({}), []);
  t.strictSame(kinds({ joined_at: daysAgo(30), active_at: daysAgo(1), completed_at: daysAgo(1) }), []);
});

t.test('Three days without a start, seven without a sign', async (t) => {
  t.strictSame(kinds({ joined_at: daysAgo(2.99) }), []);
  t.strictSame(kinds({ joined_at: daysAgo(3) }), ['not_started']);
  const started = { joined_at: daysAgo(30), completed_at: daysAgo(3) };
  t.strictSame(kinds({ ...started, active_at: daysAgo(6.9) }), []);
  t.strictSame(kinds({ ...started, active_at: daysAgo(7) }), ['quiet']);
});

t.test('A quiz failed twice, and four days before one lesson', async (t) => {
  const active = { joined_at: daysAgo(30), active_at: daysAgo(1), completed_at: daysAgo(1) };
  const failed = (failures: number) => [{ ...quiz, failures, failed_at: daysAgo(1) }];
  t.strictSame(kinds({ ...active, failed: failed(1) }), []);
  t.strictSame(kinds({ ...active, failed: failed(2) }), ['failed']);
  t.strictSame(kinds({ ...active, completed_at: daysAgo(4) }), ['stuck']);
  t.strictSame(kinds({ ...active, completed_at: daysAgo(4), next: quiz }), [], 'a quiz is told by its failures');
});

t.test('Two meetings missed in a row, without an excuse', async (t) => {
  const active = { joined_at: daysAgo(30), active_at: daysAgo(1), completed_at: daysAgo(1) };
  const meetings = (...states: string[]) =>
    states.map((state, week) => ({ id: `${week}`, starts_at: daysAgo(7 * (week + 1)), state }));
  t.strictSame(kinds({ ...active, meetings: meetings('absent', 'absent') }), ['missed']);
  for (const states of [[], ['absent'], ['absent', 'excused'], ['late', 'absent'], ['absent', 'present']])
    t.strictSame(kinds({ ...active, meetings: meetings(...states) }), [], states.join());
  const both = { joined_at: daysAgo(9), meetings: meetings('absent', 'absent') };
  t.strictSame(kinds(both), ['not_started', 'missed'], 'after the other reasons, also of who has not started');
  t.strictSame(kinds({ ...active, completed_at: daysAgo(4), meetings: both.meetings }), ['stuck', 'missed']);
  t.strictSame(kinds({ ...both, next: null }), [], 'who has finished may stay at home');
  const after = (meetings_missed: number, ...states: string[]) =>
    needsOf(facts({ ...active, meetings: meetings(...states) }), { ...thresholds, meetings_missed }, now);
  t.match(after(1, 'absent', 'present'), [{ kind: 'missed', meetings: 1, at: daysAgo(7), before: daysAgo(7) }]);
  t.match(after(3, 'absent', 'absent', 'absent'), [
    { kind: 'missed', meetings: 3, at: daysAgo(7), before: daysAgo(21) },
  ]);
  t.strictSame(after(3, 'absent', 'absent'), []);
});

t.test('Who has finished is left alone, unless they ask', async (t) => {
  const finished = { joined_at: daysAgo(90), active_at: daysAgo(60), completed_at: daysAgo(60), next: null };
  t.strictSame(kinds(finished), []);
  const request = { ...place, id: '1', words: null, asked_at: daysAgo(1), due_at: now };
  t.strictSame(kinds({ ...finished, asked: [request] }), ['asked']);
});

t.test('Who has done all but the sign-off needs their mentor at once, and for nothing else', async (t) => {
  const finished = { joined_at: daysAgo(90), active_at: daysAgo(60), completed_at: daysAgo(60), next: null };
  const awaiting = [{ ...place, kind: 'sign_off', enrolment_id: '1', since: daysAgo(9) }];
  t.strictSame(kinds({ ...finished, awaiting }), ['sign_off']);
});

t.test('Who asked comes first, then who waits longest for the same reason', async (t) => {
  const need = (name: string, kind: 'asked' | 'quiet', days: number) => ({
    name,
    needs:
      kind === 'quiet'
        ? [{ kind, at: daysAgo(days), days }]
        : [
            {
              kind,
              at: daysAgo(days),
              isLate: false,
              request: { ...place, id: name, words: null, asked_at: daysAgo(days), due_at: now },
            },
          ],
  });
  const ordered = orderByNeed([
    need('a', 'quiet', 9),
    need('b', 'asked', 1),
    need('c', 'quiet', 20),
    { name: 'd', needs: [] },
  ]);
  t.strictSame(
    ordered.map(({ name }) => name),
    ['b', 'c', 'a'],
  );
});
