import { v7 as newId, validate, version } from 'uuid';

/** The id of what a form makes stands in the form: sent twice, it makes one. Whatever else comes in its place is replaced. */
export function rowId(typed: string): string {
  return validate(typed) && version(typed) === 7 ? typed : newId();
}
