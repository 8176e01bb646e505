import { parse as bytesOf } from 'uuid';
import { multibase } from '../keys/base58.ts';

/** What stands in its address, so that a chat shows it on one line: the last random bits of its id. */
export function codeOf(id: string): string {
  return multibase(bytesOf(id).slice(-6)).slice(1);
}
