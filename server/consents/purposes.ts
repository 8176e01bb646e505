/** What a child's data may be used for only when the representative and the child both agree. */
export const purposes = ['contact', 'full_name_on_certificates'] as const;
export type Purpose = (typeof purposes)[number];

export interface Word {
  purpose: Purpose;
  granted: boolean;
}
