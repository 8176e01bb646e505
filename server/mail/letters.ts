import { confirmationSeal, recoverySeal, secretMark } from '../accounts/email/seals.ts';
import { seal } from '../accounts/sealing.ts';
import { wayOutSeal } from '../announcements/letters/seals.ts';
import { showDigitCode } from '../platform/digit-code.ts';
import type { Translate } from '../platform/i18n.ts';
import type { LetterName, Mail } from './queries.ts';

export interface Letter {
  subject: string;
  paragraphs: string[];
  action: { text: string; path: string } | null;
  /** Where its reader ends letters of this kind. */
  wayOut?: { text: string; path: string };
}

export interface Making {
  t: Translate;
  siteSecret: Uint8Array;
  now: Date;
}

const letters: Record<LetterName, (mail: Mail, making: Making) => Letter> = {
  certificate_ending: ({ full_name, facts }, { t }) => ({
    subject: t('mail.certificate_ending_subject'),
    paragraphs: [t('mail.certificate_ending_text', { name: full_name, title: facts.title, until: facts.until })],
    action: { text: t('mail.certificate_ending_action'), path: `/courses/${facts.slug}/renewal` },
  }),
  key_corrected: ({ full_name, facts }, { t }) => ({
    subject: t('mail.key_corrected_subject'),
    paragraphs: [t('mail.key_corrected_text', { name: full_name })],
    action: { text: t('mail.key_corrected_action'), path: `/attempts/${facts.attempt}/result` },
  }),
  announcement: ({ announcement, person_id }, { t, siteSecret, now }) => ({
    subject: announcement?.title ?? '',
    paragraphs: [
      t('announcements.letter_from', { name: announcement?.told_by ?? '' }),
      ...(announcement?.words ?? '').split(/\n+/),
    ],
    action: { text: t('announcements.letter_action'), path: `/announcements/${announcement?.code}` },
    wayOut: {
      text: t('announcements.letter_way_out'),
      path: `/announcement-letters/${seal(wayOutSeal, siteSecret, { person_id }, now)}`,
    },
  }),
  confirm_email: (mail, { t, siteSecret, now }) => ({
    subject: t('mail.confirm_email_subject'),
    paragraphs: [t('mail.confirm_email_text', { name: mail.full_name }), t('mail.confirm_email_not_you')],
    action: {
      text: t('mail.confirm_email_action'),
      path: `/email-confirmations/${seal(confirmationSeal, siteSecret, { person_id: mail.person_id, email: mail.email ?? '' }, now)}`,
    },
  }),
  data_request_answered: (mail, { t }) => ({
    subject: t('mail.data_request_subject'),
    paragraphs: [t('mail.data_request_text', { name: mail.full_name })],
    action: { text: t('mail.data_request_action'), path: '/account/data' },
  }),
  mentoring_certified: ({ full_name, facts }, { t }) => ({
    subject: t('mail.mentoring_certified_subject'),
    paragraphs: [t('mail.mentoring_certified_text', { name: full_name })],
    action: { text: t('mail.mentoring_certified_action'), path: `/certificates/${facts.code}` },
  }),
  mentoring_offer_answered: ({ full_name, facts }, { t }) => ({
    subject: t('mail.mentoring_offer_subject'),
    paragraphs: [
      t(`mail.mentoring_offer_${facts.outcome === 'accepted' ? 'accepted' : 'declined'}`, { name: full_name }),
    ],
    action: { text: t('mail.mentoring_offer_action'), path: '/mentoring/offers' },
  }),
  message_waiting: (mail, { t }) => ({
    subject: t('mail.message_waiting_subject'),
    paragraphs: [t('mail.message_waiting_text', { name: mail.full_name })],
    action: { text: t('mail.message_waiting_action'), path: '/messages' },
  }),
  passkey_added: (mail, { t }) => ({
    subject: t('mail.passkey_subject'),
    paragraphs: [t('mail.passkey_text', { name: mail.full_name }), t('mail.passkey_not_you')],
    action: { text: t('mail.passkey_action'), path: '/account/passkeys' },
  }),
  second_factor_reset: (mail, { t }) => ({
    subject: t('mail.second_factor_reset_subject'),
    paragraphs: [t('mail.second_factor_reset_text', { name: mail.full_name }), t('mail.second_factor_reset_not_you')],
    action: { text: t('mail.second_factor_reset_action'), path: '/account/second-factor' },
  }),
  recover: (mail, { t, siteSecret, now }) => ({
    subject: t('mail.recover_subject'),
    paragraphs: [
      t('mail.recover_text', { name: mail.full_name, code: showDigitCode(mail.learner_code) }),
      t('mail.recover_not_you'),
    ],
    action: {
      text: t('mail.recover_action'),
      path: `/sign-in/recovery/${seal(recoverySeal, siteSecret, { person_id: mail.person_id, secret_mark: secretMark(mail.secret_hash) }, now)}`,
    },
  }),
};

/** With the links made now: what lies in the queue opens nothing. */
export function writeLetter(mail: Mail, making: Making): Letter {
  return letters[mail.letter](mail, making);
}
