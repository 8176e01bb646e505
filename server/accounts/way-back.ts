import { ownPath } from '../platform/same-origin.ts';

/** Where to go after this form: `next` of a query or of a form's hidden field, if it is a path of ours. */
export function nextOf(fields: unknown, publicUrl: URL): string | null {
  const next = hiddenField(fields, 'next');
  return next.length > 2000 ? null : ownPath(next, publicUrl);
}

/** A path with the way back on it. */
export function withNext(path: string, next: string | null): string {
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`;
}

/** What no person types, and so no sentence tells them to correct. */
export function hiddenField(fields: unknown, name: string): string {
  const value = [(fields as Record<string, unknown> | null | undefined)?.[name]].flat()[0];
  return typeof value === 'string' ? value : '';
}
