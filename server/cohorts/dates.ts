/**
 * A day as people type it (dd/mm/yyyy) or as a browser's calendar sends it, in ISO form. What is no day stays as people type
 * it, so that the form's pattern refuses it.
 */
export function readDay(typed: string): string {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(typed) ?? [];
  const iso = year === '' ? typed : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(iso) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
  return isDay ? iso : typed.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');
}
