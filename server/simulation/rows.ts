/** What a simulation writes, in an order in which every row finds those that it names. */
const tables = {
  persons: ['id', 'language', 'created_at'],
  person_details: [
    ...['person_id', 'full_name', 'learner_code', 'phone', 'birth_year', 'birth_month'],
    ...['secret_kind', 'secret_hash', 'recovery_hash', 'updated_at'],
  ],
  consents: ['id', 'person_id', 'purpose', 'text_version', 'granted', 'given_at', 'channel', 'given_by'],
  organisations: ['id', 'code', 'parent_id', 'path', 'kind', 'name', 'place_code', 'created_at'],
  memberships: ['id', 'person_id', 'organisation_id', 'role', 'valid_from', 'granted_by_id'],
  cohorts: ['id', 'organisation_id', 'name', 'place_code', 'language', 'seats', 'created_by_id', 'created_at'],
  cohort_courses: ['cohort_id', 'course_id', 'position'],
  mentors: ['person_id'],
  cohort_mentors: ['id', 'cohort_id', 'person_id', 'valid_from', 'added_by_id'],
  cohort_members: ['id', 'cohort_id', 'person_id', 'joined_at'],
  mentorships: ['id', 'member_id', 'cohort_id', 'mentor_id', 'valid_from'],
  enrolments: ['id', 'person_id', 'course_id', 'version_id', 'enrolled_at'],
  completions: ['person_id', 'enrolment_id', 'item_id', 'cause', 'completed_at'],
  attempts: ['id', 'person_id', 'enrolment_id', 'item_id', 'number', 'started_at'],
  open_attempts: ['enrolment_id', 'item_id', 'attempt_id'],
  answers: ['person_id', 'attempt_id', 'question_id', 'revision', 'response', 'language', 'answered_at'],
  submissions: ['attempt_id', 'submitted_at'],
  markings: ['attempt_id', 'number', 'cause', 'points', 'max_points', 'passed', 'marked_at'],
  marks: ['attempt_id', 'marking_number', 'question_id', 'points'],
  certificates: ['id', 'code', 'person_id', 'achievement', 'enrolment_id', 'term', 'printed', 'issued_at'],
  audit_events: ['id', 'happened_at', 'actor_id', 'subject_id', 'verb', 'channel', 'facts'],
} as const;

export type TableName = keyof typeof tables;
type Value = string | number | boolean | null | Date | object;
export type Counts = Record<TableName, number>;

/** Rows on their way into the database, as text for COPY. They are in memory until they are taken. */
export class Rows {
  readonly counts = Object.fromEntries(Object.keys(tables).map((name) => [name, 0])) as Counts;
  readonly #waiting = new Map<TableName, string[]>();

  add<T extends TableName>(table: T, row: Record<(typeof tables)[T][number], Value>): void {
    const values = row as Record<string, Value>;
    const lines = this.#waiting.get(table) ?? [];
    if (lines.length === 0) this.#waiting.set(table, lines);
    lines.push(`${tables[table].map((column) => inText(values[column] ?? null)).join('\t')}\n`);
    this.counts[table] += 1;
  }

  /** All that is waiting, table by table. */
  *take(): Generator<{ name: TableName; columns: string[]; text: string }> {
    for (const [name, columns] of Object.entries(tables) as [TableName, readonly string[]][]) {
      const lines = this.#waiting.get(name);
      if (lines === undefined) continue;
      this.#waiting.delete(name);
      yield { name, columns: [...columns], text: lines.join('') };
    }
  }
}

function inText(value: Value): string {
  if (value === null) return '\\N';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
