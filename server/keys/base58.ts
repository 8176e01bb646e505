const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Multibase in base58 as Bitcoin has it: `z` before the digits. */
export function multibase(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let digits = '';
  for (; rest > 0n; rest /= 58n) digits = alphabet.charAt(Number(rest % 58n)) + digits;
  return `z${'1'.repeat(zeros < 0 ? bytes.length : zeros)}${digits}`;
}

/** The way back. Null: it is something else, or longer than any key or signature of ours. */
export function multibaseBytes(text: string): Buffer | null {
  const [, zeros, digits] = /^z(1*)([1-9A-HJ-NP-Za-km-z]*)$/.exec(text) ?? [];
  if (zeros === undefined || digits === undefined || text.length > longest) return null;
  let number = 0n;
  for (const digit of digits) number = number * 58n + BigInt(alphabet.indexOf(digit));
  const hex = number === 0n ? '' : number.toString(16);
  return Buffer.from('00'.repeat(zeros.length) + (hex.length % 2 === 0 ? hex : `0${hex}`), 'hex');
}

const longest = 200;
