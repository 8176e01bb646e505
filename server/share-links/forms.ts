import Type from 'typebox';
import { field } from '../platform/forms.ts';

/** Days that a link may hold. */
export const terms = ['7', '30', '90', '365'] as const;

/** So many certificates a link may name. */
export const mostCertificates = 50;

export const ShareForm = Type.Object({
  name: field.text({ maxLength: 100, message: 'share_links.error_name' }),
  certificate: field.list({ maxItems: mostCertificates, message: 'share_links.error_certificates' }),
  transcript: field.ticked(),
  scores: field.ticked(),
  full_name: field.ticked(),
  days: field.choice(terms, { message: 'share_links.error_days' }),
});
