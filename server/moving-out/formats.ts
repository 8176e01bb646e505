/** What a course can be written as, the one that holds all of it first. */
export const formats = ['package', 'gift', 'moodle-xml', 'epub', 'cartridge'] as const;
export type Format = (typeof formats)[number];

export const endings = {
  package: 'zip',
  gift: 'gift',
  'moodle-xml': 'xml',
  epub: 'epub',
  cartridge: 'imscc',
} as const satisfies Record<Format, string>;

export const mediaTypes = {
  package: 'application/zip',
  gift: 'text/plain; charset=utf-8',
  'moodle-xml': 'application/xml',
  epub: 'application/epub+zip',
  cartridge: 'application/zip',
} as const satisfies Record<Format, string>;

export function isFormat(value: string): value is Format {
  return (formats as readonly string[]).includes(value);
}
