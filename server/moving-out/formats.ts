/** What a course can be written as, the one that holds all of it first. */
export const formats = ['package'] as const;
export type Format = (typeof formats)[number];

export function isFormat(value: string): value is Format {
  return (formats as readonly string[]).includes(value);
}
