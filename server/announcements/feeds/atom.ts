export interface Feed {
  /** Of what it tells: the same for ever. */
  id: string;
  title: string;
  language: string;
  /** The organisation that speaks. */
  author: string;
  /** Where it is read, and where the feed itself is. */
  page: string;
  self: string;
  updated: Date;
  entries: Entry[];
}

export interface Entry {
  id: string;
  title: string;
  words: string;
  page: string;
  published: Date;
  updated: Date;
}

/** A feed as RFC 4287 has it. Texts are plain: a reader shows them as they were typed. */
export function writeAtom({ id, title, language, author, page, self, updated, entries }: Feed): string {
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${escaped(language)}">`,
    `<id>urn:uuid:${escaped(id)}</id>`,
    `<title>${escaped(title)}</title>`,
    `<updated>${updated.toISOString()}</updated>`,
    `<author><name>${escaped(author)}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${escaped(page)}"/>`,
    ...entries.flatMap((entry) => [
      '<entry>',
      `<id>urn:uuid:${escaped(entry.id)}</id>`,
      `<title>${escaped(entry.title)}</title>`,
      `<published>${entry.published.toISOString()}</published>`,
      `<updated>${entry.updated.toISOString()}</updated>`,
      `<link rel="alternate" type="text/html" href="${escaped(entry.page)}"/>`,
      `<content type="text">${escaped(entry.words)}</content>`,
      '</entry>',
    ]),
    '</feed>',
  ];
  return `${lines.join('\n')}\n`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// Most controls, and two code points beside them, may stand in no XML at all, however they are written.
const impossible = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(impossible, '')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
