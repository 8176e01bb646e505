const folders: Record<string, string> = { quiz: 'quizzes', assignment: 'assignments' };

/** Where an item of a course lives; there is one sign-off at most. */
export function itemPath(slug: string, item: { kind: string; key: string }): string {
  if (item.kind === 'sign_off') return `/courses/${slug}/sign-off`;
  return `/courses/${slug}/${folders[item.kind] ?? 'lessons'}/${item.key}`;
}
