import type { Translate } from '../../platform/i18n.ts';
import type { Reason } from './matching.ts';

/** Why somebody guides somebody, in words that both may read. */
export function reasonWords(t: Translate, reason: Reason): string {
  switch (reason.kind) {
    case 'language':
      return t('matching.why_language', {
        languages: reason.languages.map((code) => t(`matching.language_${code}`)).join(', '),
      });
    case 'place':
      return t(reason.is_same ? 'matching.why_same_place' : 'matching.why_place_around');
    case 'hours':
      return t('matching.why_hours', { hours: reason.hours.map((slot) => t(`matching.hours_${slot}`)).join(', ') });
    case 'topic':
      return t('matching.why_topic', { topics: reason.topics.map((topic) => t(`courses.topic_${topic}`)).join(', ') });
    case 'too_few':
      return t('matching.why_too_few', { minimum: reason.minimum });
    case 'room':
      return t('matching.why_room', { room: reason.room });
    default:
      return t(`matching.why_${reason.kind}`);
  }
}
