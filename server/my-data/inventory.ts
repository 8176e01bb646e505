/**
 * Every table that points to a person: what of it they get as a copy, and what becomes of it when they are erased. A test holds this
 * list against the database, so that no new table is forgotten.
 *
 * `remove`: it tells who they are, or lets them in; `end`: it holds no longer; `blank`: what they wrote goes, the fact stays; `choose`:
 * as the person says; `keep`: a fact about a number without a name, so that statistics stay true.
 *
 * Not in it are `signatories`: who signs for an organisation stands there by name and title, and need be nobody here. Its managers take them
 * off the list; what was printed stays with its holders, as the name of an assessor does. The page on privacy says so.
 */
export interface Entry {
  table: string;
  /** Whose it is. */
  person: string;
  /** Columns in which others stand who did something for them. */
  others?: string[];
  /** Columns that let somebody in, that only count, or that a person reads before they are given out. */
  hidden?: string[];
  erasing: 'remove' | 'end' | 'blank' | 'choose' | 'keep';
}

export const inventory: Entry[] = [
  { table: 'person_details', person: 'person_id', hidden: ['secret_hash', 'recovery_hash'], erasing: 'remove' },
  { table: 'consents', person: 'person_id', others: ['given_by_person_id'], erasing: 'keep' },
  { table: 'registrations', person: 'person_id', others: ['registered_by_id'], erasing: 'keep' },
  { table: 'one_time_pins', person: 'person_id', others: ['issued_by_id'], hidden: ['pin_hash'], erasing: 'remove' },
  { table: 'person_mergers', person: 'kept_id', others: ['merged_id', 'merged_by_id'], erasing: 'keep' },
  { table: 'representatives', person: 'person_id', erasing: 'remove' },
  { table: 'memberships', person: 'person_id', others: ['granted_by_id'], erasing: 'end' },
  { table: 'enrolments', person: 'person_id', erasing: 'end' },
  { table: 'version_choices', person: 'person_id', erasing: 'keep' },
  { table: 'completions', person: 'person_id', erasing: 'keep' },
  { table: 'attempts', person: 'person_id', erasing: 'keep' },
  { table: 'answers', person: 'person_id', erasing: 'blank' },
  { table: 'assignment_submissions', person: 'person_id', erasing: 'blank' },
  { table: 'assignment_files', person: 'person_id', erasing: 'blank' },
  // What was handed in of them stands among those before.
  { table: 'assignment_uploads', person: 'person_id', hidden: ['metadata'], erasing: 'remove' },
  { table: 'assignment_markings', person: 'person_id', others: ['marked_by_id'], erasing: 'blank' },
  { table: 'assignment_marks', person: 'person_id', erasing: 'blank' },
  { table: 'essay_markings', person: 'person_id', others: ['marked_by_id'], erasing: 'keep' },
  { table: 'essay_marks', person: 'person_id', erasing: 'blank' },
  { table: 'sign_offs', person: 'person_id', others: ['decided_by_id'], erasing: 'blank' },
  { table: 'sign_off_requests', person: 'person_id', erasing: 'keep' },
  { table: 'certificates', person: 'person_id', erasing: 'choose' },
  { table: 'share_links', person: 'person_id', hidden: ['token_hash'], erasing: 'remove' },
  { table: 'profiles', person: 'person_id', erasing: 'remove' },
  { table: 'join_requests', person: 'person_id', others: ['decided_by_id'], erasing: 'remove' },
  { table: 'household_members', person: 'person_id', erasing: 'remove' },
  { table: 'mentoring_offers', person: 'person_id', others: ['decided_by_id'], erasing: 'remove' },
  { table: 'cohort_members', person: 'person_id', erasing: 'end' },
  { table: 'extra_times', person: 'person_id', others: ['given_by_id'], erasing: 'keep' },
  { table: 'guidance_wishes', person: 'person_id', erasing: 'remove' },
  { table: 'cohort_mentors', person: 'person_id', others: ['added_by_id'], erasing: 'keep' },
  { table: 'mentors', person: 'person_id', erasing: 'keep' },
  { table: 'mentorships', person: 'mentor_id', erasing: 'keep' },
  { table: 'help_requests', person: 'person_id', erasing: 'blank' },
  { table: 'help_replies', person: 'author_id', erasing: 'blank' },
  {
    table: 'check_ins',
    person: 'person_id',
    others: ['author_id'],
    // For mentors alone, and it may speak of others too: a person reads it before it is given out, as the page of check-ins says.
    hidden: ['private_note', 'withdrawal_reason'],
    erasing: 'blank',
  },
  { table: 'openings', person: 'person_id', others: ['opened_by_id'], erasing: 'blank' },
  { table: 'message_threads', person: 'person_id', others: ['mentor_id'], erasing: 'keep' },
  { table: 'messages', person: 'person_id', erasing: 'blank' },
  {
    table: 'message_reports',
    person: 'person_id',
    others: ['closed_by_id'],
    hidden: ['closing_note'],
    erasing: 'blank',
  },
  { table: 'lesson_questions', person: 'person_id', erasing: 'blank' },
  { table: 'lesson_answers', person: 'person_id', erasing: 'blank' },
  { table: 'lesson_reports', person: 'person_id', erasing: 'blank' },
  { table: 'attendance', person: 'person_id', others: ['recorded_by_id'], erasing: 'keep' },
  { table: 'meeting_mentors', person: 'person_id', erasing: 'keep' },
  { table: 'announcement_readings', person: 'person_id', erasing: 'keep' },
  { table: 'calendars', person: 'person_id', hidden: ['key'], erasing: 'remove' },
  { table: 'data_requests', person: 'person_id', others: ['answered_by_id'], erasing: 'blank' },
  { table: 'mails', person: 'person_id', erasing: 'remove' },
  { table: 'sessions', person: 'person_id', hidden: ['id'], erasing: 'remove' },
  { table: 'known_browsers', person: 'person_id', hidden: ['token_hash'], erasing: 'remove' },
  { table: 'second_factors', person: 'person_id', hidden: ['secret', 'last_step'], erasing: 'remove' },
  {
    table: 'passkeys',
    person: 'person_id',
    hidden: ['credential_id', 'public_key', 'counter', 'transports'],
    erasing: 'remove',
  },
  { table: 'passkey_challenges', person: 'person_id', hidden: ['challenge'], erasing: 'remove' },
  { table: 'audit_events', person: 'subject_id', others: ['actor_id'], erasing: 'keep' },
  { table: 'invitations', person: 'used_by_id', others: ['invited_by_id'], hidden: ['token_hash'], erasing: 'keep' },
];

/** Tables in which people stand only as those who did something: facts about a number without a name. */
export const deeds = [
  { table: 'bank_questions', others: ['made_by_id', 'changed_by_id'] },
  { table: 'certificate_bundles', others: ['created_by_id'] },
  { table: 'assignment_claims', others: ['claimed_by_id'] },
  { table: 'essay_claims', others: ['claimed_by_id'] },
  { table: 'cohort_placements', others: ['created_by_id'] },
  { table: 'lesson_moderations', others: ['moderator_id'] },
  { table: 'announcements', others: ['author_id'] },
  { table: 'cohorts', others: ['created_by_id'] },
  { table: 'course_uploads', others: ['made_by_id'] },
  { table: 'drafts', others: ['made_by_id'] },
  { table: 'draft_files', others: ['changed_by_id'] },
  { table: 'draft_editors', others: ['person_id'] },
  { table: 'draft_reviews', others: ['submitted_by_id', 'decided_by_id'] },
  { table: 'draft_comments', others: ['author_id', 'resolved_by_id'] },
  { table: 'draft_waivers', others: ['waived_by_id'] },
  { table: 'draft_translation_marks', others: ['marked_by_id', 'settled_by_id'] },
  { table: 'closed_versions', others: ['closed_by_id'] },
  { table: 'key_corrections', others: ['corrected_by_id'] },
  { table: 'course_versions', others: ['published_by_id'] },
  { table: 'join_codes', others: ['created_by_id'] },
  { table: 'meetings', others: ['created_by_id'] },
  { table: 'people_imports', others: ['created_by_id'] },
  { table: 'persons', others: ['merged_into_id'] },
  { table: 'place_imports', others: ['created_by_id'] },
];
