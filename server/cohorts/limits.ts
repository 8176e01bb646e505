/** More people are no cohort any more: nobody would know each other, and no page could show them at once. */
export const mostMembers = 500;
/** As the database has it. */
export const mostMentees = 500;
export const mostCourses = 20;
