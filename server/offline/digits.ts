/**
 * Bytes as one number with the digits 0 to 9 and A to Z: a QR code holds them at 5.5 bits each where base64 takes 8, and no scanner, chat
 * or keyboard changes them, nor ends a link at them. The first byte must not be 0.
 */
export function digitsOf(bytes: Uint8Array): string {
  return BigInt(`0x${hexOf(bytes)}`)
    .toString(36)
    .toUpperCase();
}

/** Null: it is no such number, or one written in another way. Small letters are as good. */
export function bytesOfDigits(text: string): Uint8Array | null {
  if (!/^[1-9A-Z][0-9A-Z]{0,299}$/i.test(text)) return null;
  let number = 0n;
  for (const digit of text) number = number * 36n + BigInt(Number.parseInt(digit, 36));
  const hex = number.toString(16);
  return Uint8Array.from(hex.padStart(hex.length + (hex.length % 2), '0').match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
}

/** How many bytes always fit into so many digits, where the first byte is 1. */
export function bytesInDigits(digits: number): number {
  return 1 + Math.floor((digits * Math.log2(36) - 1) / 8);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
