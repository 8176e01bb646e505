import t from 'tap';
import { trialRules } from '../../server/trials/rules.ts';

const settings = { pass: 60, attempts: 3, shuffle: true, accents: 'ignore', case: 'ignore' } as const;
const free = { ...settings, attempts: null };
const enrolment_id = '0193a0f0-0000-7000-8000-000000000001';
const attempt = (passed: boolean) => ({
  ...{ id: enrolment_id, number: 1, started_at: '', submitted_at: '2026-11-23T00:00:00Z' },
  ...{ points: 1, max_points: 2, passed },
});
const [failed, passed] = [attempt(false), attempt(true)];

t.test('Who may try a quiz without it counting', async (t) => {
  const notYet = { may: false, why: 'attempts_left' };
  const cases: [string, Parameters<typeof trialRules>[0], boolean, object][] = [
    ['a stranger', { enrolment_id: null, required: true, settings, attempts: [] }, false, { why: 'not_enrolled' }],
    ['who helps others', { enrolment_id: null, required: true, settings, attempts: [] }, true, { reveals: true }],
    ['a helper who takes the course', { enrolment_id, required: true, settings, attempts: [] }, true, notYet],
    ['a learner with attempts left', { enrolment_id, required: true, settings, attempts: [failed] }, false, notYet],
    ['one who has passed', { enrolment_id, required: true, settings, attempts: [passed] }, false, { reveals: true }],
    [
      'one who has used all',
      { enrolment_id, required: true, settings, attempts: [failed, failed, failed] },
      false,
      { reveals: true },
    ],
    [
      'without a limit',
      { enrolment_id, required: true, settings: free, attempts: [failed] },
      false,
      { reveals: false },
    ],
    ['in practice', { enrolment_id, required: false, settings, attempts: [] }, false, { reveals: true }],
  ];
  for (const [name, quiz, isHelper, rules] of cases) t.match(trialRules(quiz, isHelper), rules, name);
});
