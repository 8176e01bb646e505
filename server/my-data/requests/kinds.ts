/** What the law lets people ask for. */
export const requestKinds = ['correction', 'restriction', 'objection', 'copy', 'deletion', 'other'] as const;
export type RequestKind = (typeof requestKinds)[number];
