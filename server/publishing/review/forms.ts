import Type from 'typebox';
import { field } from '../../platform/forms.ts';

const changes = field.text({ minLength: 3, maxLength: 500, message: 'publishing.error_changes' });
const revision = field.integer({ minimum: 0, maximum: 2_000_000_000 });

export const SubmissionForm = Type.Object({ changes, revision });
export const PublicationForm = Type.Object({ changes, revision });

export const ReturnForm = Type.Object({
  comment: field.text({ multiline: true, maxLength: 5000, message: 'publishing.error_comment' }),
});

export const CommentForm = Type.Object({
  words: field.text({ multiline: true, maxLength: 2000, message: 'publishing.error_words' }),
  line: field.optional(field.integer({ minimum: 1, maximum: 100_000, message: 'publishing.error_line' })),
});

export const WaiverForm = Type.Object({
  path: field.text(),
  code: field.text(),
  reason: field.text({ minLength: 3, maxLength: 500, message: 'publishing.error_reason' }),
});
