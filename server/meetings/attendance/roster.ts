export const states = ['present', 'late', 'absent', 'excused'] as const;
export type State = (typeof states)[number];

export interface Mark {
  member_id: string;
  state: State;
}

/**
 * What a roster that was sent says anew. Each row carries what it showed when it was opened: a row left as it was is no statement, so that a
 * late or repeated roster does not undo what others recorded in between.
 */
export function readMarks(body: unknown, members: string[]): Mark[] {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return members.flatMap((member_id) => {
    const state = states.find((one) => one === fields[`state-${member_id}`]);
    return state === undefined || state === fields[`shown-${member_id}`] ? [] : [{ member_id, state }];
  });
}

/** How many are what; who has no mark yet counts as nothing. */
export function countStates(rows: { state: string | null }[]): Record<State, number> {
  const count = (state: State) => rows.filter((row) => row.state === state).length;
  return { present: count('present'), late: count('late'), absent: count('absent'), excused: count('excused') };
}
