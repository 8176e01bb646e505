/** A decimal fraction kept exactly: digits × 10^-scale. 3.1415 - 0.0005 is 3.141 here, and a little less in binary. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

const pattern = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:e([+-]?\d{1,3}))?$/i;

export function readDecimal(text: string): Decimal | null {
  const [, sign = '', whole = '', part = '', exponent = '0'] = pattern.exec(text.trim()) ?? [];
  if (whole + part === '') return null;
  const decimal = {
    digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${part}`),
    scale: part.length - Number(exponent),
  };
  return Number.isFinite(toNumber(decimal)) ? decimal : null;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: digitsAt(a, scale) + digitsAt(b, scale), scale };
}

export function negate({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

export function toNumber({ digits, scale }: Decimal): number {
  return Number(`${digits}e${-scale}`);
}

function digitsAt({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}
