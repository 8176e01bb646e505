/** Of one draft: as many items as a course may have, in a handful of languages, and its pictures. */
export const mostDraftFiles = 2_000;
export const mostDraftBytes = 100_000_000;
